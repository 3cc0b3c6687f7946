"""Forgetting: what is older than it shall be kept goes, together with all that hangs on it."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.domain.entities import ProposalStatus, RunStatus, TaskStatus
from services.security.audit_chain import AuditAction
from services.security.encryption import Encryptor
from services.store import audited, checkpoints, codec, tables
from services.store.installations import Installations
from services.store.repository import Repository

ForgetInput = Callable[[str, str, str], Awaitable[None]]

_BATCH = 200
_ENDED = [str(status) for status in TaskStatus if status not in {TaskStatus.QUEUED, TaskStatus.WORKING}]


@dataclass(frozen=True, slots=True)
class Dropped:
    """How many rows were deleted."""

    tasks: int = 0
    runs: int = 0
    inputs: int = 0
    posts: int = 0


class Retention(Repository):
    """Deletes requests with their programs, runs, artifacts, inputs and notes of what was posted.

    Open proposals stay with what their thread has said before, and whatever is worked on, awaits its run or runs. What
    requests took stays too, and the votes on it: they have no content; of a workspace that has left only the figures stay,
    so that a day's budget does not start again.
    `forget` deletes what the owner of artifacts (a proposal or run, by ID) has outside of the database, and `forget_input` what
    an input file (by session, name and sha256) has there.
    """

    def __init__(
        self,
        engine: AsyncEngine,
        forget: Callable[[str], Awaitable[None]] | None = None,
        forget_input: ForgetInput | None = None,
    ) -> None:
        super().__init__(engine)
        self._forget = forget
        self._forget_input = forget_input

    async def drop(self, before: float) -> Dropped:
        """Delete all that was over by then (POSIX seconds). May be repeated."""
        tasks = runs = 0
        while found := await self._batch(before):
            await self._forget_artifacts(found)
            async with self._engine.begin() as connection:
                runs += await _drop_tasks(connection, found)
            tasks += len(found)
        async with self._engine.begin() as connection:
            inputs = await _drop_inputs(connection, before, self._forget_input)
            posts = await _drop_posts(connection, before)
            requests = tables.requests
            await connection.execute(delete(requests).where(requests.c.created_at < before))
        return Dropped(tasks, runs, inputs, posts)

    async def until(self, team: str, when: float | None) -> float:
        """Up to when (POSIX seconds) what a workspace asked for goes that took raygen away `when`: all of it, as long as it
        has not installed it again. Slack's clock is not ours, and what it had sent before may be taken in after.
        """
        if when is None or not await Installations(self._engine, Encryptor()).reaches(team):
            return math.inf
        # Requests of that very second were made before it.
        return when + 1

    async def going_on(self, team: str, before: float) -> tuple[list[str], list[str]]:
        """What a workspace asked for by then (POSIX seconds) and is worked on, and its runs that have not ended: IDs."""
        tasks, runs = tables.tasks.c, tables.runs.c
        of_team = select(tables.sessions.c.id).where(tables.sessions.c.team == team)
        ours = and_(tasks.session_id.in_(of_team), tasks.created_at < before)
        proposals = select(tables.proposals.c.id).where(
            tables.proposals.c.task_id.in_(select(tasks.id).where(ours))
        )
        return (
            await self._ids(tables.tasks, ours, tasks.status.not_in(_ENDED)),
            await self._ids(
                tables.runs, runs.proposal_id.in_(proposals), runs.status != str(RunStatus.ENDED)
            ),
        )

    async def left(self, team: str, before: float) -> bool:
        """Whether anything is left of what a workspace asked for by then (POSIX seconds)."""
        of_team = select(tables.sessions.c.id).where(tables.sessions.c.team == team)
        tasks = tables.tasks.c
        return bool(await self._ids(tables.tasks, tasks.session_id.in_(of_team), tasks.created_at < before))

    async def drop_team(self, team: str, before: float = math.inf) -> Dropped:
        """Delete what a workspace has left by then (POSIX seconds), except for what is worked on or runs; open proposals expire.

        What people have chosen there goes, and what requests took says no longer who asked. May be repeated.
        """
        now = time.time()
        sessions = select(tables.sessions.c.id).where(tables.sessions.c.team == team)
        of_team = and_(tables.tasks.c.session_id.in_(sessions), tables.tasks.c.created_at < before)
        await self._expire(of_team)
        ours = await self._ids(tables.sessions, tables.sessions.c.team == team)
        tasks = runs = inputs = posts = 0
        while found := await self._batch(now, of_team):
            await self._forget_artifacts(found)
            proposals = await self._ids(tables.proposals, tables.proposals.c.task_id.in_(found))
            executions = await self._ids(tables.runs, tables.runs.c.proposal_id.in_(proposals))
            # At once, since what hangs on a thread is found by it.
            async with self._engine.begin() as connection:
                await _drop_people(connection, found)
                runs += await _drop_tasks(connection, found)
                sessions = tables.sessions.c
                left = await _column(connection, tables.sessions, sessions.id, sessions.team == team)
                # What is worked on may need files before any proposal says so.
                gone = {*found, *proposals, *executions, *ours}.difference(left)
                inputs += await _drop_inputs(connection, now, self._forget_input, gone)
                posts += await _drop_posts(connection, now, gone)
            tasks += len(found)
        chosen, requests = tables.preferences.c, tables.requests
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(requests).where(requests.c.team == team, requests.c.created_at < before)
            )
            await connection.execute(
                delete(tables.preferences).where(
                    chosen.team == team, func.coalesce(chosen.chosen_at, 0.0) < before
                )
            )
        return Dropped(tasks, runs, inputs, posts)

    async def _expire(self, of_team: ColumnElement[bool]) -> None:
        """Expires proposals that no one can decide any more."""
        proposals = tables.proposals.c
        theirs = proposals.task_id.in_(select(tables.tasks.c.id).where(of_team))
        waiting = await self._ids(tables.proposals, theirs, proposals.status == str(ProposalStatus.OPEN))
        for each in waiting:
            record = audited.of_proposal(AuditAction.EXPIRED, each, because="uninstalled")
            await self._move(tables.proposals, each, ProposalStatus.EXPIRED, audit=record)

    async def _ids(self, table: Table, *where: ColumnElement[bool]) -> list[str]:
        async with self._engine.connect() as connection:
            return await _column(connection, table, table.c.id, and_(*where))

    async def _forget_artifacts(self, tasks: list[str]) -> None:
        """Before their rows go, so that a crash in between leaves the rows to find them by."""
        if self._forget is None:
            return
        proposals, runs, owner = tables.proposals.c, tables.runs.c, tables.artifacts.c.owner_id
        programs = await self._ids(tables.proposals, proposals.task_id.in_(tasks))
        executions = await self._ids(tables.runs, runs.proposal_id.in_(programs))
        of_these = owner.in_(_owners(programs, executions))
        async with self._engine.connect() as connection:
            owners = await _column(connection, tables.artifacts, owner, of_these)
        for each in set(owners):
            await self._forget(each)

    async def _batch(self, before: float, *where: ColumnElement[bool]) -> list[str]:
        table = tables.tasks
        ended = table.c.status.in_(_ENDED)
        over = and_(
            table.c.created_at < before,
            ended,
            ~exists().where(_holds(before)),
            ~exists().where(_awaits()),
            *where,
        )
        async with self._engine.connect() as connection:
            return list((await connection.execute(select(table.c.id).where(over).limit(_BATCH))).scalars())


def _awaits() -> ColumnElement[bool]:
    """A proposal of the same thread that awaits its decision: who asked for what it comes from is needed for that."""
    proposals = tables.proposals.c
    return and_(
        proposals.session_id == tables.tasks.c.session_id, proposals.status == str(ProposalStatus.OPEN)
    )


def _holds(before: float) -> ColumnElement[bool]:
    """A proposal of the task that can still be decided, or whose run is awaited, goes on, or ended lately."""
    proposals, runs = tables.proposals.c, tables.runs.c
    run = select(runs.id).where(runs.proposal_id == proposals.id)
    over = run.where(runs.status == str(RunStatus.ENDED))
    lately = run.where(func.coalesce(runs.ended_at, runs.created_at) >= before)
    return and_(
        proposals.task_id == tables.tasks.c.id,
        or_(
            proposals.status == str(ProposalStatus.OPEN),
            and_(proposals.status == str(ProposalStatus.APPROVED), ~over.exists()),
            func.coalesce(proposals.decided_at, 0.0) >= before,
            lately.exists(),
        ),
    )


async def _drop_tasks(connection: AsyncConnection, tasks: list[str]) -> int:
    """Delete these and what they led to, and their threads where nothing else is left; how many runs that were."""
    of_task = tables.proposals.c.task_id.in_(tasks)
    proposals = await _column(connection, tables.proposals, tables.proposals.c.id, of_task)
    of_proposal = tables.runs.c.proposal_id.in_(proposals)
    runs = await _column(connection, tables.runs, tables.runs.c.id, of_proposal)
    of_us = tables.tasks.c.id.in_(tasks)
    sessions = await _column(connection, tables.tasks, tables.tasks.c.session_id, of_us)
    owners = tables.artifacts.c.owner_id.in_(_owners(proposals, runs))
    await connection.execute(delete(tables.artifacts).where(owners))
    await connection.execute(delete(tables.runs).where(of_proposal))
    await connection.execute(delete(tables.approvals).where(tables.approvals.c.proposal_id.in_(proposals)))
    await connection.execute(delete(tables.proposals).where(of_task))
    await connection.execute(delete(tables.tasks).where(of_us))
    left = exists().where(tables.tasks.c.session_id == tables.sessions.c.id)
    await connection.execute(delete(tables.sessions).where(tables.sessions.c.id.in_(set(sessions)), ~left))
    empty = tables.grants.c.session_id.in_(set(sessions))
    there = exists().where(tables.sessions.c.id == tables.grants.c.session_id)
    await connection.execute(delete(tables.grants).where(empty, ~there))
    return len(runs)


async def _drop_people(connection: AsyncConnection, tasks: list[str]) -> None:
    """What these requests took no longer says whose they were; votes on them go.

    So does what these people had chosen when it was not kept yet in which workspace.
    """
    asked = select(tables.tasks.c.user).where(tables.tasks.c.id.in_(tasks))
    chosen = tables.preferences.c
    await connection.execute(delete(tables.preferences).where(chosen.team.is_(None), chosen.user.in_(asked)))
    spendings, votes = tables.spendings, tables.votes
    nobody = update(spendings).where(spendings.c.task_id.in_(tasks)).values(user="", channel="")
    await connection.execute(nobody)
    await connection.execute(delete(votes).where(votes.c.task_id.in_(tasks)))


async def _drop_inputs(
    connection: AsyncConnection,
    before: float,
    forget: ForgetInput | None,
    of: Collection[str] | None = None,
) -> int:
    """Delete the old files, of all sessions or of these, that no proposal needs any more."""
    table = tables.inputs
    rows = await connection.execute(
        select(table.c.session_id, table.c.sha256, table.c.name, table.c.stored_as).where(
            table.c.created_at < before
        )
    )
    old = {
        (row.session_id, row.sha256, row.name): bool(row.stored_as)
        for row in rows
        if of is None or row.session_id in of
    }
    for sessions in _batches(sorted({key[0] for key in old})):
        proposals = tables.proposals
        needed = await connection.execute(
            select(proposals.c.session_id, proposals.c.inputs).where(proposals.c.session_id.in_(sessions))
        )
        for row in needed:
            for each in codec.load_inputs(row.inputs):
                old.pop((row.session_id, each.sha256, each.name), None)
    for (session, digest, name), stored in old.items():
        if stored and forget is not None:
            # Before its row goes, so that a crash in between leaves the row to find it by.
            await forget(session, name, digest)
        this = and_(table.c.session_id == session, table.c.sha256 == digest, table.c.name == name)
        await connection.execute(delete(table).where(this))
    return len(old)


async def _drop_posts(connection: AsyncConnection, before: float, of: Collection[str] | None = None) -> int:
    """Delete the old notes of messages about what is no longer there; a key begins with the ID of what it is about.

    With `of` only those about one of these.
    """
    table = tables.posts
    old = await _column(connection, table, table.c.key, table.c.created_at < before)
    owners = {key.partition(":")[0] for key in old}
    owners = owners if of is None else owners.intersection(of)
    there: set[str] = set()
    for each in (tables.sessions, tables.tasks, tables.proposals, tables.runs):
        for some in _batches(sorted(owners)):
            there.update(await _column(connection, each, each.c.id, each.c.id.in_(some)))
    gone = [key for key in old if (owner := key.partition(":")[0]) in owners and owner not in there]
    for some in _batches(gone):
        await connection.execute(delete(table).where(table.c.key.in_(some)))
    return len(gone)


async def _column(
    connection: AsyncConnection, table: Table, column: ColumnElement[Any], where: ColumnElement[bool]
) -> list[str]:
    found: Iterable[str] = (
        await connection.execute(select(column).select_from(table).where(where))
    ).scalars()
    return list(found)


def _owners(proposals: Sequence[str], runs: Sequence[str]) -> list[str]:
    """What artifacts of these are found by."""
    return [*proposals, *runs, *map(checkpoints.owner, runs)]


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough at a time for one statement."""
    return (values[start : start + _BATCH] for start in range(0, len(values), _BATCH))
