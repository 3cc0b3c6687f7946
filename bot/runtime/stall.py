"""Ends a process whose event loop stands still, so that whatever restarts it can go on with everything else."""

from __future__ import annotations

import asyncio
import faulthandler
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

LONGEST = 30.0
"""Seconds; as long as a step may be what ends the process (services/workflows/steps.py)."""


@asynccontextmanager
async def watched(longest: float = LONGEST) -> AsyncGenerator[None]:
    """Until the context ends, a loop that stands still for so many seconds ends the process with its stacks on stderr.

    The watch is a thread in C, which works even while something holds the interpreter's lock.
    """
    beating = asyncio.create_task(_beat(longest))
    try:
        yield
    finally:
        beating.cancel()
        with suppress(asyncio.CancelledError):
            await beating
        faulthandler.cancel_dump_traceback_later()


async def _beat(longest: float) -> None:
    while True:
        faulthandler.dump_traceback_later(longest, exit=True)
        await asyncio.sleep(longest / 10)
