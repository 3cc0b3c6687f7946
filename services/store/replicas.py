"""Which processes share this database, and a sign of life from each."""

from __future__ import annotations

import time

from sqlalchemy import delete, select, update

from services.store import tables
from services.store.repository import Repository

GONE = 0.0
"""The beat of a process that has said goodbye."""


class Replicas(Repository):
    """A beat is only ever compared with an earlier one of the same process, so clocks need not agree."""

    async def beat(self, name: str) -> None:
        """Give a sign of life."""
        await self._set(name, time.time())

    async def leave(self, name: str) -> None:
        """Say goodbye: what this process has not finished is for the others."""
        await self._set(name, GONE)

    async def others(self, name: str) -> dict[str, float]:
        """The last beat of every other process."""
        table = tables.replicas
        async with self._engine.connect() as connection:
            rows = await connection.execute(select(table).where(table.c.name != name))
            return {row.name: row.beat for row in rows}

    async def forget(self, name: str, beat: float) -> None:
        """Take a process off the list, unless it has given a sign of life since that beat."""
        table = tables.replicas
        async with self._engine.begin() as connection:
            await connection.execute(delete(table).where(table.c.name == name, table.c.beat == beat))

    async def _set(self, name: str, beat: float) -> None:
        table = tables.replicas
        if not await self._insert_once(table, {"name": name, "beat": beat}):
            async with self._engine.begin() as connection:
                await connection.execute(update(table).where(table.c.name == name).values(beat=beat))
