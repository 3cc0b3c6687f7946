"""Approvals for threads: while one is in force, the program that it covers runs without another decision."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from sqlalchemy import Row, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.entities import Proposal, Session
from services.domain.program_facts import Grant
from services.security.audit_chain import AuditAction
from services.store import audited, tables
from services.store.repository import Repository


class Grants(Repository):
    """One row for each."""

    async def find(self, grant_id: str) -> Grant | None:
        row = await self._one(tables.grants, tables.grants.c.id == grant_id)
        return _grant(row) if row else None

    async def live(self, session_id: str, now: float) -> list[Grant]:
        """Those of a thread that hold now, newest last."""
        table = tables.grants
        rows = await self._all(
            table,
            table.c.session_id == session_id,
            table.c.expires_at > now,
            table.c.ended_by.is_(None),
            order=table.c.created_at,
        )
        return [_grant(row) for row in rows]

    async def end(self, grant_id: str, user: str) -> bool:
        """False when it has ended before."""
        table = tables.grants
        now = time.time()
        statement = (
            update(table)
            .where(table.c.id == grant_id, table.c.ended_by.is_(None), table.c.expires_at > now)
            .values(ended_by=user, ended_at=now)
        )
        grant = await self.find(grant_id)
        if grant is None:
            return False
        audit = audited.of_proposal(AuditAction.GRANT_ENDED, grant.proposal_id, user, grant=grant_id)
        return await self._change(statement, audit)


async def add_grant(connection: AsyncConnection, grant: Grant, proposal: Proposal, session: Session) -> None:
    """Record an approval for a thread in the transaction of the decision that it comes with."""
    values = {
        "id": grant.id,
        "session_id": grant.session_id,
        "proposal_id": grant.proposal_id,
        "target": grant.target,
        "user": grant.user,
        "requester": grant.requester,
        "fingerprint": grant.fingerprint,
        "exact": grant.exact,
        "created_at": grant.created_at,
        "expires_at": grant.expires_at,
    }
    await connection.execute(insert(tables.grants).values(**values))
    until = datetime.fromtimestamp(grant.expires_at, UTC).isoformat(timespec="seconds")
    facts = {"grant": grant.id, "until": until}
    await audited.about(AuditAction.GRANTED, proposal, session, grant.user, **facts)(connection)


def _grant(row: Row[tuple[object, ...]]) -> Grant:
    return Grant(
        id=row.id,
        session_id=row.session_id,
        proposal_id=row.proposal_id,
        target=row.target,
        user=row.user,
        requester=row.requester,
        fingerprint=row.fingerprint,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ended_by=row.ended_by or "",
        exact=row.exact,
    )
