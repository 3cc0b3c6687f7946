"""The audit records that go with changes of the other tables, written from those tables in the change's own transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.entities import Input, Proposal, Session, Task, TaskKind
from services.domain.values import sha256
from services.security.audit_chain import AuditAction, Event
from services.store import codec, tables
from services.store.chain import append

Audit = Callable[[AsyncConnection], Awaitable[None]]


def asked(task: Task) -> Audit:
    """A request, by the hashes of its words and of the program that came with it."""

    async def write(connection: AsyncConnection) -> None:
        event = Event(
            AuditAction.EDITED if task.kind is TaskKind.EDIT else AuditAction.ASKED,
            by=task.user,
            channel=await _channel(connection, task.session_id),
            session=task.session_id,
            task=task.id,
            proposal=task.base or "",
            sha256=sha256(task.code) if task.code is not None else "",
            facts={"kind": str(task.kind), "prompt_sha256": sha256(task.prompt)},
        )
        await append(connection, event)

    return write


def cancelled(task_id: str, by: str) -> Audit:
    async def write(connection: AsyncConnection) -> None:
        task = (await connection.execute(select(tables.tasks).where(tables.tasks.c.id == task_id))).one()
        channel = await _channel(connection, task.session_id)
        await append(
            connection,
            Event(AuditAction.CANCELLED, by=by, channel=channel, session=task.session_id, task=task_id),
        )

    return write


def of_proposal(action: str, proposal_id: str, by: str = "", *, run: str = "", **facts: str) -> Audit:
    """Something that was done to a proposal as it then stands."""

    async def write(connection: AsyncConnection) -> None:
        await append(
            connection, await _of_proposal(connection, action, proposal_id, by=by, run=run, facts=facts)
        )

    return write


def about(
    action: str, proposal: Proposal, session: Session, by: str, *, run: str = "", **facts: str
) -> Audit:
    """The same for a proposal that can't have changed since it was read, so it isn't read again."""
    event = Event(
        action,
        by=by,
        channel=session.channel,
        session=session.id,
        task=proposal.task_id,
        proposal=proposal.id,
        run=run,
        sha256=proposal.program.sha256,
        target=proposal.target,
        facts={**_bound(proposal.requester, proposal.inputs), **facts},
    )

    async def write(connection: AsyncConnection) -> None:
        await append(connection, event)

    return write


def of_run(action: str, run_id: str, by: str = "", **facts: str) -> Audit:
    async def write(connection: AsyncConnection) -> None:
        runs = tables.runs
        row = (await connection.execute(select(runs.c.proposal_id).where(runs.c.id == run_id))).one()
        event = await _of_proposal(connection, action, row.proposal_id, by=by, run=run_id, facts=facts)
        await append(connection, event)

    return write


async def _of_proposal(
    connection: AsyncConnection, action: str, proposal_id: str, *, by: str, run: str, facts: dict[str, str]
) -> Event:
    table = tables.proposals
    row = (await connection.execute(select(table).where(table.c.id == proposal_id))).first()
    if row is None:
        return Event(action, by=by, proposal=proposal_id, run=run, facts=facts)
    return Event(
        action,
        by=by,
        channel=await _channel(connection, row.session_id),
        session=row.session_id,
        task=row.task_id,
        proposal=proposal_id,
        run=run,
        sha256=codec.load_program(row.program).sha256,
        target=row.target,
        facts={**_bound(str(row.requester), codec.load_inputs(row.inputs)), **facts},
    )


def _bound(requester: str, inputs: Collection[Input]) -> dict[str, str]:
    """What else a decision on the proposal is about."""
    digests = " ".join(sorted(each.sha256 for each in inputs))
    return {"requester": requester} | ({"inputs": digests} if digests else {})


async def _channel(connection: AsyncConnection, session_id: str) -> str:
    table = tables.sessions
    row = (await connection.execute(select(table.c.channel).where(table.c.id == session_id))).first()
    return str(row.channel) if row else ""
