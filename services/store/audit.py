"""Reads the audit chain: to export it, verify it and post it to a channel. Nothing here changes a record."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection, Sequence
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.entities import Session, Task
from services.security.audit_chain import (
    GENESIS,
    AuditAction,
    AuditRecord,
    Event,
    Examination,
    Head,
    Verified,
)
from services.store import audited, tables
from services.store.chain import ONLY, append, begin
from services.store.expected import Expected

_BATCH = 500


class AuditTrail:
    """Reads the chain, and adds what belongs to no other change."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def looked(self, proposal_id: str, by: str, what: str) -> None:
        """Note that a person has opened a proposal's code, or more of what is known of it."""
        await self.looked_at([proposal_id], by, what)

    async def looked_at(self, proposals: Sequence[str], by: str, what: str) -> None:
        """The same of several at once."""
        async with self._engine.begin() as connection:
            for each in proposals:
                await audited.of_proposal(AuditAction.LOOKED, each, by, what=what)(connection)

    async def unsealed(self, task: Task, session: Session, *, target: str, sha256: str, where: str) -> None:
        """Note that a program is about to be validated where it isn't sealed, before anybody has approved it."""
        async with self._engine.begin() as connection:
            await append(
                connection,
                Event(
                    AuditAction.UNSEALED,
                    by=task.user,
                    channel=session.channel,
                    session=session.id,
                    task=task.id,
                    sha256=sha256,
                    target=target,
                    facts={"where": where},
                ),
            )

    async def records(self, *, since: float = 0.0, after: int = 0) -> AsyncGenerator[AuditRecord]:
        """Those from `since` (POSIX seconds) and after a position, oldest first, read as they are asked for."""
        while found := await self._some(after):
            for record in found:
                if record.at >= since:
                    yield record
            after = found[-1].position

    async def verify(self, expect: Collection[str] = ()) -> Verified:
        """Examine all of it, and whether it has a record of everything in the other tables.

        `expect` are hashes that were written down elsewhere, or their beginnings.
        """
        expected = await Expected.of(self._engine)
        head = await self._head() or Head(0, GENESIS)
        examination, after = Examination(expect=expect), 0

        def take(records: Sequence[AuditRecord]) -> None:
            examination.take(records)
            for each in records:
                expected.take(each)

        while after < head.position and (found := await self._some(after, until=head.position)):
            take(found)
            after = found[-1].position
        # What was added since is for the next time; what is there without the end having moved is not ours.
        beyond, now = await self._some(head.position), await self._head() or head
        if beyond and beyond[-1].position > now.position:
            take(beyond)
        return examination.end(head, expected.missing)

    async def announced(self) -> int:
        """The last position that was posted to the audit channel; records from before it was configured are not posted."""
        heads = tables.audit_head
        async with self._engine.begin() as connection:
            await begin(connection)
            first = update(heads).where(heads.c.id == ONLY, heads.c.announced.is_(None))
            await connection.execute(first.values(announced=heads.c.position))
            return (await connection.execute(select(heads.c.announced))).scalar_one()

    async def note_announced(self, position: int) -> None:
        heads = tables.audit_head
        async with self._engine.begin() as connection:
            await connection.execute(
                update(heads)
                .where(heads.c.id == ONLY, heads.c.announced < position)
                .values(announced=position)
            )

    async def _head(self) -> Head | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(tables.audit_head))).first()
        return Head(row.position, row.hash) if row else None

    async def _some(self, after: int, *, until: int | None = None) -> list[AuditRecord]:
        table = tables.audit
        statement = select(table).where(table.c.position > after).order_by(table.c.position).limit(_BATCH)
        if until is not None:
            statement = statement.where(table.c.position <= until)
        async with self._engine.connect() as connection:
            return [_record(row) for row in await connection.execute(statement)]


def _record(row: Row[Any]) -> AuditRecord:
    return AuditRecord(row.position, row.body, row.previous, row.hash)
