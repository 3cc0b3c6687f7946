"""How long tests wait: as long as a machine at its limits may need, since only what fails waits to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

PATIENCE = 100.0


async def until(condition: Callable[[], Any] | Callable[[], Awaitable[Any]], limit: float = PATIENCE) -> Any:
    """The first truthy answer of `condition`, asked every 20 ms.

    Raises:
        TimeoutError: there was none within `limit` seconds.

    """
    async with asyncio.timeout(limit):
        while True:
            answer = condition()
            found = await answer if isinstance(answer, Awaitable) else answer
            if found:
                return found
            await asyncio.sleep(0.02)
