"""A workspace takes raygen away while a run and a request of it go on: both are stopped, and then nothing is left."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.domain.entities import TaskStatus, run_id
from services.domain.values import Artifact, Outcome, Verdict
from services.execution.interface import Event, Finished
from services.security.encryption import Encryptor
from services.store import Store, tables
from services.store.retention import Retention
from services.workflows import RunLimits, workflows
from tests import builders
from tests.fakes import FakeTarget
from tests.integration.lives import World, approved, ended, process
from tests.integration.test_workflows import no_workflow_goes_on
from tests.waiting import until

LEFT = ("requests", "sessions", "tasks", "proposals", "runs", "votes", "preferences")


@dataclass
class Endless(FakeTarget):
    """A run goes on until it is stopped; the first time it is not asked."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    deaf: int = 1

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        await self.over.wait()
        yield Finished(Outcome(verdict=Verdict.STOPPED))

    async def stop(self, submission_id: str) -> bool:
        self.stopped.append(submission_id)
        if len(self.stopped) <= self.deaf:
            raise OSError("no way there")
        self.over.set()
        return True


async def rows(store: Store, name: str) -> list[Any]:
    async with store.tasks._engine.connect() as connection:
        return list(await connection.execute(select(tables.metadata.tables[name])))


async def test_what_goes_on_is_stopped_and_then_all_of_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workflows, "_FIRST_PAUSE", 0.05)
    target = Endless()
    async with process(tmp_path, [], target) as world:
        proposal = await approved(world.store, 1)
        await world.flows.begin_run(proposal)
        await until(lambda: target.jobs)
        await world.store.sessions.ensure(builders.session(id="s_2", channel="COTHER", team="T2"))
        await world.store.tasks.add(builders.task(id="t_w", created_at=time.time()))
        await world.flows.begin_leaving("T1", time.time())

        async def nothing() -> bool:
            return not any([await rows(world.store, name) for name in LEFT if name != "sessions"])

        await until(nothing)
        assert target.stopped[0] == run_id(proposal)
        assert len(target.stopped) > 1, "a target that was out of reach is asked again"
        assert [row.team for row in await rows(world.store, "sessions")] == ["T2"]


async def test_a_run_that_waits_for_its_turn_never_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Its turn comes when the one before it is stopped."""
    monkeypatch.setattr(workflows, "_FIRST_PAUSE", 0.05)
    target = Endless(deaf=0)
    async with process(tmp_path, [], target, RunLimits(per_target=1)) as world:
        first, second = [await approved(world.store, number) for number in (1, 2)]
        await world.flows.begin_run(first)
        await until(lambda: target.jobs)
        await world.flows.begin_run(second)
        await until(
            lambda: any(run_id(second) in line and "QUEUED" in line for line in world.notifier.recorded)
        )
        await world.flows.begin_leaving("T1", time.time())
        await until(lambda: _none(world.store))
        assert list(target.jobs) == [run_id(first)]


@pytest.mark.parametrize("submitted", [False, True])
async def test_a_run_that_raygen_itself_has_stopped_is_stopped(tmp_path: Path, *, submitted: bool):
    target = FakeTarget()
    async with process(tmp_path, [], target) as world:
        proposal = await approved(world.store, 1)
        await world.runs.open(proposal)
        if submitted:
            await world.runs.submit(proposal)
        await world.store.runs.ask_to_stop(run_id(proposal), "")
        if not submitted:
            await world.runs.submit(proposal)
        await world.runs.follow(proposal)
        assert list(target.jobs) == target.stopped == ([run_id(proposal)] if submitted else [])


async def _none(store: Store) -> bool:
    return not any([await rows(store, name) for name in LEFT])


async def test_what_is_away_for_a_while_does_not_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workflows, "_FIRST_PAUSE", 0.05)
    tries: list[str] = []

    async def away(owner: str) -> None:
        tries.append(owner)
        if len(tries) == 1:
            raise OSError("no way to the artifacts")

    async with process(tmp_path, [], FakeTarget()) as world:
        proposal = await approved(world.store, 1)
        await world.flows.begin_run(proposal)
        await until(lambda: ended(world.store, proposal))
        await world.store.artifacts.keep(run_id(proposal), (Artifact("a.png", "image/png", b"png"),))
        world.flows._retention = Retention(world.store.tasks._engine, away)
        await world.flows.begin_leaving("T1", time.time())
        await until(lambda: _none(world.store))
        assert tries == [run_id(proposal)] * 2


@pytest.mark.parametrize("again", [False, True])
async def test_only_a_workspace_that_has_it_again_keeps_what_came_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, again: bool
):
    """By Slack's clock, which may be behind ours: what was on its way when raygen was taken out came before that."""
    monkeypatch.setattr(workflows, "_FIRST_PAUSE", 0.05)
    when = time.time() - 60.0
    async with process(tmp_path, [], FakeTarget()) as world:
        await world.store.sessions.ensure(builders.session())
        for name, made in (("before", when), ("after", when + 30.0)):
            await world.store.tasks.add(builders.task(id=name, status=TaskStatus.ANSWERED, created_at=made))
        if again:
            await world.store.installations(Encryptor()).put("T1", when + 20.0, {})
        await world.flows.begin_leaving("T1", when)
        await until(no_workflow_goes_on)
        assert {row.id for row in await rows(world.store, "tasks")} == ({"after"} if again else set())


async def test_a_request_that_is_deleted_before_it_is_opened_shows_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    def leave(world: World) -> None:
        opening = world.tasks.open

        async def late(task_id: str) -> bool:
            await world.store.retention.drop_team("T1")
            return await opening(task_id)

        world.tasks.open = late

    async with process(tmp_path, [], FakeTarget(), prepare=leave) as world:
        await world.flows.begin_task(builders.task(), builders.session())
        await until(no_workflow_goes_on)
        assert world.notifier.recorded == []
        assert await _none(world.store)
    assert [each.message for each in caplog.records if each.name.startswith("services")] == []


async def test_what_comes_in_while_it_goes_is_found_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workflows, "_FIRST_PAUSE", 0.05)

    class Late(Retention):
        async def left(self, team: str, before: float) -> bool:
            found = await super().left(team, before)
            if not came:
                came.append(True)
                await world.store.sessions.ensure(builders.session())
                await world.store.tasks.add(
                    builders.task(id="late", status=TaskStatus.ANSWERED, created_at=time.time())
                )
            return found

    came: list[bool] = []
    async with process(tmp_path, [], FakeTarget()) as world:
        world.flows._retention = Late(world.store.tasks._engine)
        await world.store.sessions.ensure(builders.session())
        await world.store.tasks.add(builders.task(status=TaskStatus.ANSWERED))
        await world.flows.begin_leaving("T1", time.time())
        await until(lambda: _none(world.store))
