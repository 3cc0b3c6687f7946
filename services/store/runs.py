"""Executions of approved proposals."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Row, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.checkpoints import NOTHING_LEFT, LeftFiles
from services.domain.entities import Proposal, Run, RunStatus, Session
from services.domain.values import Artifact, Outcome
from services.security.audit_chain import AuditAction
from services.store import audited, codec, tables
from services.store.artifacts import Artifacts
from services.store.checkpoints import CheckpointFiles
from services.store.repository import Repository


class Runs(Repository):
    """Executions of approved proposals; their artifacts are listed only."""

    def __init__(self, engine: AsyncEngine, artifacts: Artifacts, checkpoints: CheckpointFiles) -> None:
        super().__init__(engine)
        self._artifacts = artifacts
        self._checkpoints = checkpoints

    async def add(self, run: Run, proposal: Proposal, session: Session) -> bool:
        """False where it is recorded already."""
        values = {
            "id": run.id,
            "proposal_id": run.proposal_id,
            "session_id": run.session_id,
            "target": run.target,
            "approver": run.approver,
            "status": str(run.status),
            "created_at": run.created_at or time.time(),
        }
        audit = audited.about(AuditAction.BEGUN, proposal, session, run.approver, run=run.id)
        return await self._insert_once(tables.runs, values, audit)

    async def get(self, run_id: str) -> Run:
        run = await self.find(run_id)
        if run is None:
            raise LookupError(run_id)
        return run

    async def find(self, run_id: str) -> Run | None:
        row = await self._one(tables.runs, tables.runs.c.id == run_id)
        if row is None:
            return None
        return _run(row, await self._artifacts.listed(run_id) if row.outcome else ())

    async def move(self, run_id: str, status: RunStatus) -> bool:
        return await self._move(
            tables.runs, run_id, status, audit=audited.of_run(AuditAction.SUBMITTED, run_id)
        )

    async def take_turn(self, run_id: str) -> bool:
        """Note that a run that waited may start; False when it was stopped, has ended or is forgotten. May be repeated."""
        table = tables.runs
        statement = (
            update(table)
            .where(table.c.id == run_id, table.c.turn_at.is_(None), table.c.stopped_by.is_(None))
            .where(table.c.status == str(RunStatus.STARTING))
            .values(turn_at=time.time())
        )
        async with self._engine.begin() as connection:
            if (await connection.execute(statement)).rowcount == 1:
                return True
        run = await self.find(run_id)
        return run is not None and run.turn_at is not None

    async def ask_to_stop(self, run_id: str, by: str) -> bool:
        """Note who asked first for the end of a run that has not ended."""
        table = tables.runs
        statement = (
            update(table)
            .where(table.c.id == run_id, table.c.stopped_by.is_(None), table.c.status != str(RunStatus.ENDED))
            .values(stopped_by=by)
        )
        return await self._change(statement, audited.of_run(AuditAction.STOP_ASKED, run_id, by))

    async def end(self, run_id: str, outcome: Outcome, left: LeftFiles = NOTHING_LEFT) -> bool:
        """Record what came of a run, and keep the checkpoints that it left."""
        await self._artifacts.keep(run_id, outcome.artifacts)
        values = {
            "outcome": codec.dump_outcome(outcome),
            "ended_at": time.time(),
            "checkpoints": codec.dump_checkpoints(await self._checkpoints.keep(run_id, left)),
        }
        audit = audited.of_run(AuditAction.ENDED, run_id, verdict=str(outcome.verdict))
        return await self._move(tables.runs, run_id, RunStatus.ENDED, audit=audit, **values)

    async def of_session(self, session_id: str) -> list[Run]:
        """The runs of a session, oldest first, without their artifacts."""
        table = tables.runs
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.created_at)
        return [_run(row, ()) for row in rows]


def _run(row: Row[Any], artifacts: tuple[Artifact, ...]) -> Run:
    return Run(
        id=row.id,
        proposal_id=row.proposal_id,
        session_id=row.session_id,
        target=row.target,
        approver=row.approver,
        status=RunStatus(row.status),
        stopped_by=row.stopped_by,
        outcome=codec.load_outcome(row.outcome, artifacts) if row.outcome else None,
        created_at=row.created_at,
        turn_at=row.turn_at,
        ended_at=row.ended_at,
        checkpoints=codec.load_checkpoints(row.checkpoints),
    )
