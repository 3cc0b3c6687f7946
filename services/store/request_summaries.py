"""Requests with what came of them, a line for each: what histories, exports and waiting runs are read from."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Collection
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from services.domain.entities import ProposalStatus, RunStatus, TaskKind, TaskStatus
from services.domain.summaries import RequestSummary, RunSummary
from services.store import codec, tables
from services.store.repository import Repository

_UNFINISHED = (str(TaskStatus.QUEUED), str(TaskStatus.WORKING))


class RequestSummaries(Repository):
    """Reads tasks, proposals and runs together."""

    async def of_user(self, user: str, *, limit: int) -> list[RequestSummary]:
        """What a person has asked for or has approved, newest first."""
        mine = or_(tables.tasks.c.user == user, tables.runs.c.approver == user)
        return await self._read(_joined().where(mine).order_by(tables.tasks.c.position.desc()).limit(limit))

    async def under_way(self, user: str, *, limit: int | None = None) -> list[RequestSummary]:
        """A person's requests that are worked on, and runs they asked for or approved that have not ended, oldest first."""
        tasks, runs = tables.tasks.c, tables.runs.c
        asked = and_(tasks.user == user, tasks.status.in_(_UNFINISHED))
        running = and_(or_(tasks.user == user, runs.approver == user), _goes_on())
        return await self._read(_joined().where(or_(asked, running)).order_by(tasks.position).limit(limit))

    async def with_run(self, prefix: str, *, limit: int) -> list[RequestSummary]:
        """Those whose run ID begins like this, newest first; `%` and `_` have no meaning of their own."""
        begins = tables.runs.c.id.startswith(prefix, autoescape=True)
        return await self._read(
            _joined().where(begins).order_by(tables.runs.c.created_at.desc()).limit(limit)
        )

    async def all_runs(self, *, since: float = 0.0) -> AsyncGenerator[RequestSummary]:
        """Every run that was approved since then (POSIX seconds), oldest first, read as they are asked for."""
        runs = tables.runs.c
        after = (since, "")
        while True:
            later = or_(runs.created_at > after[0], and_(runs.created_at == after[0], runs.id > after[1]))
            order = _joined().where(later).order_by(runs.created_at, runs.id).limit(200)
            found = await self._read(order)
            for entry in found:
                assert entry.ran is not None
                after = (entry.ran.created_at, entry.ran.id)
                yield entry
            if not found:
                return

    async def asked_since(self, user: str, since: float) -> dict[str, float]:
        """The tasks that a person began since then: their IDs and times."""
        table = tables.tasks
        statement = select(table.c.id, table.c.created_at).where(
            table.c.user == user, table.c.created_at > since
        )
        async with self._engine.connect() as connection:
            return {row.id: row.created_at for row in await connection.execute(statement)}

    async def asked_in(self, channel: str, since: float) -> dict[str, float]:
        """The tasks that were begun in a channel since then: their IDs and times."""
        tasks = tables.tasks
        statement = select(tasks.c.id, tasks.c.created_at).where(
            _in_channel(channel), tasks.c.created_at > since
        )
        async with self._engine.connect() as connection:
            return {row.id: row.created_at for row in await connection.execute(statement)}

    async def standing(
        self, *, user: str = "", channel: str = "", ids: Collection[str] = ()
    ) -> dict[str, bool]:
        """Whether they are under way: a person's or a channel's unfinished tasks, and those of `ids` that are there."""
        tasks = tables.tasks
        whose = tasks.c.user == user if user else _in_channel(channel)
        statement = select(tasks.c.id, tasks.c.status).where(
            or_(and_(whose, tasks.c.status.in_(_UNFINISHED)), tasks.c.id.in_(ids))
        )
        async with self._engine.connect() as connection:
            return {row.id: row.status in _UNFINISHED for row in await connection.execute(statement)}

    async def ahead_of(self, run_id: str, *, target: bool, user: bool) -> int:
        """How many unfinished runs were approved before this one, on its target or asked for by the same person."""
        runs, proposals = tables.runs, tables.proposals
        both = select(runs.c.id, runs.c.target, runs.c.status, runs.c.created_at, proposals.c.requester).join(
            proposals, proposals.c.id == runs.c.proposal_id
        )
        own, other = both.where(runs.c.id == run_id).subquery(), both.subquery()
        rivals: list[ColumnElement[bool]] = []
        rivals += [other.c.target == own.c.target] if target else []
        rivals += [other.c.requester == own.c.requester] if user else []
        statement = select(other.c.id).where(
            other.c.status != str(RunStatus.ENDED), other.c.created_at < own.c.created_at, or_(False, *rivals)
        )
        async with self._engine.connect() as connection:
            return len((await connection.execute(statement)).all())

    async def _read(self, statement: Select[*tuple[Any, ...]]) -> list[RequestSummary]:
        async with self._engine.connect() as connection:
            return [_entry(row) for row in await connection.execute(statement)]


def _in_channel(channel: str) -> ColumnElement[bool]:
    sessions = tables.sessions
    return tables.tasks.c.session_id.in_(select(sessions.c.id).where(sessions.c.channel == channel))


def _goes_on() -> ColumnElement[bool]:
    return and_(tables.runs.c.id.is_not(None), tables.runs.c.status != str(RunStatus.ENDED))


def _joined() -> Select[*tuple[Any, ...]]:
    tasks, sessions, proposals, runs = tables.tasks, tables.sessions, tables.proposals, tables.runs
    return (
        select(
            tasks.c.id.label("task_id"),
            tasks.c.kind,
            tasks.c.prompt,
            tasks.c.user,
            tasks.c.status,
            tasks.c.created_at.label("asked_at"),
            tasks.c.session_id,
            sessions.c.channel,
            sessions.c.thread_ts,
            proposals.c.id.label("proposal_id"),
            proposals.c.program,
            proposals.c.status.label("decision"),
            proposals.c.reason,
            runs.c.id.label("run_id"),
            runs.c.target,
            runs.c.approver,
            runs.c.status.label("run_status"),
            runs.c.outcome,
            runs.c.created_at.label("run_at"),
            runs.c.turn_at,
            runs.c.ended_at,
        )
        .join(sessions, sessions.c.id == tasks.c.session_id)
        .outerjoin(proposals, proposals.c.task_id == tasks.c.id)
        .outerjoin(runs, runs.c.proposal_id == proposals.c.id)
    )


def _entry(row: Row[Any]) -> RequestSummary:
    return RequestSummary(
        task_id=row.task_id,
        kind=TaskKind(row.kind),
        prompt=row.prompt,
        user=row.user,
        status=TaskStatus(row.status),
        asked_at=row.asked_at,
        session_id=row.session_id,
        channel=row.channel,
        thread_ts=row.thread_ts,
        program=codec.load_program(row.program) if row.program else None,
        proposal_id=row.proposal_id,
        decision=ProposalStatus(row.decision) if row.decision else None,
        ran=_ran(row) if row.run_id else None,
        rejected=bool(row.reason),
    )


def _ran(row: Row[Any]) -> RunSummary:
    return RunSummary(
        id=row.run_id,
        target=row.target,
        approver=row.approver,
        status=RunStatus(row.run_status),
        outcome=codec.load_outcome(row.outcome) if row.outcome else None,
        created_at=row.run_at,
        turn_at=row.turn_at,
        ended_at=row.ended_at,
    )
