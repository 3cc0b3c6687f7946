"""Progress of what uv does, reported again and again while it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from services.environments.interface import OnProgress

_OFTEN = 1.0


@asynccontextmanager
async def reporting(describe: Callable[[], str], on_progress: OnProgress) -> AsyncGenerator[None]:
    """Report what `describe` says, at once and whenever that changes, until the context is left."""

    async def report() -> None:
        last = ""
        while True:
            if (now := describe()) != last:
                await on_progress(now)
                last = now
            await asyncio.sleep(_OFTEN)

    task = asyncio.create_task(report())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
