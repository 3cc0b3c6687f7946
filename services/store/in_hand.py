"""What a process has in hand, by which a later one knows what may have ended it."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import ColumnElement, delete
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store import tables
from services.store.repository import Repository


class InHand(Repository):
    """A mark for each subject that is being handled, by the life of the process that does.

    A mark of another life is that of a process that ended with this in hand. Marks of an orderly end are taken away.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine)
        self._life = uuid4().hex

    async def deaths(self, subject: str) -> int:
        """How many processes in a row have ended with this in hand."""
        row = await self._one(tables.in_hand, tables.in_hand.c.subject == subject)
        return 0 if row is None else row.deaths + (row.life != self._life)

    async def take(self, subject: str) -> None:
        """Mark it as in hand."""
        deaths = await self.deaths(subject)
        await self._put(tables.in_hand, {"subject": subject}, {"life": self._life, "deaths": deaths})

    async def done(self, subject: str) -> None:
        """Whatever ends this process now, it is not that."""
        await self._delete(tables.in_hand.c.subject == subject)

    async def leave(self) -> None:
        """Take away all marks of this process, which ends in an orderly way."""
        await self._delete(tables.in_hand.c.life == self._life)

    async def _delete(self, condition: ColumnElement[bool]) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(tables.in_hand).where(condition))
