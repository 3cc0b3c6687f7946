"""Waiting for a pool to be full, so that a measurement does not begin with what came before it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from services.domain.errors import SealUnavailable
from services.validation.interface import ValidationLease
from services.validation.pool import SealedPool

_LIMIT = 90.0
_LOOK = 0.005


async def until_full(pool: SealedPool) -> None:
    """Until a pool of one has it ready. Raises SealUnavailable with the pool's reason when that takes too long."""
    await until(lambda: pool.readiness().ready, pool)


async def until(ready: Callable[[], bool], pool: SealedPool) -> None:
    """As `until_full`, for what `ready` asks."""
    try:
        async with asyncio.timeout(_LIMIT):
            while not ready():  # noqa: ASYNC110  # the pool tells nobody, it is asked
                await asyncio.sleep(_LOOK)
    except TimeoutError:
        raise SealUnavailable(pool.readiness().missing) from None


@asynccontextmanager
async def lease_ready(pool: SealedPool) -> AsyncGenerator[ValidationLease]:
    """A lease of a cluster that was ready before it was asked for."""
    await until_full(pool)
    async with pool.lease() as lease:
        yield lease
