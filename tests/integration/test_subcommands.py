"""The subcommands of `/raygen` over Slack's protocol: what each person alone gets, and who may see what."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from handlers.blocks.primitives import Message
from handlers.listeners import ack, commands, errors
from handlers.listeners.subcommands import Subcommands
from handlers.messaging.courier import Courier
from handlers.payloads.parse import Subcommand
from handlers.slack_api.directory import SlackDirectory as Members
from services.domain.entities import (
    ProposalStatus,
    Run,
    Session,
    Task,
    TaskKind,
    TaskStatus,
    run_id,
)
from services.store import Store, open_database
from services.tasks.admission import Admission, AdmissionLimits
from services.tasks.rate_limit import Rate
from tests import builders
from tests.contract.slack.people import People, bot, client_at, people_at
from tests.databases import database
from tests.deciding import deciding, use_cases
from tests.fakes import FakeTarget, RecordingNotifier, approving, here
from tests.looks import looks
from tests.waiting import PATIENCE, until


@dataclass
class Begun:
    """Takes the place of the workflows: keeps what was begun."""

    tasks: list[Task] = field(default_factory=list)

    async def begin_task(self, task: Task, session: Session) -> None:
        self.tasks.append(task)


@dataclass
class Stopped:
    """Takes the place of the desks that stop things: keeps what was stopped."""

    names: list[str] = field(default_factory=list)

    async def cancel(self, task_id: str, by: str = "") -> bool:
        self.names.append(f"{task_id} {by}")
        return True

    async def stop(self, run_id: str, user: str) -> None:
        self.names.append(f"{run_id} {user}")


@dataclass
class World:
    people: People
    store: Store
    begun: Begun
    stopped: Stopped
    subcommands: Subcommands

    async def ran(self, name: str, channel: str) -> str:
        """A run that has passed, in a thread of this channel; its ID."""
        root = (await self.people.say("hello", channel=channel))["ts"]
        session = builders.session(id=f"s_{name}", channel=channel, thread_ts=root)
        proposal = builders.proposal(id=f"p_{name}", task_id=f"t_{name}", session_id=session.id)
        await self.store.sessions.ensure(session)
        await self.store.tasks.add(builders.proposed_task(id=f"t_{name}", session_id=session.id))
        await self.store.proposals.draft(proposal)
        await self.store.proposals.move(proposal.id, ProposalStatus.OPEN)
        await self.store.proposals.move(proposal.id, ProposalStatus.APPROVED, by="UAPPROVER")
        await self.store.runs.add(
            Run.of(proposal, approver="UAPPROVER", created_at=1_700_000_000.0), proposal, builders.session()
        )
        await self.store.runs.end(run_id(proposal.id), builders.passed())
        return run_id(proposal.id)

    async def answer(self, text: str, *, user: str = "UENGINEER") -> str:
        """What `/raygen text` answers this person, and nobody else."""
        before = len(await self.alone(user))
        await self.people.command(text, user=user)

        async def answered() -> list[dict[str, Any]]:
            return (await self.alone(user))[before:]

        (message,) = await until(answered)
        assert await self.alone("UGUEST") == []
        return json.dumps(message, ensure_ascii=False)

    async def alone(self, user: str) -> list[dict[str, Any]]:
        messages = (await self.people.get(f"/play/channel/CRAY?user={user}"))["messages"]
        return [message for message in messages if message.get("is_ephemeral")]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    slack = SlackStandIn(rules=Rules(ack_timeout=PATIENCE, trigger_expiry=PATIENCE))
    async with (
        slack.serve() as url,
        people_at(url) as people,
        open_database(database(tmp_path)) as engine,
    ):
        client, store, begun, stopped = client_at(slack.api_url), Store(engine), Begun(), Stopped()
        members = Members(client)
        authorizer = approving(store, directory=members)
        cases = use_cases(
            deciding(store, RecordingNotifier(), here(), authorizer),
            workflows=begun,
            tasks=stopped,
            steps=stopped,
            admission=Admission(store, limits=AdmissionLimits(user_rate=Rate(2, 3600.0)), teams=None),
        )
        courier = Courier(client, store.posts)
        subcommands = Subcommands(
            use_cases=cases, courier=courier, targets=here(FakeTarget()), authorizer=authorizer
        )
        listeners = (
            lambda app: errors.register(app, courier),
            lambda app: commands.register(app, cases.requests, courier, subcommands),
        )
        async with bot(client, *listeners):
            yield World(people, store, begun, stopped, subcommands)
            await courier.drain()


async def test_history_and_show_tell_of_a_run_and_lead_to_its_thread(world: World):
    name = await world.ran("0ab1", "CRAY")
    listed = await world.answer("history")
    assert "Add two numbers" in listed
    assert ":white_check_mark: succeeded" in listed
    assert "0.42 s" in listed
    assert "/archives/CRAY/p" in listed
    for wanted in (name, "0ab1", "0a"):
        shown = await world.answer(f"show {wanted}", user="UAPPROVER")
        assert builders.ADD.sha256 in shown
        assert "print('Result: 3')" in shown
        assert "approved by <@UAPPROVER>" in shown
    assert world.begun.tasks == []
    proposal = (await world.store.runs.get(name)).proposal_id
    assert await looks(world.store) == [("UAPPROVER", proposal, "run")] * 3


async def test_nobody_learns_of_a_run_in_a_conversation_they_are_not_in(world: World):
    await world.ran("0ab1", "DENGINEER")
    unseen = await world.answer("show 0ab1", user="UAPPROVER")
    assert "No run that you can see starts with `0ab1`." in unseen
    assert (await world.answer("show 0ffff", user="UAPPROVER")).replace("0ffff", "0ab1").split('"text"')[1][
        :60
    ] == unseen.split('"text"')[1][:60]
    assert "You have no requests yet" in await world.answer("history", user="UAPPROVER")
    assert "No run that you can see" in await world.answer("rerun 0ab1", user="UAPPROVER")
    assert world.begun.tasks == []
    assert await looks(world.store) == [], "who is shown nothing has looked at nothing"
    assert builders.ADD.sha256 in await world.answer("show 0ab1")


async def test_a_rerun_is_a_request_in_the_runs_own_thread(world: World):
    await world.ran("0ab1", "CRAY")
    assert "was proposed again in <" in await world.answer("rerun 0ab1", user="UAPPROVER")
    (task,) = world.begun.tasks
    assert (task.kind, task.base, task.session_id) == (TaskKind.AGAIN, "p_0ab1", "s_0ab1")
    assert task.user == "UAPPROVER"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("show", "Which run? For example: `/raygen show 3f2a`"),
        ("rerun", "Which run?"),
        ("show %", "That isn't a run ID"),
        ("history 20", "`/raygen history` takes no arguments"),
        ("status", "You have no active requests or runs"),
        ("usage", "You have no finished requests in the last 30 days"),
        ("targets", "embedded"),
        ("histroy", "There is no `/raygen histroy`. Did you mean `/raygen history`?"),
        ("targets please", "No target has that name. `/raygen targets` lists them."),
        ("targets embedded", "What it has installed is unknown for now."),
        ("help", "the code, result and approver of a run"),
        ("cancel", "You have no active requests or runs"),
        ("cancel ab", "No active run of yours starts with `ab`"),
        ("settings", "Default target"),
        ("settings please", "`/raygen settings` takes no arguments"),
    ],
)
async def test_what_is_said_to_one_person_alone(world: World, text: str, answer: str):
    assert answer in await world.answer(text)
    assert world.begun.tasks == []


async def test_free_text_is_a_request_and_too_many_of_them_are_refused(world: World):
    for _ in range(2):
        await world.people.command("show me primes below 100")

    async def begun() -> bool:
        return len(world.begun.tasks) == 2

    await until(begun)
    assert "2 requests per hour. Try again in" in await world.answer("estimate pi")
    assert len(world.begun.tasks) == 2


async def test_cancel_stops_what_is_meant_and_asks_where_that_is_not_clear(world: World):
    await world.store.sessions.ensure(builders.session())
    await world.store.tasks.add(builders.task(id="t_work", status=TaskStatus.WORKING))
    assert "You have no active requests" in await world.answer("cancel", user="UAPPROVER")
    assert "Stopping *add 1 and 2*" in await world.answer("cancel")
    assert world.stopped.names == ["t_work UENGINEER"]
    for name in ("aa", "ab"):
        proposal = builders.proposal(id=f"p_{name}", task_id=f"t_{name}")
        await world.store.tasks.add(builders.proposed_task(id=f"t_{name}"))
        await world.store.proposals.draft(proposal)
        await world.store.runs.add(
            Run.of(proposal, approver="UAPPROVER", created_at=1_700_000_000.0), proposal, builders.session()
        )
    asked = await world.answer("cancel")
    assert asked.count("run_stop") == 2
    assert asked.count("task_stop") == 1
    assert len(world.stopped.names) == 1, "nothing is stopped that was not meant"
    assert "Stopping *" in await world.answer("cancel raygen-ab")
    assert world.stopped.names[1:] == ["raygen-ab UENGINEER"]


@pytest.mark.parametrize("fails", [False, True])
async def test_what_takes_longer_than_slack_waits_is_answered_later(
    world: World, monkeypatch: pytest.MonkeyPatch, *, fails: bool
):
    asked, may_answer = asyncio.Event(), asyncio.Event()
    answer = world.subcommands.answer

    async def held_up(order: Subcommand) -> Message:
        asked.set()
        await may_answer.wait()
        if fails:
            raise RuntimeError("hunter2")
        return await answer(order)

    monkeypatch.setattr(ack, "ACK_TIMEOUT", 0.05)
    monkeypatch.setattr(world.subcommands, "answer", held_up)
    assert (await world.people.command("targets"))["ok"], "it is acknowledged while the answer is made"
    assert asked.is_set()
    assert await world.alone("UENGINEER") == []
    may_answer.set()
    (message,) = await until(lambda: world.alone("UENGINEER"))
    reported = json.dumps(message)
    assert ("report incident" if fails else "embedded") in reported
    assert "hunter2" not in reported
