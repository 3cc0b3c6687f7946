"""A snippet put to a process of its own, and what that process says taken for no more than data."""

from __future__ import annotations

import asyncio
import json
import time
from abc import ABC, abstractmethod
from typing import Any

from services.domain.untrusted_data import from_json
from services.snippets.interface import OUTPUT, SAFE, TIMEOUT, Snippet, stopped
from services.snippets.process import Process
from services.snippets.reading import VALUE, Read, read
from services.validation.interface import ValidationLimits
from services.validation.watchdog import Excess, Watchdog

ANSWER = 4 * OUTPUT + 65_536
"""How many bytes of an answer are read."""

_AT_ONCE = 4
_GOING = 2.0


class ProcessRunner(ABC):
    """Implements SnippetRunner; a few at a time, the others wait.

    `engine` is its name in what comes of a snippet; `limits` are held to by watching the process from outside.
    """

    def __init__(self, engine: str, limits: ValidationLimits) -> None:
        self._engine = engine
        self._limits = limits
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def run(self, code: str, *, limit: float = TIMEOUT) -> Snippet:
        parsed = read(code)
        if parsed.error:
            return Snippet(error=parsed.error, engine=self._engine)
        return await self.run_read(parsed, limit)

    async def run_read(self, parsed: Read, limit: float) -> Snippet:
        """As `run`, for who has read the code already and found no mistake."""
        async with self._turns:
            began = time.monotonic()
            process = self._start(parsed, limit)
            said, excess = b"", None
            try:
                said, excess = await _outcome(process, self._limits, limit)
            finally:
                await process.close(_GOING if said else 0)
            return self._snippet(said, excess, time.monotonic() - began)

    @abstractmethod
    def _start(self, parsed: Read, limit: float) -> Process:
        """A process that has been asked. Raises SealUnavailable."""

    def _snippet(self, said: bytes, excess: Excess | None, wall: float) -> Snippet:
        match excess:
            case Excess.WALL:
                return Snippet(error=stopped(wall), engine=self._engine, wall=wall, stopped=True)
            case Excess():
                error = "It needs too much memory or too many processes."
            case None:
                return _read(said, self._engine, wall)
        return Snippet(error=error, engine=self._engine, wall=wall)


def request(parsed: Read, **more: Any) -> bytes:
    """The request to the program inside, as one line."""
    data: dict[str, Any] = {
        "code": parsed.code,
        "imports": [name for name in parsed.imports if name in SAFE],
        "value": VALUE,
        "safe": sorted(SAFE),
        "output": OUTPUT,
        **more,
    }
    return json.dumps(data).encode() + b"\n"


async def _outcome(process: Process, limits: ValidationLimits, limit: float) -> tuple[bytes, Excess | None]:
    """What it said before its end, or what it had too much of."""
    answer = asyncio.create_task(process.answer())
    watchdog = Watchdog(process.pid, limits, idle=0)
    watching = asyncio.create_task(watchdog.watch())
    try:
        done, _ = await asyncio.wait({answer, watching}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if watchdog.bombed:
            return b"", Excess.PROCESSES
        if answer in done:
            return answer.result(), None
        return b"", watching.result() if watching in done else Excess.WALL
    finally:
        for task in (answer, watching):
            task.cancel()
        await asyncio.gather(answer, watching, return_exceptions=True)


def _read(said: bytes, engine: str, wall: float) -> Snippet:
    try:
        data: Any = from_json(said)
        if data.get("stopped"):
            return Snippet(error=stopped(wall), engine=engine, wall=wall, stopped=True)
        value = None if data["value"] is None else _text(data["value"])
        return Snippet(
            output=_text(data["output"])[:OUTPUT],
            value=None if value is None else value[:OUTPUT],
            error=None if data["error"] is None else _text(data["error"])[:1000],
            engine=engine,
            wall=wall,
            truncated=bool(data["truncated"]) or len(value or "") > OUTPUT,
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return Snippet(error="It ended without a result.", engine=engine, wall=wall)


def _text(data: object) -> str:
    """Text that can be sent on: halves of characters can't."""
    return str(data).encode("utf-8", "replace").decode()
