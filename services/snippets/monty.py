"""Snippets in Monty, a Python interpreter in Rust that has no way out at all; each in a session of its own."""

from __future__ import annotations

import asyncio
import builtins
import os
import re
import signal
import threading
import time
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import replace

import pydantic_monty as monty

from services.snippets.fitness import agrees
from services.snippets.interface import MEMORY, OUTPUT, TIMEOUT, Snippet, stopped
from services.snippets.reading import VALUE, Read
from services.snippets.rounding import ROUND, rounds

_WORKERS = 4
_GRACE = 2.0
# What most snippets need is far less than handing them to a thread takes; the event loop can spare as much.
_GLANCE = 0.002
_GLANCE_GRACE = 0.02
_GLANCE_MOST = 0.1
_SHORT = 4000
# What CPython would raise as well, for all that Monty lacks; anything else may be Monty's own lack.
_TRUSTED = frozenset({"ZeroDivisionError", "IndexError", "AssertionError", "UnboundLocalError"})
_NAME = re.compile(r"name '(\w+)' is not defined")


class NotForMonty(Exception):
    """The snippet needs more of Python than Monty has."""


class MontyRunner:
    """Runs what has been read, and raises NotForMonty for what another engine must decide."""

    def __init__(self, pool: monty.Monty, quick: monty.Monty, threads: Executor) -> None:
        self._pool = pool
        self._quick = quick
        self._threads = threads

    async def run(self, parsed: Read, *, limit: float = TIMEOUT) -> Snippet:
        if not parsed.simple:
            raise NotForMonty("Monty may answer this in its own way.")
        if len(parsed.code) < _SHORT and limit > _GLANCE and (found := self._at_once(parsed)):
            return found
        worker, loop = _Worker(), asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, _run, self._pool, parsed, limit, worker)
        except asyncio.CancelledError:
            worker.end()
            raise

    def _at_once(self, parsed: Read) -> Snippet | None:
        """What came of it, unless it takes longer than a glance: then nothing has come of it."""
        try:
            found = _run(self._quick, parsed, _GLANCE, _Worker())
        except NotForMonty as error:
            if isinstance(error.__cause__, monty.MontyCrashedError):  # or ended, by the pool
                return None
            raise
        return None if found.stopped else found


def _run(pool: monty.Monty, parsed: Read, limit: float, worker: _Worker) -> Snippet:
    began = time.monotonic()
    printed = _Printed()
    value, error, late = None, None, False
    try:
        # Without the words that Monty adds to a failed assertion, which CPython hasn't.
        new = pool.checkout(limits=_limits(limit), assert_message_annotations=False)
        with new as session, worker.at(session.worker_pid):
            if rounds(parsed.code):
                session.feed_run(ROUND)
            value = session.feed_run(_whole(parsed), print_callback=printed)
    except monty.MontyRuntimeError as raised:
        late = _is_late(raised)
        error = stopped(time.monotonic() - began) if late else _explained(raised)
    except monty.MontyError as raised:  # a worker that died, or syntax of a newer Python
        raise NotForMonty(str(raised)) from raised
    if not agrees(printed.text) or not (value is None or (isinstance(value, str) and agrees(value))):
        raise NotForMonty("Monty shows this in its own way.")
    wall = time.monotonic() - began
    return replace(_snippet(printed, value, error, wall), stopped=late)


@asynccontextmanager
async def open_monty() -> AsyncGenerator[MontyRunner]:
    """A pool of workers that ends with the context.

    In threads: the package's own asynchronous pool can abort the process as that ends.
    """
    pool = monty.Monty(max_processes=_WORKERS, request_timeout=TIMEOUT + _GRACE, max_checkouts_per_worker=100)
    quick = monty.Monty(
        max_processes=1,
        request_timeout=_GLANCE_MOST,
        max_checkouts_per_worker=1000,
        feed_duration_limit_grace=_GLANCE_GRACE,
    )
    with ThreadPoolExecutor(_WORKERS, "monty") as threads:
        loop = asyncio.get_running_loop()
        with ExitStack() as pools:
            for each in (pool, quick):
                await loop.run_in_executor(threads, pools.enter_context, each)
            try:
                yield MontyRunner(pool, quick, threads)
            finally:
                await loop.run_in_executor(threads, pools.close)


class _Worker:
    """The process that a snippet runs in, so that it can be ended with its request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pid: int | None = None
        self._unwanted = False

    @contextmanager
    def at(self, pid: int | None) -> Generator[None]:
        """Raises NotForMonty once the request was cancelled."""
        with self._lock:
            if self._unwanted:
                raise NotForMonty("The request was cancelled.")
            self._pid = pid
        try:
            yield
        finally:
            with self._lock:
                self._pid = None

    def end(self) -> None:
        with self._lock:
            self._unwanted = True
            if self._pid is not None:
                os.kill(self._pid, signal.SIGKILL)


class _Printed:
    """What has been printed, as far as it is kept."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._room = OUTPUT
        self.truncated = False

    def __call__(self, _stream: str, text: str) -> None:
        self.truncated = self.truncated or len(text) > self._room
        self._parts.append(text[: self._room])
        self._room -= len(self._parts[-1])

    @property
    def text(self) -> str:
        return "".join(self._parts)


def _snippet(printed: _Printed, value: str | None, error: str | None, wall: float) -> Snippet:
    kept = None if value is None else value[:OUTPUT]
    return Snippet(printed.text, kept, error, "monty", wall, printed.truncated or kept != value)


def _whole(parsed: Read) -> str:
    """The snippet, followed by an expression for its value."""
    if not parsed.has_value:
        return f"{parsed.code}\nNone"
    return f"{parsed.code}\nNone if {VALUE} is None else repr({VALUE})[:{OUTPUT + 1}]"


def _limits(limit: float) -> monty.ResourceLimits:
    return {"max_feed_duration_secs": limit, "max_memory": MEMORY}


def _is_late(error: monty.MontyRuntimeError) -> bool:
    kind, _, message = error.display("type-msg").partition(": ")
    return kind == "TimeoutError" and "time limit exceeded" in message


def _explained(error: monty.MontyRuntimeError) -> str:
    """The error in one line. Raises NotForMonty when it may be none in Python."""
    words = error.display("type-msg")
    kind, _, message = words.partition(": ")
    if kind == "MemoryError" and "memory limit exceeded" in message:
        return f"It needs more than {MEMORY // 1024**2} MB of memory."
    name = _NAME.search(message)
    unknown = kind == "NameError" and name is not None and not hasattr(builtins, name[1])
    if kind not in _TRUSTED and not unknown:
        raise NotForMonty(words)
    frames = error.traceback()
    line = f" (line {frames[-1].line})" if frames else ""
    return f"{words.splitlines()[0]}{line}"
