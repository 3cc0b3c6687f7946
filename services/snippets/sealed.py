"""Snippets in CPython, each in a fresh process in the seal that validation uses: no network, files, or neighbours."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from services.errors import SealUnavailable
from services.snippets.interface import MEMORY, OUTPUT, SAFE, TIMEOUT, Snippet
from services.snippets.process import Process
from services.snippets.reading import VALUE, Read, read
from services.validation.interface import Limits
from services.validation.seal import MIB, Seal, Spaces
from services.validation.watchdog import Excess, Watchdog

_SOURCE = Path(__file__).with_name("inside.py").read_text(encoding="utf-8")
_SPACES = Spaces(shared_memory=MIB, tmp=MIB, home=MIB)
_PROCESSES = 8
_ANSWER = 4 * OUTPUT + 65_536
_AT_ONCE = 4
_GOING = 2.0


class SealedRunner:
    """Implements SnippetRunner; a few at a time, the others wait."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def run(self, code: str, *, limit: float = TIMEOUT) -> Snippet:
        parsed = read(code)
        if parsed.error:
            return Snippet(error=parsed.error, engine="cpython")
        return await self.run_read(parsed, limit)

    async def run_read(self, parsed: Read, limit: float) -> Snippet:
        """As `run`, for who has read the code already and found no mistake."""
        async with self._turns:
            began = time.monotonic()
            process = _start(_request(parsed))
            said, excess = b"", None
            try:
                said, excess = await _outcome(process, limit)
            finally:
                await process.close(_GOING if said else 0)
            return _snippet(said, excess, limit, time.monotonic() - began)


def _start(request: bytes) -> Process:
    with Seal(_SPACES) as seal:
        command = seal.command(sys.executable, "-I", "-S", "-B", "-c", _SOURCE)
        try:
            return Process(command, seal.fds, request, _ANSWER)
        except OSError as error:
            raise SealUnavailable(f"bubblewrap can't be started ({error.strerror}).") from error


def _request(parsed: Read) -> bytes:
    told: dict[str, Any] = {
        "code": parsed.code,
        "imports": [name for name in parsed.imports if name in SAFE],
        "value": VALUE,
        "safe": sorted(SAFE),
        "memory": MEMORY,
        "output": OUTPUT,
    }
    return json.dumps(told).encode() + b"\n"


async def _outcome(process: Process, limit: float) -> tuple[bytes, Excess | None]:
    """What it said before its end, or what it had too much of."""
    limits = Limits(memory=MEMORY, processes=_PROCESSES)
    answer = asyncio.create_task(process.answer())
    watching = asyncio.create_task(Watchdog(process.pid, limits, idle=0).watch())
    try:
        done, _ = await asyncio.wait({answer, watching}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
        if answer in done:
            return answer.result(), None
        return b"", watching.result() if watching in done else Excess.WALL
    finally:
        for task in (answer, watching):
            task.cancel()
        await asyncio.gather(answer, watching, return_exceptions=True)


def _snippet(said: bytes, excess: Excess | None, limit: float, wall: float) -> Snippet:
    match excess:
        case Excess.WALL:
            return Snippet(error=f"It was stopped after {limit:g} seconds.", engine="cpython", wall=wall)
        case Excess():
            return Snippet(
                error="It needs too much memory or too many processes.", engine="cpython", wall=wall
            )
        case None:
            return _read(said, wall)


def _read(said: bytes, wall: float) -> Snippet:
    """What came out of the seal, taken for no more than data."""
    try:
        told: Any = json.loads(said)
        value = None if told["value"] is None else _text(told["value"])
        return Snippet(
            output=_text(told["output"])[:OUTPUT],
            value=None if value is None else value[:OUTPUT],
            error=None if told["error"] is None else _text(told["error"])[:1000],
            engine="cpython",
            wall=wall,
            truncated=bool(told["truncated"]) or len(value or "") > OUTPUT,
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return Snippet(error="It ended without a result.", engine="cpython", wall=wall)


def _text(told: object) -> str:
    """Text that can be sent on: halves of characters can't."""
    return str(told).encode("utf-8", "replace").decode()
