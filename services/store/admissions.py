"""Requests that were let in a moment ago and have no row yet, so that replicas hold them to one limit together."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store import tables
from services.store.repository import Repository

_ONLY = 1


@dataclass(frozen=True, slots=True)
class Begun:
    """A request that was let in `at` (POSIX seconds)."""

    task_id: str
    user: str
    channel: str
    at: float


class AdmissionTurn:
    """Decides alone, until its context ends; what it lets in is known to the next."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def begun(self, lifetime: float) -> list[Begun]:
        """What was let in less than so many seconds ago; the rest is forgotten."""
        table = tables.admissions
        await self._connection.execute(delete(table).where(table.c.at < time.time() - lifetime))
        return [
            Begun(row.task_id, row.user, row.channel, row.at)
            for row in await self._connection.execute(select(table))
        ]

    async def let_in(self, begun: Begun) -> None:
        """A request that is let in twice keeps its first time."""
        insert = (postgresql if self._connection.dialect.name == "postgresql" else sqlite).insert(
            tables.admissions
        )
        values = {"task_id": begun.task_id, "user": begun.user, "channel": begun.channel, "at": begun.at}
        await self._connection.execute(insert.values(**values).on_conflict_do_nothing())


class Admissions(Repository):
    """One row for each such request, and one that the deciding transaction locks."""

    @asynccontextmanager
    async def turn(self) -> AsyncGenerator[AdmissionTurn]:
        """Of all that decide at the same time, in whatever process, one does; nothing is let in where it ends in an error."""
        async with self._engine.begin() as connection:
            lock = update(tables.turnstile).where(tables.turnstile.c.id == _ONLY).values(id=_ONLY)
            if not (await connection.execute(lock)).rowcount:
                insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(
                    tables.turnstile
                )
                await connection.execute(insert.values(id=_ONLY).on_conflict_do_nothing())
                await connection.execute(lock)
            yield AdmissionTurn(connection)
