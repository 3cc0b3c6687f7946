"""One repository per record: small statements, and every change of status a compare-and-set."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Insert, Integer, Row, Table, Update, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from services import workspace
from services.audit import Deed
from services.model import Artifact, InputFile, Outcome, sha256
from services.records import (
    Input,
    Proposal,
    ProposalStatus,
    Run,
    RunStatus,
    Session,
    Status,
    Task,
    TaskKind,
    TaskStatus,
    sources,
)
from services.store import audited, codec, tables
from services.store.artifacts import Artifacts
from services.store.audited import Audit

_CHANGED = literal_column("1", Integer)
_DEEDS: dict[Status, str] = {ProposalStatus.OPEN: Deed.SHOWN}


class Repository:
    """What the repositories share: an engine, insert-if-absent, and guarded moves."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def _insert_once(self, table: Table, values: dict[str, Any], audit: Audit | None = None) -> bool:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return await self._change(dialect.insert(table).values(**values).on_conflict_do_nothing(), audit)

    async def _put(self, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert the row with this primary key, or give it these values."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(**key, **values)
        async with self._engine.begin() as connection:
            await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))

    async def _change(self, statement: Insert | Update, audit: Audit | None = None) -> bool:
        """Whether it changed the one row that it is about; `audit` then belongs to the same transaction."""
        async with self._engine.begin() as connection:
            # Of an insert that may do nothing, psycopg's cursor does not know how many rows it made.
            changed = (await connection.execute(statement.returning(_CHANGED))).first() is not None
            if changed and audit is not None:
                await audit(connection)
            return changed

    async def _move(
        self,
        table: Table,
        record_id: str,
        status: Status,
        *,
        audit: Audit | None = None,
        **values: object,
    ) -> bool:
        """Set `status` where the transition is allowed; False when someone else was first."""
        allowed = [str(source) for source in sources(status)]
        statement = (
            update(table)
            .where(table.c.id == record_id, table.c.status.in_(allowed))
            .values(status=str(status), **values)
        )
        return await self._change(statement, audit)

    async def _one(self, table: Table, *where: Any) -> Row[Any] | None:
        async with self._engine.connect() as connection:
            return (await connection.execute(select(table).where(*where))).first()

    async def _all(self, table: Table, *where: Any, order: Any) -> list[Row[Any]]:
        async with self._engine.connect() as connection:
            return list(await connection.execute(select(table).where(*where).order_by(order)))


class Sessions(Repository):
    """Slack threads that raygen takes part in; who reads one goes on for its workspace."""

    async def ensure(self, session: Session) -> None:
        values = {
            "id": session.id,
            "channel": session.channel,
            "thread_ts": session.thread_ts,
            "owner": session.owner,
            "team": session.team,
        }
        await self._insert_once(tables.sessions, values)

    async def get(self, session_id: str) -> Session:
        row = await self._one(tables.sessions, tables.sessions.c.id == session_id)
        if row is None:
            raise LookupError(session_id)
        return _entered(_session(row))

    async def in_thread(self, channel: str, thread_ts: str) -> Session | None:
        table = tables.sessions
        row = await self._one(table, table.c.channel == channel, table.c.thread_ts == thread_ts)
        return _entered(_session(row)) if row else None

    async def latest(self, channel: str, prefix: str) -> Session | None:
        """The session of a channel whose thread begins like this and sorts last."""
        table = tables.sessions
        begins = table.c.thread_ts.startswith(prefix, autoescape=True)
        rows = await self._all(table, table.c.channel == channel, begins, order=table.c.thread_ts)
        return _session(rows[-1]) if rows else None

    async def overhear(self, session_id: str, user: str, when: float) -> None:
        """Note who has spoken last in a thread, where that was not to raygen; `when` in POSIX seconds."""
        await self._heard(session_id, f"{when} {user}")

    async def spoke(self, session_id: str) -> None:
        """Note that raygen has spoken last."""
        await self._heard(session_id, None)

    async def overheard(self, session_id: str) -> tuple[str, float]:
        """Who has spoken last, and when; nobody where that was to raygen, or raygen itself."""
        row = await self._one(tables.sessions, tables.sessions.c.id == session_id)
        when, _, user = (row.overheard or "").partition(" ") if row else ("", "", "")
        return user, float(when or 0)

    async def _heard(self, session_id: str, noted: str | None) -> None:
        table = tables.sessions
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.id == session_id).values(overheard=noted))

    async def root(self, session_id: str, thread_ts: str) -> None:
        """Note the thread of a session that began before its first message was posted."""
        table = tables.sessions
        statement = (
            update(table).where(table.c.id == session_id, table.c.thread_ts == "").values(thread_ts=thread_ts)
        )
        async with self._engine.begin() as connection:
            await connection.execute(statement)


