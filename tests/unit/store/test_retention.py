"""What is forgotten, and what stays however old it is."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from services.domain import current_workspace
from services.domain.entities import Input, ProposalStatus, Run, TaskStatus, run_id
from services.domain.preference import Preference
from services.domain.values import Artifact, InputFile, Spent
from services.security.audit_chain import AuditAction
from services.store import Store, open_database, tables
from services.store.retention import Dropped, Retention
from services.store.spendings import By
from tests import builders
from tests.databases import database

OLD, CUTOFF = 1000.0, 2000.0
CSV = InputFile("a.csv", b"1,2")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


async def old(
    store: Store,
    name: str,
    *decisions: ProposalStatus,
    run: str = "",
    status: TaskStatus = TaskStatus.PROPOSED,
    inputs: tuple[Input, ...] = (),
) -> None:
    """A request of long ago in a thread of its own, with its program, a file, a run that is `ended` or not, and posts."""
    session = builders.session(id=f"s_{name}", channel=name)
    proposal = builders.proposal(
        id=f"p_{name}",
        task_id=f"t_{name}",
        session_id=session.id,
        validation=builders.passed(artifacts=(Artifact("a.png", "image/png", b"png"),)),
        inputs=inputs,
    )
    await store.sessions.ensure(session)
    await store.tasks.add(builders.task(id=f"t_{name}", session_id=session.id, status=status, created_at=OLD))
    await store.proposals.draft(proposal)
    for decision in decisions:
        await store.proposals.move(proposal.id, decision, by="UB")
    await store.inputs.keep(session.id, CSV)
    for key in (f"{session.id}:root", f"t_{name}:card", f"{proposal.id}:a.png"):
        await store.posts.intend(key, name, "1.1")
    if run:
        await store.runs.add(Run.of(proposal, approver="UB", created_at=OLD), proposal, builders.session())
        await store.posts.intend(run_id(proposal.id), name, "1.1")
    if run == "ended":
        await store.runs.end(run_id(proposal.id), builders.passed(artifacts=(Artifact("b", "x/y", b"b"),)))
    await backdate(store)


async def backdate(store: Store) -> None:
    """As if all of this had been long ago."""
    async with store.tasks._engine.begin() as connection:
        for table, column in (
            (tables.proposals, "decided_at"),
            (tables.runs, "ended_at"),
            (tables.inputs, "created_at"),
            (tables.posts, "created_at"),
        ):
            then = update(table).where(table.c[column].is_not(None)).values({column: OLD})
            await connection.execute(then)


async def count(store: Store, table: Any) -> int:
    async with store.tasks._engine.connect() as connection:
        return len((await connection.execute(select(table))).all())


OPEN, APPROVED, DISMISSED = ProposalStatus.OPEN, ProposalStatus.APPROVED, ProposalStatus.DISMISSED


@pytest.mark.parametrize(
    ("decisions", "run"),
    [((), ""), ((OPEN, DISMISSED), ""), ((OPEN, APPROVED), "ended")],
    ids=["a failed draft", "dismissed", "ran"],
)
async def test_what_is_over_goes_with_all_that_hangs_on_it(
    store: Store, decisions: tuple[ProposalStatus, ...], run: str
):
    await old(store, "1", *decisions, run=run)
    assert await store.retention.drop(CUTOFF) == Dropped(
        tasks=1, runs=bool(run), inputs=1, posts=3 + bool(run)
    )
    for table in (
        tables.sessions,
        tables.tasks,
        tables.proposals,
        tables.runs,
        tables.artifacts,
        tables.inputs,
        tables.posts,
    ):
        assert await count(store, table) == 0, table.name
    assert await store.retention.drop(CUTOFF) == Dropped()


async def test_a_workspace_that_leaves_takes_all_but_what_goes_on_with_it(store: Store):
    for name, team in (("gone", "T1"), ("waits", "T1"), ("runs", "T1"), ("other", "T2")):
        decisions = {"gone": (OPEN, APPROVED), "runs": (OPEN, APPROVED)}.get(name, (OPEN,))
        await old(store, name, *decisions, run={"gone": "ended", "runs": "goes on"}.get(name, ""))
        async with store.tasks._engine.begin() as connection:
            of = tables.sessions.c.id == f"s_{name}"
            await connection.execute(update(tables.sessions).where(of).values(team=team))
        await store.spendings.put(
            await store.tasks.get(f"t_{name}"), name, TaskStatus.PROPOSED, Spent(input=5)
        )
        await store.votes.put(f"t_{name}", f"t_{name}", "UENGINEER", helpful=True)
        current_workspace.enter(team)
        await store.preferences.put(f"U{team}", Preference("gpu"))
    await store.preferences.put("UENGINEER", Preference("cpu"))
    await store.preferences.put("UNOBODY", Preference("cpu"))
    async with store.tasks._engine.begin() as connection:
        of_old = tables.preferences.c.target == "cpu"
        await connection.execute(update(tables.preferences).where(of_old).values(team=None, chosen_at=None))
    await store.posts.intend("audit:1:C", "C", "")
    dropped = await store.retention.drop_team("T1")
    assert dropped == Dropped(tasks=2, runs=1, inputs=2, posts=7)
    assert await count(store, tables.posts) == 4 + 3 + 1, (
        "of the run that goes on, the other workspace, the audit"
    )
    for name, there in (("gone", False), ("waits", False), ("runs", True), ("other", True)):
        assert (await store.proposals.find(f"p_{name}") is not None) == there, name
    assert (await store.proposals.get("p_other")).status is OPEN
    expired = [each.fields async for each in store.audit.records() if each.action == "expired"]
    assert [(each["proposal"], each["facts"]["because"]) for each in expired] == [("p_waits", "uninstalled")]
    assert not (await store.audit.verify()).flaws
    assert await store.retention.drop_team("T1") == Dropped()
    assert (await store.preferences.of("UT1"), await store.preferences.of("UT2")) == (
        Preference(),
        Preference("gpu"),
    )
    assert await store.preferences.of("UENGINEER") == Preference(), "its team was not kept then"
    assert await store.preferences.of("UNOBODY") == Preference("cpu")
    assert {each.name: each.input for each in await store.spendings.sums(By.CHANNEL)} == {
        "": 10,
        "runs": 5,
        "other": 5,
    }
    assert [await store.votes.of(f"t_{name}") for name in ("gone", "waits", "other")] == [
        {},
        {},
        {"UENGINEER": True},
    ]
    records = [each.fields async for each in store.audit.records()]
    assert [each["proposal"] for each in records if each["action"] == AuditAction.EXPIRED] == ["p_waits"]


async def test_what_was_asked_since_a_workspace_has_it_again_stays(store: Store):
    await old(store, "before", OPEN)
    await old(store, "since", OPEN)
    async with store.tasks._engine.begin() as connection:
        await connection.execute(
            update(tables.tasks).where(tables.tasks.c.id == "t_since").values(created_at=CUTOFF + 1)
        )
    assert (await store.retention.drop_team("T1", CUTOFF)).tasks == 1
    assert (await store.proposals.get("p_since")).status is OPEN
    assert not await store.retention.left("T1", CUTOFF)


async def test_artifacts_outside_of_the_database_are_forgotten_before_their_rows(store: Store):
    await old(store, "1", OPEN, APPROVED, run="ended")
    await old(store, "2", OPEN)
    forgotten: list[str] = []

    async def forget(owner: str) -> None:
        assert await count(store, tables.artifacts) == 3
        forgotten.append(owner)

    assert (await Retention(store.tasks._engine, forget).drop(CUTOFF)).tasks == 1
    assert sorted(forgotten) == ["p_1", run_id("p_1")]
    assert await count(store, tables.artifacts) == 1


@pytest.mark.parametrize(
    ("decisions", "run", "status"),
    [
        ((OPEN,), "", TaskStatus.PROPOSED),
        ((OPEN, APPROVED), "", TaskStatus.PROPOSED),
        ((OPEN, APPROVED), "goes on", TaskStatus.PROPOSED),
        ((), "", TaskStatus.WORKING),
        ((), "", TaskStatus.QUEUED),
    ],
    ids=["awaits a decision", "awaits its run", "runs", "is worked on", "waits"],
)
async def test_what_goes_on_stays_however_old_it_is(
    store: Store, decisions: tuple[ProposalStatus, ...], run: str, status: TaskStatus
):
    await old(
        store,
        "1",
        *decisions,
        run=run,
        status=status,
        inputs=(Input(CSV.name, CSV.sha256, len(CSV.content)),),
    )
    assert await store.retention.drop(CUTOFF) == Dropped()
    assert await count(store, tables.artifacts) == 1
    assert await count(store, tables.inputs) == 1


async def test_a_decision_or_an_end_of_late_keeps_an_old_request(store: Store):
    await old(store, "1", OPEN, APPROVED, run="ended")
    await old(store, "2", OPEN)
    await store.proposals.move("p_2", DISMISSED, by="UB")
    async with store.tasks._engine.begin() as connection:
        await connection.execute(update(tables.runs).values(ended_at=time.time()))
    assert await store.retention.drop(CUTOFF) == Dropped(inputs=2)


async def test_many_go_in_batches_and_a_thread_goes_when_its_last_request_does(store: Store):
    for number in range(3):
        await old(store, f"{number}", OPEN, DISMISSED)
    for number in range(450):
        await store.tasks.add(
            builders.task(id=f"t_x{number}", session_id="s_0", status=TaskStatus.ANSWERED, created_at=OLD)
        )
    await store.tasks.add(builders.task(id="t_new", session_id="s_1", created_at=CUTOFF + 1))
    dropped = await store.retention.drop(CUTOFF)
    assert (dropped.tasks, dropped.inputs) == (453, 3)
    assert (await store.sessions.get("s_1")).id == "s_1"
    assert await count(store, tables.sessions) == 1


async def test_a_request_that_came_to_nothing_is_forgotten_by_its_age_and_with_its_workspace(store: Store):
    for name, team, created in (("old", "T1", OLD), ("left", "T1", CUTOFF), ("stays", "T2", CUTOFF)):
        session = builders.session(id=f"s_{name}", team=team)
        await store.requests.put(builders.task(id=name, session_id=session.id, created_at=created), session)
    await store.retention.drop(CUTOFF)
    assert [await store.requests.find(name) is None for name in ("old", "left")] == [True, False]
    await store.retention.drop_team("T1")
    assert [await store.requests.find(name) is None for name in ("left", "stays")] == [True, False]
