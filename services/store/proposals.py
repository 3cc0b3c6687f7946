"""Programs with their evidence, and what has been decided of them."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.entities import Proposal, ProposalStatus, RunStatus, Status
from services.domain.locks import NO_LOCK
from services.domain.values import Artifact, sha256
from services.security.audit_chain import AuditAction
from services.store import audited, codec, tables
from services.store.artifacts import Artifacts
from services.store.repository import Repository

# How many approved programs are looked at for their packages.
_LOCKS = 500
_ACTIONS: dict[Status, str] = {ProposalStatus.OPEN: AuditAction.SHOWN}


class Proposals(Repository):
    """Programs with their evidence; their artifacts are listed only."""

    def __init__(self, engine: AsyncEngine, artifacts: Artifacts) -> None:
        super().__init__(engine)
        self._artifacts = artifacts

    async def draft(self, proposal: Proposal) -> None:
        """Keep a draft; a replayed task replaces its own draft but never what people have seen."""
        table = tables.proposals
        values = {
            "id": proposal.id,
            "task_id": proposal.task_id,
            "session_id": proposal.session_id,
            "program": codec.dump_program(proposal.program),
            "header": codec.dump_header(proposal.header),
            "policy": codec.dump_policy(proposal.policy),
            "validation": codec.dump_outcome(proposal.validation),
            "attempts": proposal.attempts,
            "target": proposal.target,
            "requester": proposal.requester,
            "model": proposal.model,
            "status": str(ProposalStatus.DRAFT),
            "created_at": proposal.created_at or time.time(),
            "spent": codec.dump_spent(proposal.spent),
            "inputs": codec.dump_inputs(proposal.inputs),
            "failed": codec.dump_failed(proposal.failed),
            "prompt": proposal.prompt,
            "lock": codec.dump_lock(proposal.lock),
            "given": codec.dump_given(proposal.given),
            "checkpoints": codec.dump_checkpoints(proposal.checkpoints),
            "provisions": codec.dump_provisions(proposal.provisions),
        }
        async with self._engine.begin() as connection:
            replaced = await connection.execute(
                update(table)
                .where(table.c.id == proposal.id, table.c.status == str(ProposalStatus.DRAFT))
                .values(**values)
            )
        if replaced.rowcount == 0:
            await self._insert_once(table, values)
        await self._artifacts.keep(proposal.id, proposal.validation.artifacts)

    async def get(self, proposal_id: str) -> Proposal:
        row = await self._one(tables.proposals, tables.proposals.c.id == proposal_id)
        if row is None:
            raise LookupError(proposal_id)
        return await self._load(row)

    async def find(self, proposal_id: str) -> Proposal | None:
        row = await self._one(tables.proposals, tables.proposals.c.id == proposal_id)
        return await self._load(row) if row else None

    async def move(
        self,
        proposal_id: str,
        status: ProposalStatus,
        *,
        by: str | None = None,
        reason: str = "",
    ) -> bool:
        """Decide, once; an approval by people is counted by `Approvals.press`."""
        values = {"decided_by": by, "decided_at": time.time(), "reason": reason} if by else {}
        action = AuditAction.REJECTED if reason else _ACTIONS.get(status, str(status))
        why = {"reason_sha256": sha256(reason)} if reason else {}
        audit = audited.of_proposal(action, proposal_id, by or "", **why)
        return await self._move(tables.proposals, proposal_id, status, audit=audit, **values)

    async def of_session(self, session_id: str) -> list[Proposal]:
        """The programs of a session, oldest first; drafts are those of failed tasks, and of those under way."""
        table = tables.proposals
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.created_at)
        return [await self._load(row) for row in rows]

    async def approved_before(self, proposal: Proposal) -> Proposal | None:
        """The last program of the same session that was approved before this one was proposed."""
        table = tables.proposals
        statement = (
            select(table)
            .where(table.c.session_id == proposal.session_id, table.c.created_at < proposal.created_at)
            .where(table.c.status == str(ProposalStatus.APPROVED))
            .order_by(table.c.created_at.desc())
            .limit(1)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement)).first()
        return await self._load(row) if row else None

    async def approved_packages(self, proposal: Proposal) -> frozenset[str]:
        """Which of its packages, as `name==version`, are in the lock of a program that was approved before; of the last ones."""
        wanted = {each.pin for each in proposal.lock.packages}
        if not wanted:
            return frozenset()
        table = tables.proposals
        statement = (
            select(table.c.lock)
            .where(table.c.status == str(ProposalStatus.APPROVED), table.c.lock != codec.dump_lock(NO_LOCK))
            .where(table.c.id != proposal.id)
            .order_by(table.c.created_at.desc())
            .limit(_LOCKS)
        )
        async with self._engine.connect() as connection:
            texts = (await connection.execute(statement)).scalars().all()
        found = {each.pin for text in set(texts) for each in codec.load_lock(text).packages}
        return frozenset(wanted & found)

    async def unfinished(self) -> list[str]:
        """The IDs of approved proposals whose run has not ended, oldest first; what they hold is not read."""
        table, runs = tables.proposals, tables.runs
        statement = (
            select(table.c.id)
            .outerjoin(runs, runs.c.proposal_id == table.c.id)
            .where(table.c.status == str(ProposalStatus.APPROVED))
            .where(or_(runs.c.id.is_(None), runs.c.status != str(RunStatus.ENDED)))
            .order_by(table.c.created_at)
        )
        async with self._engine.connect() as connection:
            return list((await connection.execute(statement)).scalars())

    async def _load(self, row: Row[Any]) -> Proposal:
        return _proposal(row, await self._artifacts.listed(row.id))


def _proposal(row: Row[Any], artifacts: tuple[Artifact, ...]) -> Proposal:
    return Proposal(
        id=row.id,
        task_id=row.task_id,
        session_id=row.session_id,
        program=codec.load_program(row.program),
        header=codec.load_header(row.header),
        policy=codec.load_policy(row.policy),
        validation=codec.load_outcome(row.validation, artifacts),
        attempts=row.attempts,
        target=row.target,
        requester=row.requester,
        model=row.model,
        status=ProposalStatus(row.status),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        created_at=row.created_at,
        spent=codec.load_spent(row.spent),
        inputs=codec.load_inputs(row.inputs),
        failed=codec.load_failed(row.failed),
        prompt=row.prompt or "",
        approved_by=tuple((row.approved_by or "").split()),
        needed=row.needed or 1,
        reason=row.reason or "",
        grant=row.grant_id or "",
        voided=tuple((row.voided or "").split()),
        lock=codec.load_lock(row.lock),
        given=codec.load_given(row.given),
        checkpoints=codec.load_checkpoints(row.checkpoints),
        provisions=codec.load_provisions(row.provisions),
    )
