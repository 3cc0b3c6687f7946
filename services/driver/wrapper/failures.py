"""Why a program failed: what was raised first, in which task or actor, and the program's own lines on the way."""

from __future__ import annotations

import functools
import linecache
import os
import re
import traceback
import types
from collections.abc import Callable
from typing import Any

from .text import Facts, shortened

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


def keep_causes(error: Any) -> None:
    """An actor that died in its constructor has the reason in its text only; keep the error itself."""
    construct = error.__init__

    @functools.wraps(construct)
    def keep(self: Any, cause: Any = None) -> None:
        construct(self, cause)
        if hasattr(cause, "traceback_str"):
            self.raygen_cause = cause

    error.__init__ = keep


def own_traceback(trace: types.TracebackType | None, program: str) -> types.TracebackType | None:
    """The traceback from the program's first frame on, without this package's; all of it when the program never began."""
    frames: list[types.TracebackType] = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == program or frames:
            frames.append(trace)
        trace = trace.tb_next
    own = None
    for kept in reversed(frames):
        if not kept.tb_frame.f_code.co_filename.startswith(_HERE):
            own = types.TracebackType(own, kept.tb_frame, kept.tb_lasti, kept.tb_lineno)
    return own


def reasons(error: BaseException, program: str, is_own: Callable[[str], bool]) -> Facts:
    """The failure as facts; `is_own` recognizes the files of the program and its modules."""
    frames = _frames(error.__traceback__, program, is_own)
    if isinstance(error, SyntaxError) and error.filename == program:
        frames.append(
            {"line": error.lineno or 0, "function": "<module>", "source": (error.text or "").strip()}
        )
    cause: Any = getattr(error, "raygen_cause", error)
    inside = None
    while _from_ray(cause):
        text = str(getattr(cause, "traceback_str", "") or _message(cause))
        inside = _remote_name(text) or inside
        frames += _remote_frames(text, program, is_own)
        nested = getattr(cause, "cause", None)
        if not isinstance(nested, BaseException) or nested is cause:
            break
        cause = getattr(nested, "raygen_cause", nested)
    facts: Facts = {
        "failure": {
            "kind": type(cause).__name__,
            "message": shortened(_message(cause), 4000),
            "frames": frames[-20:],
            "inside": inside,
        }
    }
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        facts["missing_module"] = cause.name.split(".")[0]
    return facts


def _from_ray(error: Any) -> bool:
    """Whether it is Ray's word for what was raised in a task or actor."""
    return any(kind.__name__ == "RayTaskError" for kind in type(error).__mro__)


def _remote_name(text: str) -> str | None:
    """`work` or `Counter.add`: Ray writes it into the traceback's first line."""
    found = re.search(r"ray::([\w.<>]+)\(", text)
    return found.group(1)[:200] if found else None


def _message(error: BaseException) -> str:
    try:
        return _ANSI.sub("", str(error))
    except BaseException:  # noqa: BLE001  # an exception's own text may be broken
        return "(its message can't be shown)"


def _frames(
    trace: types.TracebackType | None, program: str, is_own: Callable[[str], bool]
) -> list[dict[str, Any]]:
    return [
        {
            "line": frame.lineno or 0,
            "function": frame.name + _where(frame.filename, program),
            "source": (frame.line or "").strip(),
        }
        for frame in traceback.extract_tb(trace)
        if is_own(frame.filename)
    ]


def _where(file: str, program: str) -> str:
    """Where a module's frame is, after its function; nothing for the program's own."""
    return "" if file == program else f" ({os.path.relpath(file, os.path.dirname(program))})"


def _remote_frames(text: str, program: str, is_own: Callable[[str], bool]) -> list[dict[str, Any]]:
    found = re.findall(r'File "([^"]+)", line (\d+), in (\S+)', text)
    return [
        {
            "line": int(line),
            "function": name + _where(file, program),
            "source": linecache.getline(file, int(line)).strip(),
        }
        for file, line, name in found
        if is_own(file)
    ]
