"""Buttons that take longer than Slack waits: acknowledged in time, carried through, and what went wrong is still reported."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import pytest

from handlers.listeners import ack
from services.domain.entities import Proposal, ProposalStatus, run_id
from services.proposals.decisions import Decisions
from services.runs.steps import RunSteps
from services.store.audit import AuditTrail
from tests.integration.test_approval_clicks import World, opened
from tests.integration.test_feedback import voted
from tests.waiting import until


@dataclass
class Gate:
    """Holds something up until it is opened, at the test's end at the latest."""

    made: ClassVar[list[Gate]] = []
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    def __post_init__(self) -> None:
        self.made.append(self)

    async def passed(self) -> None:
        self.reached.set()
        await self.open.wait()
        if self.error is not None:
            raise self.error


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[World]:
    async with opened(tmp_path) as here:
        monkeypatch.setattr(ack, "ACK_TIMEOUT", 0.05)
        yield here
        while Gate.made:
            Gate.made.pop().open.set()
        await here.notifier._courier.drain()


@pytest.mark.parametrize("error", [None, RuntimeError("hunter2")])
async def test_a_file_on_its_way_keeps_nobody_from_going_on(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception | None
):
    gate, hand_out = Gate(error=error), RunSteps.hand_out_code

    async def held_up(steps: RunSteps, proposal: Proposal, user: str) -> None:
        await gate.passed()
        await hand_out(steps, proposal, user)

    monkeypatch.setattr(RunSteps, "hand_out_code", held_up)
    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UENGINEER")
    await until(lambda: in_thread(world, "run_code"))
    found = await world.store.posts.find(run_id(proposal.id))
    assert found is not None
    await world.press("CRAY", str(found[2]), "UENGINEER", "run_code")
    await until(gate.reached.is_set)
    assert world.alone("CRAY", "UENGINEER") == []
    gate.open.set()
    if error is None:
        await until(lambda: in_thread(world, "program.py"))
        assert world.alone("CRAY", "UENGINEER") == []
    else:
        await until(lambda: world.alone("CRAY", "UENGINEER"))
        (reported,) = world.alone("CRAY", "UENGINEER")
        assert "report incident" in reported
        assert "hunter2" not in reported


async def test_an_approval_is_on_record_before_slack_takes_it_for_done(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    before, after, approve = Gate(), Gate(), Decisions.approve

    async def held_up(decisions: Decisions, proposal: Proposal, **shown: str) -> Proposal:
        await before.passed()
        approved = await approve(decisions, proposal, **shown)
        await after.passed()
        return approved

    monkeypatch.setattr(Decisions, "approve", held_up)
    proposal, ts = await world.card()
    pressed = asyncio.create_task(world.press("CRAY", ts, "UENGINEER"))
    await before.reached.wait()
    await asyncio.wait({pressed}, timeout=0.5)
    assert not pressed.done()
    before.open.set()
    await pressed
    assert (await world.store.proposals.get(proposal.id)).status is ProposalStatus.APPROVED
    assert world.target.jobs == {}
    after.open.set()
    await until(lambda: has_ended(world, proposal))


async def test_a_modal_that_comes_too_late_is_reported_as_an_error(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    gate = Gate(error=RuntimeError("hunter2"))

    async def held_up(*_: Any) -> None:
        await gate.passed()

    monkeypatch.setattr(AuditTrail, "looked", held_up)
    _, ts = await world.card()
    for action in ("proposal_edit", "proposal_reject"):
        gate.reached.clear()
        gate.open.clear()
        before = len(world.alone("CRAY", "UAPPROVER"))
        await world.press("CRAY", ts, "UAPPROVER", action)
        await until(gate.reached.is_set)
        gate.open.set()
        await until(lambda count=before: len(world.alone("CRAY", "UAPPROVER")) == count + 1)
        assert "report incident" in world.alone("CRAY", "UAPPROVER")[-1]


async def test_thanks_for_a_vote_keep_nobody_waiting(world: World, monkeypatch: pytest.MonkeyPatch):
    gate, courier = Gate(), world.notifier._courier
    whisper = courier.whisper

    async def held_up(*args: Any) -> None:
        await gate.passed()
        await whisper(*args)

    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UAPPROVER")
    await until(lambda: in_thread(world, "feedback_buttons"))
    run = run_id(proposal.id)
    result = await world.store.posts.find(run)
    assert result is not None
    monkeypatch.setattr(courier, "whisper", held_up)
    await voted(world, str(result[2]), "UENGINEER", "helpful", run)
    await until(gate.reached.is_set)
    assert await world.store.votes.of(run) == {"UENGINEER": True}
    assert world.alone("CRAY", "UENGINEER") == []
    gate.open.set()
    await until(lambda: world.alone("CRAY", "UENGINEER") == ["Thanks for the feedback."])


async def has_ended(world: World, proposal: Proposal) -> bool:
    run = await world.store.runs.find(run_id(proposal.id))
    return run is not None and run.outcome is not None


async def in_thread(world: World, words: str) -> bool:
    return words in await world.seen("CRAY")
