"""Logging: one JSON object a line for machines, a short line for a terminal; never secrets, and no one's words unless asked.

What exceptions say may quote a request, a program or a row of the database. So of those that are not known to be harmless only
its type and place are shown; `RAYGEN_LOG_TEXT=on` shows their words, too. Libraries often put such words into their message
before it gets here: theirs is shown only as it stands in their source, with no more put into it than numbers and what harmless
exceptions say.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from slack_sdk.errors import SlackApiError

from services.domain.errors import RaygenError
from services.security.redaction import masked

# Libraries that log whole payloads at INFO or DEBUG.
_LOUD = (
    "slack_bolt",
    "slack_sdk",
    "httpx2",
    "httpcore2",
    "aiohttp.access",
    "anthropic",
    "aiosqlite",
    "dbos",
    "boto3",
    "botocore",  # which logs all that AWS answers
    "urllib3",
)
_HARMLESS = (RaygenError, OSError, TimeoutError, ImportError, SlackApiError)
_OURS = {"bot", "handlers", "services"}
_NUMBERS = {int, float, bool, type(None)}
_SOMETHING = "(…)"
_FRAMES = 30
_LEFT_OUT = "(its words are left out; RAYGEN_LOG_TEXT=on shows them)"

ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def configure(level: str, *, text: bool = False) -> None:
    """Log to standard error from now on; with `text` as much as exceptions say."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Terminal(text=text) if sys.stderr.isatty() else Json(text=text))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _LOUD:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
    # Without a handler it takes one of its own, which writes exceptions out.
    durable = logging.getLogger("dbos")
    durable.handlers[:], durable.propagate = [handler], False


class _Discreet(logging.Formatter):
    def __init__(self, *, text: bool = False) -> None:
        super().__init__()
        self._text = text

    def message(self, record: logging.LogRecord) -> str:
        if self._text:
            return record.getMessage()
        ours = record.name.partition(".")[0] in _OURS
        if not ours and not _as_written(record):
            return _place(record)
        if not record.args:
            return record.getMessage()
        args, tell = record.args, self._told if ours else self._told_of_others
        shown = (
            {name: tell(value) for name, value in args.items()}
            if isinstance(args, Mapping)
            else tuple(map(tell, args))
        )
        try:
            return str(record.msg) % shown
        except (TypeError, ValueError):
            # What is shown in the place of a value does not fit where a number of another kind is expected.
            return _place(record)

    def exception(self, record: logging.LogRecord) -> str:
        """The traceback, outermost first, with those of the exceptions that led to this one."""
        error = record.exc_info[1] if record.exc_info else None
        return "" if error is None else "".join(self._lines(error, set())).rstrip("\n")

    def _told(self, value: Any) -> Any:
        return self._words(value) if isinstance(value, BaseException) else value

    def _told_of_others(self, value: Any) -> Any:
        return (
            self._told(value) if type(value) in _NUMBERS or isinstance(value, BaseException) else _SOMETHING
        )

    def _words(self, error: BaseException) -> str:
        name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
        return f"{name}: {error}" if self._text or isinstance(error, _HARMLESS) else f"{name} {_LEFT_OUT}"

    def _lines(self, error: BaseException, seen: set[int]) -> list[str]:
        seen.add(id(error))
        before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        lines = [*self._lines(before, seen), "\n"] if before is not None and id(before) not in seen else []
        return [*lines, *traceback.format_tb(error.__traceback__), f"{self._words(error)}\n"]


class Terminal(_Discreet):
    """A short line, with the traceback beneath."""

    def format(self, record: logging.LogRecord) -> str:
        line = f"{time.strftime('%H:%M:%S')} {record.levelname.lower():7} {self.message(record)}"
        return masked("\n".join(filter(None, (line, self.exception(record)))))


class Json(_Discreet):
    """One object: time, level, logger, message, and where there are any, the incident ID and the exception."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": round(record.created, 3),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(self.message(record)),
        }
        if incident := getattr(record, "incident", None):
            entry["incident"] = incident
        if exception := self.exception(record):
            entry["exception"] = masked(exception)
        return json.dumps(entry, ensure_ascii=False)


def _place(record: logging.LogRecord) -> str:
    return f"{record.module}.{record.funcName}, line {record.lineno} {_LEFT_OUT}"


def _as_written(record: logging.LogRecord) -> bool:
    """Whether its message, before anything is put into it, is a constant of the function that logs it."""
    # The stack down to the caller of the logger.
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for _ in range(_FRAMES):
        code = frame.f_code
        if (code.co_filename, code.co_name) == (record.pathname, record.funcName):
            return record.msg in code.co_consts
        if frame.f_back is None:
            break
        frame = frame.f_back
    return False
