"""What the audit chain has to say, by what the other tables hold: each change of theirs was recorded in its own transaction.

What retention has deleted expects nothing. Looks at a proposal and other targets leave no trace but their records.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from typing import Any, cast

from sqlalchemy import Column, ColumnElement, Row, Table, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.entities import ProposalStatus, RunStatus, TaskKind, TaskStatus
from services.domain.values import sha256
from services.security.audit_chain import AuditAction, AuditRecord
from services.store import codec, tables

Key = tuple[str, ...]

_BATCH = 500
_DECIDED = {
    ProposalStatus.SUPERSEDED: "was replaced",
    ProposalStatus.EXPIRED: "has expired",
}


class Expected:
    """The records that have to be there, until they are found."""

    def __init__(self, facts: dict[Key, str], length: int) -> None:
        self._facts = facts
        self._length = length

    @classmethod
    async def of(cls, engine: AsyncEngine) -> Expected:
        """By the tables as they are now; whatever is added later expects nothing of this."""
        kinds = (_tasks, _spendings, _proposals, _approved, _approvals, _grants, _runs)
        facts = {key: fact for each in kinds async for key, fact in each(engine)}
        return cls(facts, await _announced(engine))

    def take(self, record: AuditRecord) -> None:
        for key in _keys(record):
            self._facts.pop(key, None)

    def missing(self, length: int) -> Iterator[str]:
        """Sentences, once a chain of this length has been taken."""
        if length < self._length:
            yield f"the audit channel has record {self._length}, but the chain ends with record {length}"
        for fact in self._facts.values():
            yield f"no record says that {fact}"


def _keys(record: AuditRecord) -> Iterator[Key]:
    """What a record shows to have happened."""
    try:
        fields = record.fields
    except ValueError:
        return
    found = fields.get("facts")
    facts = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    action, by, proposal, run = (str(fields.get(name, "")) for name in ("action", "by", "proposal", "run"))
    match action:
        case AuditAction.ASKED | AuditAction.EDITED:
            yield "task", str(fields.get("task"))
            yield "asked", action, str(fields.get("task")), by, str(facts.get("prompt_sha256"))
        case AuditAction.CANCELLED:
            yield action, str(fields.get("task"))
        case AuditAction.COUNTED | AuditAction.APPROVED:
            yield "approval", proposal, by, str(facts.get("binding"))
            if action == AuditAction.APPROVED:
                yield action, proposal, by, str(fields.get("sha256")), str(fields.get("target"))
        case AuditAction.DISMISSED | AuditAction.REJECTED:
            yield action, proposal, by
        case AuditAction.GRANTED | AuditAction.GRANT_ENDED:
            yield action, str(facts.get("grant")), by
        case AuditAction.BEGUN | AuditAction.STOP_ASKED:
            yield action, run, by
        case AuditAction.SUBMITTED | AuditAction.ENDED:
            yield action, run
        case _:
            yield action, proposal


Facts = AsyncGenerator[tuple[Key, str]]


async def _tasks(engine: AsyncEngine) -> Facts:
    table = tables.tasks.c
    async for row in _rows(engine, table.id, table.user, table.prompt, table.kind, table.status):
        action = str(AuditAction.EDITED if row.kind == TaskKind.EDIT else AuditAction.ASKED)
        yield (
            ("asked", action, row.id, row.user, sha256(row.prompt)),
            f"{row.user} requested task {row.id} with this text",
        )
        if row.status == TaskStatus.CANCELLED:
            yield (str(AuditAction.CANCELLED), row.id), f"task {row.id} was stopped"


async def _spendings(engine: AsyncEngine) -> Facts:
    """Which stay when the task itself is deleted."""
    async for row in _rows(engine, tables.spendings.c.task_id):
        yield ("task", row.task_id), f"task {row.task_id} was requested"


async def _proposals(engine: AsyncEngine) -> Facts:
    table = tables.proposals.c
    shown = table.status != str(ProposalStatus.DRAFT)
    async for row in _rows(engine, table.id, table.status, table.decided_by, table.reason, where=shown):
        yield (str(AuditAction.SHOWN), row.id), f"proposal {row.id} was shown"
        if row.status == ProposalStatus.DISMISSED:
            action = str(AuditAction.REJECTED if row.reason else AuditAction.DISMISSED)
            yield (
                (action, row.id, row.decided_by or ""),
                f"proposal {row.id} was {action} by {row.decided_by}",
            )
        elif row.status in _DECIDED:
            yield (row.status, row.id), f"proposal {row.id} {_DECIDED[ProposalStatus(row.status)]}"


async def _approved(engine: AsyncEngine) -> Facts:
    """Separate from the others, since their programs have to be loaded."""
    table = tables.proposals.c
    approved = table.status == str(ProposalStatus.APPROVED)
    async for row in _rows(engine, table.id, table.decided_by, table.target, table.program, where=approved):
        code = codec.load_program(row.program).sha256
        key = (str(AuditAction.APPROVED), row.id, row.decided_by or "", code, row.target)
        yield (
            key,
            f"{row.decided_by} approved proposal {row.id} with code {code[:12]} for target {row.target}",
        )


async def _approvals(engine: AsyncEngine) -> Facts:
    table = tables.approvals.c
    async for row in _rows(engine, table.binding, table.proposal_id, table.user, second=table.proposal_id):
        fact = f"{row.user} approved proposal {row.proposal_id} with this binding"
        yield ("approval", row.proposal_id, row.user, row.binding), fact


async def _grants(engine: AsyncEngine) -> Facts:
    table = tables.grants.c
    async for row in _rows(engine, table.id, table.user, table.ended_by):
        yield (
            (str(AuditAction.GRANTED), row.id, row.user),
            f"{row.user} granted the thread approval {row.id}",
        )
        if row.ended_by:
            key = (str(AuditAction.GRANT_ENDED), row.id, row.ended_by)
            yield key, f"{row.ended_by} ended the thread approval {row.id}"


async def _runs(engine: AsyncEngine) -> Facts:
    table = tables.runs.c
    async for row in _rows(engine, table.id, table.approver, table.status, table.stopped_by):
        yield (
            (str(AuditAction.BEGUN), row.id, row.approver),
            f"run {row.id} was started, approved by {row.approver}",
        )
        if row.stopped_by:
            yield (
                (str(AuditAction.STOP_ASKED), row.id, row.stopped_by),
                f"{row.stopped_by} asked to stop run {row.id}",
            )
        if row.status == RunStatus.RUNNING:
            yield (str(AuditAction.SUBMITTED), row.id), f"run {row.id} was submitted"
        elif row.status == RunStatus.ENDED:
            yield (str(AuditAction.ENDED), row.id), f"run {row.id} has ended"


async def _announced(engine: AsyncEngine) -> int:
    """How long the chain was at the last post to the audit channel."""
    async with engine.connect() as connection:
        announced = (await connection.execute(select(func.max(tables.audit_head.c.announced)))).scalar_one()
        posts = tables.posts.c.key
        keys = (await connection.execute(select(posts).where(posts.startswith("audit:")))).scalars()
        return max(
            [
                announced or 0,
                *(int(place) for place in (key.split(":")[1] for key in keys) if place.isdecimal()),
            ]
        )


async def _rows(
    engine: AsyncEngine,
    key: Column[Any],
    *columns: Column[Any],
    where: ColumnElement[bool] | None = None,
    second: Column[Any] | None = None,
) -> AsyncGenerator[Row[Any]]:
    """Rows in the order of their keys, some at a time; `second` is the rest of a key of two columns."""
    table: Table = key.table
    order = [key, *([second] if second is not None else [])]
    after: tuple[Any, ...] | None = None
    while True:
        statement = select(key, *columns).select_from(table).order_by(*order).limit(_BATCH)
        if where is not None:
            statement = statement.where(where)
        if after is not None:
            later = key > after[0]
            if second is not None:
                later |= (key == after[0]) & (second > after[1])
            statement = statement.where(later)
        async with engine.connect() as connection:
            found = (await connection.execute(statement)).all()
        for row in found:
            yield row
        if len(found) < _BATCH:
            return
        last = found[-1]
        after = (last[0], getattr(last, second.name) if second is not None else None)
