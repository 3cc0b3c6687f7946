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

from services.execution.interface import Event, Finished
from services.model import Outcome, Verdict
from services.records import run_id
from services.store import Store, tables
from services.workflows import RunLimits, workflows
from tests import builders
from tests.fakes import FakeTarget
from tests.integration.lives import approved, process
from tests.waiting import until

LEFT = ("sessions", "tasks", "proposals", "runs", "votes", "preferences")


@dataclass
class Endless(FakeTarget):
    """A run goes on until it is stopped; the first time it is not told."""

    over: asyncio.Event = field(default_factory=asyncio.Event)
    deaf: int = 1

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        await self.over.wait()
        yield Finished(Outcome(Verdict.STOPPED))

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
        assert len(target.stopped) > 1, "a target that was out of reach is told again"
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
        await until(lambda: any(run_id(second) in line and "QUEUED" in line for line in world.narrator.told))
        await world.flows.begin_leaving("T1", time.time())
        await until(lambda: _none(world.store))
        assert list(target.jobs) == [run_id(first)]


async def _none(store: Store) -> bool:
    return not any([await rows(store, name) for name in LEFT])
