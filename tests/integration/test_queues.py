"""Limits on runs by DBOS's queues: who waits, what is reported meanwhile, and that a crash changes nothing of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from dbos import DBOS

from services.domain.entities import run_id
from services.domain.values import Outcome, Verdict
from services.execution.interface import Event, Finished, Job
from services.workflows import RunLimits
from tests.fakes import FakeTarget
from tests.integration.lives import approved, ended, process
from tests.waiting import until


@pytest.fixture(autouse=True)
def fresh_registry():
    yield
    DBOS.destroy()


@dataclass
class Busy(FakeTarget):
    """Jobs go on until they are let go; `most` is how many there were at once."""

    open: set[str] = field(default_factory=set)
    most: int = 0
    order: list[str] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def submit(self, job: Job) -> bool:
        self.order.append(job.submission_id)
        return await super().submit(job)

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        self.open.add(submission_id)
        self.most = max(self.most, len(self.open))
        await self.done.wait()
        await asyncio.sleep(0.05)
        self.open.discard(submission_id)
        yield Finished(Outcome(verdict=Verdict.PASSED))


@pytest.mark.parametrize(
    "limits", [RunLimits(per_target=2), RunLimits(per_target=9, targets={"embedded": 2, "other": 1})]
)
async def test_a_target_takes_so_many_runs_and_the_others_wait_in_order(tmp_path: Path, limits: RunLimits):
    target = Busy()
    async with process(tmp_path, [], target, limits) as world:
        proposals = [await approved(world.store, number) for number in range(5)]
        for each in proposals:
            await world.flows.begin_run(each)
            await asyncio.sleep(0.01)
        last = run_id(proposals[-1])

        async def reported() -> bool:
            return f"{last} QUEUED ''" in world.notifier.recorded and len(target.open) == 2

        await until(reported)
        assert await world.store.entries.ahead_of(last, target=True, user=False) == 4
        target.done.set()
        await until(lambda: ended(world.store, *proposals))
        assert target.most == 2
        assert len(target.order) == len(set(target.order)) == 5
        # Two of them start in the same look at the queue; the queue's order is theirs.
        assert target.order[-1] == last


async def test_another_targets_limit_is_no_limit_here_and_one_that_was_taken_away_lets_go(tmp_path: Path):
    before, after = Busy(), Busy()
    async with process(tmp_path, [], before, RunLimits(targets={"other": 1})) as world:
        proposals = [await approved(world.store, number) for number in range(2)]
        for each in proposals:
            await world.flows.begin_run(each)
        await until(lambda: _open(before, 2))
        before.done.set()
        await until(lambda: ended(world.store, *proposals))
    async with process(tmp_path, [], after, RunLimits()):
        (queue,) = await DBOS.list_queues_async()
        assert queue.name.endswith(":other")
        assert (queue.partition_concurrency or 0) > 1000


async def test_one_person_waits_for_their_own_runs_only(tmp_path: Path):
    target = Busy()
    async with process(tmp_path, [], target, RunLimits(per_target=3, per_user=1)) as world:
        proposals = [
            await approved(world.store, number, requester=user)
            for number, user in enumerate(("UA", "UA", "UB"))
        ]
        for each in proposals:
            await world.flows.begin_run(each)

        async def both() -> bool:
            return target.open == {run_id(proposals[0]), run_id(proposals[2])}

        await until(both)
        await asyncio.sleep(0.3)
        assert await both()
        target.done.set()
        await until(lambda: ended(world.store, *proposals))


async def test_a_run_that_is_stopped_while_it_waits_never_starts(tmp_path: Path):
    target = Busy()
    async with process(tmp_path, [], target, RunLimits(per_target=1)) as world:
        first, second = [await approved(world.store, number) for number in range(2)]
        await world.flows.begin_run(first)
        await until(lambda: _open(target, 1))
        await world.flows.begin_run(second)

        async def waits() -> bool:
            return f"{run_id(second)} QUEUED ''" in world.notifier.recorded

        await until(waits)
        await world.runs.stop(run_id(second), "UENGINEER")
        await until(lambda: ended(world.store, second))
        assert (await world.store.runs.get(run_id(second))).outcome == Outcome(verdict=Verdict.STOPPED)
        target.done.set()
        await until(lambda: ended(world.store, first))
        await asyncio.sleep(0.4)
        assert target.order == [run_id(first)]


async def test_runs_that_wait_outlive_their_process_and_start_once(tmp_path: Path):
    limits, before, after = RunLimits(per_target=1, per_user=1), Busy(), Busy()
    async with process(tmp_path, [], before, limits) as world:
        proposals = [await approved(world.store, number) for number in range(3)]
        for each in proposals:
            await world.flows.begin_run(each)
        await until(lambda: _open(before, 1))
        hung = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
    after.done.set()
    async with process(tmp_path, [], after, limits) as world:
        await until(lambda: ended(world.store, *proposals))
        assert after.most == 1
        assert sorted({*before.order, *after.order}) == sorted(map(run_id, proposals))
        assert len(after.order) == len(set(after.order))


async def test_without_limits_nothing_is_queued(tmp_path: Path):
    async with process(tmp_path, [], FakeTarget()) as world:
        proposal = await approved(world.store, 1)
        await world.flows.begin_run(proposal)
        await until(lambda: ended(world.store, proposal))
        assert await DBOS.list_queues_async() == []


async def _open(target: Busy, count: int) -> bool:
    return len(target.open) == count
