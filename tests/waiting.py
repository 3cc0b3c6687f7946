"""How long tests wait: as long as a machine at its limits may need, since only what fails waits to the end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

#: For what a cluster or a playground has to do.
PATIENCE = 100.0


class Limit:
    """For how many seconds `until` waits if nothing else is said; set for each test by what the test starts."""

    seconds = PATIENCE


async def until(
    condition: Callable[[], Any] | Callable[[], Awaitable[Any]], limit: float | None = None
) -> Any:
    """The first truthy answer of `condition`, asked every 20 ms.

    Raises:
        TimeoutError: there was none within `limit` seconds.

    """
    async with asyncio.timeout(Limit.seconds if limit is None else limit):
        while True:
            answer = condition()
            found = await answer if isinstance(answer, Awaitable) else answer
            if found:
                return found
            await asyncio.sleep(0.02)
