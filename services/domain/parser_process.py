"""Parses untrusted programs off the event loop, in bounded time and memory.

Python's parser holds the interpreter's lock while it works, and for some programs it takes time that is quadratic in their
length. So a short program is read in a thread, and a longer one in a process of its own, which is ended when it takes too much.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import resource
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast

from services.domain.errors import BadRequest

_T = TypeVar("_T")
_In = TypeVar("_In", str, bytes)

# In characters. At this length the parser's worst case takes some 20 ms.
SHORT = 16_000
_SECONDS = 10
_MEMORY = 2 * 1024**3
_ROOT = Path(__file__).parents[2]
# DBOS makes its own few threads those of `asyncio.to_thread`; they are not to wait for a program.
_short = ThreadPoolExecutor(2, "reading")
_long = ThreadPoolExecutor(2, "reading-apart")


class TooComplex(BadRequest):
    """That program takes too long to parse. Make it shorter or simpler."""


async def run_isolated(work: Callable[[_In], _T], text: _In, *, size: int = 0, seconds: int = _SECONDS) -> _T:
    """What `work`, which is pure, makes of `text`. For a longer text it is pickled, so it has to have a name in its module.

    `text` may also be bytes. `size` is how many characters it reads in all, where that is more than `text`.

    Raises what `work` does, and TooComplex when a longer text takes it more than so many seconds, or too much memory.
    """
    loop = asyncio.get_running_loop()
    if max(size, len(text)) <= SHORT:
        return await loop.run_in_executor(_short, work, text)
    return await loop.run_in_executor(_long, _in_a_process, work, text, seconds)


def _in_a_process(work: Callable[[_In], _T], text: _In, seconds: int) -> _T:
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            [sys.executable, "-P", "-m", __name__, str(seconds)],
            input=pickle.dumps((work, text)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=2 * seconds,
            check=True,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        raise TooComplex from None
    # It comes from this very module; what was read in there has not been run.
    result, error = cast("tuple[_T, Exception | None]", pickle.loads(done.stdout))  # noqa: S301
    if isinstance(error, MemoryError):
        raise TooComplex
    if error is not None:
        raise error
    return result


def main(seconds: int) -> None:
    """Read the work and its text from the standard input, and write what comes of it to the standard output."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    work, text = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  # from our own process
    result, error = None, None
    try:
        result = work(text)
    except Exception as raised:  # noqa: BLE001  # it is raised where the work was wanted
        error = raised
    sys.stdout.buffer.write(pickle.dumps((result, error)))


if __name__ == "__main__":
    main(int(sys.argv[1]))
