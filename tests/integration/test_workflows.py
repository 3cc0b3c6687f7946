"""Durable work over a real DBOS and SQLite file: the same cause starts once, and a restart goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from dbos import DBOS, StepOptions
from slack_sdk.errors import SlackApiError

from services.approvals import ApprovalRule
from services.domain.entities import (
    ProposalStatus,
    TaskStatus,
    derive,
    run_id,
)
from services.domain.errors import Outdated
from services.llm.interface import Reply
from services.notifications.events import ApprovalRequested, ProposalChanged, SessionEvent
from services.workflows import workflows
from tests import builders
from tests.deciding import approve, approve_thread, deciding
from tests.fakes import FakeTarget, RecordingNotifier, approving, here
from tests.integration.lives import World, process
from tests.standins.scripted_model import ScriptedModel, calls, says
from tests.waiting import until


@pytest.fixture(autouse=True)
def fresh_registry():
    yield
    DBOS.destroy()


async def test_three_deliveries_give_one_task(tmp_path: Path):
    async with process(
        tmp_path, [calls("write_program", request="add"), says("Done.")], FakeTarget()
    ) as world:
        for _ in range(3):
            await world.flows.begin_task(builders.task(), builders.session())

        async def proposed() -> bool:
            tasks = await world.store.tasks.of_session("s_1")
            return bool(tasks) and tasks[0].status is TaskStatus.PROPOSED

        await until(proposed)
        await world.flows.begin_task(builders.task(), builders.session())
        await asyncio.sleep(0.2)
        assert world.notifier.recorded.count("opened t_1") == 1
        assert len(await world.store.proposals.of_session("s_1")) == 1


async def test_a_task_that_lost_its_process_goes_on_in_the_next(tmp_path: Path):
    begun = asyncio.Event()

    class Hanging(ScriptedModel):
        async def reply(self, **_: object) -> Reply:
            begun.set()
            await asyncio.sleep(60)
            raise AssertionError

    async with process(tmp_path, [], FakeTarget()) as world:
        world.tasks._supervisor._model = Hanging([])
        await world.flows.begin_task(builders.task(), builders.session())
        await asyncio.wait_for(begun.wait(), 10)
        hung = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
    async with process(
        tmp_path, [calls("write_program", request="add"), says("Done.")], FakeTarget()
    ) as world:

        async def proposed() -> bool:
            return (await world.store.tasks.get("t_1")).status is TaskStatus.PROPOSED

        await until(proposed)


async def test_an_approval_without_its_run_is_taken_up_at_the_next_start(tmp_path: Path):
    target = FakeTarget()
    async with process(tmp_path, [calls("write_program", request="add"), says("Done.")], target) as world:
        await world.flows.begin_task(builders.task(), builders.session())

        async def proposed() -> bool:
            proposals = await world.store.proposals.of_session("s_1")
            return bool(proposals) and proposals[0].status is ProposalStatus.OPEN

        await until(proposed)
        (proposal,) = await world.store.proposals.of_session("s_1")
        await approve(world.decisions, proposal.id, "UAPPROVER")
    async with process(tmp_path, [], target) as world:

        async def ended() -> bool:
            run = await world.store.runs.find(run_id(proposal.id))
            return run is not None and run.outcome is not None

        await until(ended)
        for _ in range(3):
            await world.flows.begin_run(proposal.id)
        await asyncio.sleep(0.2)
        assert list(target.jobs) == [run_id(proposal.id)]


async def test_an_unforeseen_error_ends_the_task_with_a_sentence_and_an_incident(tmp_path: Path):
    async with process(tmp_path, [KeyError("secret detail")], FakeTarget()) as world:
        await world.flows.begin_task(builders.task(), builders.session())

        async def failed() -> bool:
            tasks = await world.store.tasks.of_session("s_1")
            return bool(tasks) and tasks[0].status is TaskStatus.FAILED

        await until(failed)
        summary = (await world.store.tasks.get("t_1")).summary
        assert "incident" in summary
        assert "secret detail" not in summary


async def test_what_waits_for_its_approval_is_asked_for_reminded_of_and_expired_once(tmp_path: Path):
    async with process(tmp_path, [], FakeTarget()) as world:
        now = time.time()
        await world.store.sessions.ensure(builders.session())
        for number, age in enumerate((10, 200, 2000)):
            made = builders.proposal(id=f"p_{number}", task_id=f"t_{number}", created_at=now - age)
            await world.store.tasks.add(builders.proposed_task(id=made.task_id))
            await world.store.proposals.draft(made)
            await world.store.proposals.move(made.id, ProposalStatus.OPEN)
        for _ in range(3):
            await world.flows.attend()
        await world.flows.begin_asking("p_0", "UENGINEER")
        reported = ["p_0 wants UADA, UENGINEER", "p_1 wants UADA, reminder", "p_2 expired"]

        async def everything() -> bool:
            return set(reported) <= set(world.notifier.recorded)

        await until(everything)
        await world.flows.attend()
        await asyncio.sleep(0.1)
        assert sorted(world.notifier.recorded) == reported


AT_ONCE: StepOptions = {"retries_allowed": True, "interval_seconds": 0.01, "max_attempts": 3}


@dataclass
class Refusing(RecordingNotifier):
    """Slack is away for the next events of a pending approval."""

    refusals: int = 0

    async def notify(self, event: SessionEvent) -> None:
        if isinstance(event, ProposalChanged | ApprovalRequested) and self.refusals:
            self.refusals -= 1
            raise SlackApiError("Slack is away", {"ok": False, "error": "internal_error"})
        await super().notify(event)


@asynccontextmanager
async def waiting_for_approval(tmp_path: Path, *ages: float) -> AsyncGenerator[tuple[World, Refusing]]:
    """Proposals `p_0`, `p_1`, … that have waited for so many seconds."""
    async with process(tmp_path, [], FakeTarget()) as world:
        notifier, now = Refusing(), time.time()
        world.flows._pending = replace(world.pending, notifier=notifier)
        await world.store.sessions.ensure(builders.session())
        for number, age in enumerate(ages):
            made = builders.proposal(id=f"p_{number}", task_id=f"t_{number}", created_at=now - age)
            await world.store.tasks.add(builders.proposed_task(id=made.task_id))
            await world.store.proposals.draft(made)
            await world.store.proposals.move(made.id, ProposalStatus.OPEN)
        yield world, notifier


async def test_a_call_that_slack_refuses_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workflows, "_PATIENCE", AT_ONCE)
    async with waiting_for_approval(tmp_path, 10, 200, 2000) as (world, notifier):
        notifier.refusals = 2
        await world.flows.begin_asking("p_0", "UENGINEER")
        await until(lambda: notifier.recorded == ["p_0 wants UADA, UENGINEER"])
        notifier.refusals = 2
        await world.flows.attend()
        await until(lambda: sorted(notifier.recorded[1:]) == ["p_1 wants UADA, reminder", "p_2 expired"])


async def test_what_failed_for_good_is_begun_again_when_it_is_due(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workflows, "_PATIENCE", {})
    async with waiting_for_approval(tmp_path, 10, 200, 2000) as (world, notifier):
        for refusals in (1, 1, 0):
            notifier.refusals = refusals
            await world.flows.begin_asking("p_0", "UENGINEER")
            await until(no_workflow_goes_on)
        for refusals in (2, 1, 1, 0, 0):
            notifier.refusals = refusals
            await world.flows.attend()
            await until(no_workflow_goes_on)
        reported = ["p_0 wants UADA, UENGINEER", "p_1 wants UADA, reminder", "p_2 expired"]
        assert sorted(notifier.recorded) == reported
        with pytest.raises(Outdated, match="already been asked"):
            await world.flows.begin_asking("p_0", "UENGINEER")


async def test_what_fails_for_ever_is_not_begun_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workflows, "_PATIENCE", {})
    monkeypatch.setattr(workflows, "_ATTEMPTS", 3)
    async with waiting_for_approval(tmp_path, 200, 2000) as (world, notifier):
        notifier.refusals = 100
        for _ in range(5):
            await world.flows.attend()
            await until(no_workflow_goes_on)
        assert notifier.refusals == 100 - 2 * 3
        assert (await world.store.proposals.get("p_1")).status is ProposalStatus.EXPIRED


async def test_what_failed_long_ago_is_not_looked_at_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workflows, "_PATIENCE", {})
    async with waiting_for_approval(tmp_path, 2000) as (world, notifier):
        notifier.refusals = 100
        for given_up, left in ((60.0, 99), (-60.0, 99), (60.0, 98)):
            monkeypatch.setattr(workflows, "_GIVEN_UP", given_up)
            await world.flows.attend()
            await until(no_workflow_goes_on)
            assert notifier.refusals == left


async def test_who_asks_again_when_approvers_could_not_be_reached_gets_that_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(workflows, "_PATIENCE", {})
    monkeypatch.setattr(workflows, "_ATTEMPTS", 2)
    async with waiting_for_approval(tmp_path, 10) as (world, notifier):
        notifier.refusals = 100
        for _ in range(2):
            await world.flows.begin_asking("p_0", "UENGINEER")
            await until(no_workflow_goes_on)
        with pytest.raises(Outdated, match="could not be reached"):
            await world.flows.begin_asking("p_0", "UENGINEER")


async def test_who_asks_again_while_approvers_are_being_asked_gets_that_answer(tmp_path: Path):
    async with waiting_for_approval(tmp_path, 10) as (world, notifier):
        notifier.refusals = 1
        await world.flows.begin_asking("p_0", "UENGINEER")
        with pytest.raises(Outdated, match="being asked already"):
            await world.flows.begin_asking("p_0", "UENGINEER")
        await until(lambda: notifier.recorded == ["p_0 wants UADA, UENGINEER"])


async def no_workflow_goes_on() -> bool:
    return not await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"])


async def test_an_approval_for_the_thread_runs_the_next_program_once(tmp_path: Path):
    target, replies = FakeTarget(), [calls("write_program", request="add"), says("Done.")] * 2
    async with process(tmp_path, replies, target) as world:
        approvals = approving(world.store, ApprovalRule(thread=60.0))
        decisions = deciding(world.store, world.notifier, here(target), approvals)
        world.flows._decisions, world.runs._recorder = decisions, decisions.recorder
        for number in (1, 2):
            task = builders.task(id=f"t_{number}")
            await world.flows.begin_task(task, builders.session())
            first = derive("p", "t_1")

            async def proposed(proposal: str = derive("p", task.id)) -> bool:
                found = await world.store.proposals.find(proposal)
                return found is not None and found.status is not ProposalStatus.DRAFT

            await until(proposed)
            if number == 1:
                await until(no_workflow_goes_on)  # whose last step runs what was approved by then
                made = await world.store.proposals.get(first)
                await approve_thread(decisions, made, "UADA")

        async def ran() -> bool:
            return bool(target.jobs)

        await until(ran)
        assert list(target.jobs) == [run_id(derive("p", "t_2"))]