class Tasks(Repository):
    """Requests, in the order in which they came."""

    async def add(self, task: Task) -> bool:
        values = {
            "id": task.id,
            "session_id": task.session_id,
            "kind": str(task.kind),
            "prompt": task.prompt,
            "user": task.user,
            "code": task.code,
            "base": task.base,
            "status": str(task.status),
            "summary": task.summary,
            "created_at": task.created_at or time.time(),
            "attachments": codec.dump_attachments(task.attachments),
            "target": task.target,
            "unseen": int(task.unseen),
            "retry_of": task.retry_of,
        }
        return await self._insert_once(tables.tasks, values, audited.asked(task))

    async def get(self, task_id: str) -> Task:
        row = await self._one(tables.tasks, tables.tasks.c.id == task_id)
        if row is None:
            raise LookupError(task_id)
        return _task(row)

    async def find(self, task_id: str) -> Task | None:
        row = await self._one(tables.tasks, tables.tasks.c.id == task_id)
        return _task(row) if row else None

    async def move(
        self, task_id: str, status: TaskStatus, *, summary: str | None = None, by: str = ""
    ) -> bool:
        values = {} if summary is None else {"summary": summary}
        audit = audited.cancelled(task_id, by) if status is TaskStatus.CANCELLED else None
        return await self._move(tables.tasks, task_id, status, audit=audit, **values)

    async def of_session(self, session_id: str) -> list[Task]:
        """All tasks of a session, oldest first."""
        table = tables.tasks
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.position)
        return [_task(row) for row in rows]

    async def of_user(self, user: str, *, limit: int = 10) -> list[Task]:
        """A person's latest tasks, newest first."""
        table = tables.tasks
        statement = select(table).where(table.c.user == user).order_by(table.c.position.desc()).limit(limit)
        async with self._engine.connect() as connection:
            return [_task(row) for row in await connection.execute(statement)]

    async def ahead_of(self, task_id: str) -> list[Task]:
        """The unfinished tasks of the same session that came before this one."""
        task = await self.get(task_id)
        earlier: list[Task] = []
        for other in await self.of_session(task.session_id):
            if other.id == task_id:
                break
            if not other.ended:
                earlier.append(other)
        return earlier


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
        deed = Deed.REJECTED if reason else _DEEDS.get(status, str(status))
        why = {"reason_sha256": sha256(reason)} if reason else {}
        audit = audited.of_proposal(deed, proposal_id, by or "", **why)
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

    async def with_status(self, status: ProposalStatus) -> list[Proposal]:
        table = tables.proposals
        rows = await self._all(table, table.c.status == str(status), order=table.c.created_at)
        return [await self._load(row) for row in rows]

    async def _load(self, row: Row[Any]) -> Proposal:
        return _proposal(row, await self._artifacts.listed(row.id))


class Runs(Repository):
    """Executions of approved proposals; their artifacts are listed only."""

    def __init__(self, engine: AsyncEngine, artifacts: Artifacts) -> None:
        super().__init__(engine)
        self._artifacts = artifacts

    async def add(self, run: Run) -> bool:
        values = {
            "id": run.id,
            "proposal_id": run.proposal_id,
            "session_id": run.session_id,
            "target": run.target,
            "approver": run.approver,
            "status": str(run.status),
            "created_at": run.created_at or time.time(),
        }
        audit = audited.of_proposal(Deed.BEGUN, run.proposal_id, run.approver, run=run.id)
        return await self._insert_once(tables.runs, values, audit)

    async def get(self, run_id: str) -> Run:
        run = await self.find(run_id)
        if run is None:
            raise LookupError(run_id)
        return run

    async def find(self, run_id: str) -> Run | None:
        row = await self._one(tables.runs, tables.runs.c.id == run_id)
        return _run(row, await self._artifacts.listed(run_id)) if row else None

    async def move(self, run_id: str, status: RunStatus) -> bool:
        return await self._move(tables.runs, run_id, status, audit=audited.of_run(Deed.SUBMITTED, run_id))

    async def take_turn(self, run_id: str) -> bool:
        """Note that a run that waited may start; False when it was stopped or has ended before. May be repeated."""
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
        return (await self.get(run_id)).turn_at is not None

    async def ask_to_stop(self, run_id: str, by: str) -> bool:
        """Note who asked first for the end of a run that has not ended."""
        table = tables.runs
        statement = (
            update(table)
            .where(table.c.id == run_id, table.c.stopped_by.is_(None), table.c.status != str(RunStatus.ENDED))
            .values(stopped_by=by)
        )
        return await self._change(statement, audited.of_run(Deed.STOP_ASKED, run_id, by))

    async def end(self, run_id: str, outcome: Outcome) -> bool:
        await self._artifacts.keep(run_id, outcome.artifacts)
        values = {"outcome": codec.dump_outcome(outcome), "ended_at": time.time()}
        audit = audited.of_run(Deed.ENDED, run_id, verdict=str(outcome.verdict))
        return await self._move(tables.runs, run_id, RunStatus.ENDED, audit=audit, **values)

    async def of_session(self, session_id: str) -> list[Run]:
        """The runs of a session, oldest first, without their artifacts."""
        table = tables.runs
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.created_at)
        return [_run(row, ()) for row in rows]


class Inputs(Repository):
    """The files of a session, by content, so that a newer one of the same name changes no proposal."""

    async def keep(self, session_id: str, file: InputFile) -> None:
        values = {
            "session_id": session_id,
            "sha256": file.sha256,
            "name": file.name,
            "content": file.content,
            "created_at": time.time(),
        }
        table = tables.inputs
        async with self._engine.begin() as connection:
            await connection.execute(
                table.delete().where(
                    table.c.session_id == session_id,
                    table.c.sha256 == file.sha256,
                    table.c.name == file.name,
                )
            )
            await connection.execute(table.insert().values(**values))

    async def latest(self, session_id: str) -> tuple[InputFile, ...]:
        """The newest of each name, in the order of their names."""
        table = tables.inputs
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.created_at)
        newest = {row.name: InputFile(row.name, row.content) for row in rows}
        return tuple(newest[name] for name in sorted(newest))

    async def digests(self, session_id: str) -> dict[str, str]:
        """The sha256 of the newest of each name."""
        table = tables.inputs
        statement = (
            select(table.c.name, table.c.sha256)
            .where(table.c.session_id == session_id)
            .order_by(table.c.created_at)
        )
        async with self._engine.connect() as connection:
            return {row.name: row.sha256 for row in await connection.execute(statement)}

    async def exactly(self, session_id: str, inputs: Iterable[Input]) -> tuple[InputFile, ...]:
        """These files. Raises LookupError for one that is gone, or no longer what it was."""
        return tuple([await self._exactly(session_id, each) for each in inputs])

    async def _exactly(self, session_id: str, wanted: Input) -> InputFile:
        table = tables.inputs
        row = await self._one(
            table,
            table.c.session_id == session_id,
            table.c.sha256 == wanted.sha256,
            table.c.name == wanted.name,
        )
        file = InputFile(row.name, row.content) if row else None
        if file is None or file.sha256 != wanted.sha256:
            raise LookupError(wanted.name)
        return file


class Posts(Repository):
    """Which Slack messages raygen meant to post, and which it is known to have posted."""

    async def intend(self, key: str, channel: str, thread_ts: str) -> bool:
        """True when this is the first intention; False when an earlier attempt may have posted already."""
        values = {"key": key, "channel": channel, "thread_ts": thread_ts, "created_at": time.time()}
        return await self._insert_once(tables.posts, values)

    async def find(self, key: str) -> tuple[str, str, str | None, float] | None:
        """Channel, thread, ts (None while unknown) and time of the first intention."""
        row = await self._one(tables.posts, tables.posts.c.key == key)
        return (row.channel, row.thread_ts, row.ts, row.created_at) if row else None

    async def keys(self, prefix: str) -> list[str]:
        """All that begin like this."""
        table = tables.posts
        begins = table.c.key.startswith(prefix, autoescape=True)
        return [row.key for row in await self._all(table, begins, order=table.c.key)]

    async def posted(self, key: str, ts: str) -> None:
        table = tables.posts
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.key == key).values(ts=ts))

    async def conclude(self, key: str, message: str) -> None:
        """Record the last word under this key; a later one takes its place."""
        table = tables.posts
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.key == key).values(last=message))

    async def last(self, key: str) -> str | None:
        """The last word under this key, once there is one."""
        row = await self._one(tables.posts, tables.posts.c.key == key)
        return row.last if row else None


def _entered(session: Session) -> Session:
    workspace.enter(session.team)
    return session


def _session(row: Row[Any]) -> Session:
    return Session(row.id, row.channel, row.thread_ts, row.owner, row.team)


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        session_id=row.session_id,
        kind=TaskKind(row.kind),
        prompt=row.prompt,
        user=row.user,
        code=row.code,
        base=row.base,
        status=TaskStatus(row.status),
        summary=row.summary,
        created_at=row.created_at,
        attachments=codec.load_attachments(row.attachments),
        target=row.target or "",
        unseen=bool(row.unseen),
        retry_of=row.retry_of or "",
    )


def _proposal(row: Row[Any], artifacts: tuple[Artifact, ...]) -> Proposal:
    return Proposal(
        id=row.id,
        task_id=row.task_id,
        session_id=row.session_id,
        program=codec.load_program(row.program),
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
    )


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
    )
