"""Approvals by real clicks: Slack's protocol, the bot's own listeners and People, with a target that runs nothing."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

import handlers
from bot.deploy.manifest import manifest
from bot.playground.slack.installed import Installed
from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import TEAM, group, private, user
from handlers.listeners import ack
from handlers.messaging.courier import Courier
from handlers.messaging.slack_notifier import SlackNotifier
from handlers.messaging.streams import open_cards
from handlers.slack_api.directory import SlackDirectory as Directory
from services.approvals import ApprovalPolicy, ApprovalRule, SecondApproverConditions
from services.approvals.authorizer import Authorizer
from services.approvals.permissions import Permissions
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Session,
    Task,
    derive,
    run_id,
)
from services.domain.values import PolicyReport, Program
from services.policy import Policy
from services.proposals.cards import ProposalCards
from services.proposals.decisions import Decisions
from services.proposals.reminders import Reminders
from services.runs.steps import RunSteps
from services.store import Store, open_database
from services.supervisor.interface import Inspecting, Supervising
from services.targets.run_links import RunLinks
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from tests import builders
from tests.contract.slack.people import People, bot, client_at, people_at
from tests.databases import database
from tests.deciding import deciding, retarget, run_steps, use_cases
from tests.fakes import FakeTarget, proposal_cards
from tests.notifiers import show, slack_notifier
from tests.waiting import PATIENCE

MODELS = ("claude-sonnet-5-5", "claude-opus-5-5")


@dataclass
class AtOnce:
    """Takes the place of the workflows: carries out runs and questions where it is called, and keeps what tasks were begun.

    While it is held, runs are begun and don't end.
    """

    runs: RunSteps
    pending: Reminders
    begun: list[str] = field(default_factory=list[str])
    tasks: list[Task] = field(default_factory=list[Task])
    held: bool = False

    async def begin_task(self, task: Task, session: Session) -> None:
        assert task.session_id == session.id
        self.tasks.append(task)

    async def begin_run(self, proposal_id: str) -> None:
        if proposal_id not in self.begun:
            self.begun.append(proposal_id)
            steps = (self.runs.open, self.runs.submit, self.runs.follow, self.runs.close)
            for step in steps[: 2 if self.held else 4]:
                await step(proposal_id)

    async def begin_asking(self, proposal_id: str, user: str) -> None:
        await self.pending.check(proposal_id)
        await self.pending.ask(proposal_id, user)


@dataclass
class World:
    """One bot; `rules` are those in force."""

    slack: SlackStandIn
    people: People
    store: Store
    notifier: SlackNotifier
    decisions: Decisions
    target: FakeTarget
    policy: ApprovalPolicy
    use_cases: UseCases
    flows: AtOnce
    tasks: TaskSteps
    engine: AsyncEngine
    number: int = 0

    def rule(self, *rules: ApprovalRule) -> None:
        self.policy.rules = rules

    @property
    def cards(self) -> ProposalCards:
        return self.decisions.cards

    async def card(self, channel: str = "CRAY", **changes: Any) -> tuple[Proposal, str]:
        """An open proposal with its card in a thread of its own; the card's ts."""
        self.number += 1
        session = builders.session(id=f"s_{self.number}", channel=channel, thread_ts="", team=TEAM)
        by = {"user": changes["requester"]} if "requester" in changes else {}
        task = builders.proposed_task(id=f"t_{self.number}", session_id=session.id, **by)
        made = builders.proposal(
            id=derive("p", task.id),
            task_id=task.id,
            session_id=session.id,
            **{"created_at": time.time(), **changes},
        )
        await self.store.sessions.ensure(session)
        await self.store.tasks.add(task)
        session = await self.notifier.open_task(task, session)
        await self.store.sessions.root(session.id, session.thread_ts)
        await self.store.proposals.draft(made)
        await self.store.proposals.move(made.id, ProposalStatus.OPEN)
        proposal = await self.store.proposals.get(made.id)
        await show(self.notifier, self.cards, task, proposal, session)
        found = await self.store.posts.find(f"{task.id}:card")
        assert found is not None
        return proposal, str(found[2])

    async def asked_again(self, first: Proposal, code: str) -> tuple[Proposal, str]:
        """What the same person asks for next in the thread of `first`, as a task's workflow ends; and its card's ts."""
        self.number += 1
        session = await self.store.sessions.get(first.session_id)
        task = builders.proposed_task(id=f"t_{self.number}", session_id=session.id)
        made = builders.proposal(
            id=derive("p", task.id),
            task_id=task.id,
            session_id=session.id,
            program=replace(first.program, code=code),
            created_at=time.time(),
        )
        await self.store.tasks.add(task)
        await self.notifier.open_task(task, session)
        await self.store.proposals.draft(made)
        await self.store.proposals.move(made.id, ProposalStatus.OPEN)
        await show(self.notifier, self.cards, task, made, session)
        if approved := await self.decisions.approve_at_once(task.id):
            await self.flows.begin_run(approved)
        found = await self.store.posts.find(f"{task.id}:card")
        assert found is not None
        return await self.store.proposals.get(made.id), str(found[2])

    async def press(self, channel: str, ts: str, user: str, action: str = "proposal_approve") -> None:
        answer = await self.people.post("/play/click", user=user, channel=channel, ts=ts, action_id=action)
        assert answer["ok"], answer

    async def seen(self, channel: str, user: str = "UENGINEER") -> str:
        found = await self.people.get(f"/play/channel/{channel}?user={user}")
        return json.dumps(found["messages"], ensure_ascii=False)

    def alone(self, channel: str, user: str) -> list[str]:
        """What only this person has got, read from the stand-in's own state."""
        return [str(each["text"]) for each in self.slack.state.ephemerals.seen_by(user, channel)]


@asynccontextmanager
async def opened(path: Path, terms: TargetTerms | None = None, api: str = "") -> AsyncGenerator[World]:
    links = RunLinks.of([terms.dashboard if terms else ""], api)
    app = Installed.by(manifest(domains=links.domains))
    slack = SlackStandIn(rules=Rules(ack_timeout=PATIENCE, installed=app))
    async with AsyncExitStack() as stack:
        # However slow the machine is, a press has come to its end once it is acknowledged.
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(ack, "ACK_TIMEOUT", PATIENCE)
        url = await stack.enter_async_context(slack.serve())
        sue = user("USUE", "sue", "Sue Stranger", team_id="TOTHER", is_stranger=True)
        slack.state.documents.put("users", "USUE", sue)
        for channel in slack.state.people.channels.values():
            if not channel["is_private"]:
                channel["is_ext_shared"] = True
                slack.state.people.set_members(channel, [*channel["members"], "USUE"])
        for more in (private("COPS", "ops", [*_OPS, "URAYGEN"]), group("GTRIO", [*_TRIO, "URAYGEN"])):
            slack.state.documents.put("channels", more["id"], more)
        people = await stack.enter_async_context(people_at(url))
        engine = await stack.enter_async_context(open_database(database(path)))
        client, store, target, policy = (
            client_at(slack.api_url),
            Store(engine),
            FakeTarget(),
            ApprovalPolicy([ApprovalRule()]),
        )
        courier, directory = Courier(client, store.posts), Directory(client)
        targets = Targets(
            [ConfiguredTarget(target, terms or TargetTerms()), ConfiguredTarget(FakeTarget(name="gpu"))]
        )
        cards = await stack.enter_async_context(open_cards(client, courier, store.posts))
        approvals = Authorizer(store=store, policy=policy, directory=directory, expiry=1000.0)
        notifier = slack_notifier(store, courier, cards, targets)
        decisions = deciding(store, notifier, targets, approvals)
        runs = run_steps(decisions)
        flows = AtOnce(runs, Reminders(store, notifier, proposal_cards(store, approvals, targets), math.inf))
        allowed = Permissions(store, targets, approvals)
        tasks = TaskSteps(
            store, notifier, cast("Supervising", None), cast("Inspecting", None), targets, permissions=allowed
        )
        cases = use_cases(
            decisions,
            workflows=flows,
            tasks=tasks,
            steps=runs,
            permissions=allowed,
            models=MODELS,
        )
        check = Policy().check
        await stack.enter_async_context(
            bot(
                client,
                lambda app: handlers.register(
                    app,
                    use_cases=cases,
                    courier=courier,
                    check=check,
                    targets=targets,
                    authorizer=approvals,
                    links=links,
                ),
            )
        )
        yield World(slack, people, store, notifier, decisions, target, policy, cases, flows, tasks, engine)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path) as here:
        yield here


_OPS, _TRIO = ("UENGINEER", "UAPPROVER", "USUE"), ("UENGINEER", "UAPPROVER", "UGUEST")
WHO = ("UENGINEER", "UAPPROVER", "UGUEST", "USUE")
# A channel shared with another company, a private one, the direct messages of several people, and of one.
MEMBERS = {"CRAY": WHO, "COPS": _OPS, "GTRIO": _TRIO, "DENGINEER": WHO[:1]}
RULES = {
    "everyone": (ApprovalRule(), {"UENGINEER", "UAPPROVER"}),
    "two-person": (ApprovalRule(requester=False), {"UAPPROVER"}),
    "group": (ApprovalRule(groups=frozenset({"SPLATFORM"})), {"UAPPROVER"}),
    "no such group": (ApprovalRule(groups=frozenset({"SNONE"})), set[str]()),
    "members": (ApprovalRule(members=True), {"UENGINEER", "UAPPROVER"}),
    "guests": (ApprovalRule(members=True, guests=True, foreign=True), set(WHO)),
    "named": (ApprovalRule(users=frozenset({"UGUEST"})), {"UGUEST"}),
    "in channels": (ApprovalRule(channels=frozenset({"CRAY", "COPS"})), {"UENGINEER", "UAPPROVER"}),
    "nobody": (ApprovalRule(targets=frozenset({"prod"})), set[str]()),
    "no app": (ApprovalRule(users=frozenset({"URAYGEN"})), set[str]()),
}
STATES = {
    "open": ("", None),
    "old": ("has expired", None),
    "superseded": ("A newer proposal replaced that one", ProposalStatus.SUPERSEDED),
    "dismissed": ("already been dismissed", ProposalStatus.DISMISSED),
    "expired": ("has expired", ProposalStatus.EXPIRED),
    "approved": ("already been approved", ProposalStatus.APPROVED),
}


@pytest.mark.parametrize("channel", MEMBERS)
async def test_the_matrix_of_who_policy_card_and_channel(world: World, channel: str):
    """Every cell by a real click; what is refused runs nothing and gets one sentence, for that person alone."""
    heard = dict.fromkeys(WHO, 0)
    for state, (sentence, status) in STATES.items():
        created = time.time() - (2000 if state == "old" else 0)
        proposal, ts = await world.card(channel, created_at=created)
        if status is not None:
            await world.store.proposals.move(proposal.id, status, by="UADA")
            # Approved and run before: the press of a card that a client still shows must not run it again.
            world.flows.begun.append(proposal.id)
        for name, (rule, allowed) in RULES.items():
            world.rule(ApprovalRule("other", targets=frozenset({"gpu"})), rule)
            for who in MEMBERS[channel]:
                cell = (name, state, who)
                here = name != "in channels" or channel in {"CRAY", "COPS"}
                await world.press(channel, ts, who)
                reported = (world.alone(channel, who))[heard[who] :]
                heard[who] += len(reported)
                ran = run_id(proposal.id) in world.target.jobs
                may = who in allowed and here
                assert ran == (may and state == "open"), cell
                assert len(reported) == (0 if ran else 1), (cell, reported)
                assert ran or not may or sentence in reported[0], cell
                assert ran or reported[0].count(".") <= 2, (cell, reported)
                if ran:
                    proposal, ts = await world.card(channel)


@pytest.mark.parametrize(
    "second",
    [ApprovalRule(approvals=2), ApprovalRule(second=SecondApproverConditions(gpus=True))],
    ids=["always", "GPU"],
)
@pytest.mark.parametrize("channel", MEMBERS)
async def test_the_matrix_of_two_approvals(world: World, second: ApprovalRule, channel: str):
    """Whoever is first and second: it runs once two people have approved it who may, and not before."""
    world.rule(second)
    members = MEMBERS[channel]
    for first, then in ((one, other) for one in members for other in members):
        proposal, ts = await world.card(channel, policy=PolicyReport(resources={"GPU": 1}))
        await world.press(channel, ts, first)
        assert run_id(proposal.id) not in world.target.jobs, first
        await world.press(channel, ts, then)
        ran = run_id(proposal.id) in world.target.jobs
        assert ran == ({first, then} == {"UENGINEER", "UAPPROVER"}), (first, then)


async def test_two_approvers_in_the_same_moment_make_one_run(world: World):
    world.rule(ApprovalRule(requester=True, users=frozenset({"UAPPROVER"})))
    for number in range(10):
        proposal, ts = await world.card()
        await asyncio.gather(world.press("CRAY", ts, "UENGINEER"), world.press("CRAY", ts, "UAPPROVER"))
        assert len(world.target.jobs) == number + 1
        assert (await world.store.proposals.get(proposal.id)).status is ProposalStatus.APPROVED


async def test_one_of_two(world: World):
    world.rule(ApprovalRule(second=SecondApproverConditions(gpus=True)))
    proposal, ts = await world.card(policy=PolicyReport(resources={"GPU": 1}))
    assert "Needs 2 approvals from different people, because it requests 1 GPU" in await world.seen("CRAY")
    await world.press("CRAY", ts, "UENGINEER")
    assert "*1 of 2 approvals*, by <@UENGINEER>" in await world.seen("CRAY")
    await world.press("CRAY", ts, "UENGINEER")
    assert "already approved this" in (world.alone("CRAY", "UENGINEER"))[-1]
    assert world.target.jobs == {}
    await world.press("CRAY", ts, "UAPPROVER")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    assert "Approved by <@UENGINEER> and <@UAPPROVER>" in await world.seen("CRAY")


async def test_another_target_says_whose_approval_is_void(world: World):
    world.rule(ApprovalRule(targets=frozenset({"embedded"}), approvals=2), ApprovalRule())
    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UENGINEER")
    await retarget(world.decisions, proposal.id, "gpu", "UAPPROVER")
    void = "The approval by <@UENGINEER> was for another target, so it no longer counts."
    assert void in await world.seen("CRAY")
    await world.press("CRAY", ts, "UENGINEER")
    seen = await world.seen("CRAY")
    assert void not in seen
    assert "Approved by <@UENGINEER>" in seen


async def test_approvers_are_asked_and_can_decide_where_they_are_asked(world: World):
    world.rule(ApprovalRule(groups=frozenset({"SPLATFORM"})))
    proposal, ts = await world.card("DENGINEER")
    await world.press("DENGINEER", ts, "UENGINEER", "proposal_ask")
    assert "asked <@UAPPROVER> to approve" in await world.seen("DENGINEER")
    (asked,) = (await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"]
    assert "asked you to approve this program" in json.dumps(asked)
    await world.press("DENGINEER", ts, "UENGINEER", "proposal_ask")
    assert "already been asked" in (world.alone("DENGINEER", "UENGINEER"))[-1]
    await world.press("DAPPROVER", asked["ts"], "UAPPROVER")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    assert "proposal_approve" not in await world.seen("DAPPROVER", "UAPPROVER"), "no card keeps live buttons"
    assert "proposal_approve" not in await world.seen("DENGINEER")


async def test_members_of_a_channel_are_asked_and_reminded_in_its_thread(world: World):
    world.rule(ApprovalRule(members=True))
    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UENGINEER", "proposal_ask")
    asked = "<@UENGINEER> asked for approval of *Add two numbers* by a member of this channel."
    assert asked in await world.seen("CRAY")
    await world.press("CRAY", ts, "UENGINEER", "proposal_ask")
    assert "already been asked" in (world.alone("CRAY", "UENGINEER"))[-1]
    pending = Reminders(world.store, world.notifier, world.cards, math.inf)
    for _ in range(2):
        await pending.remind(proposal.id)
    reminder = "*Add two numbers* is still waiting for approval by a member of this channel."
    (root,) = (await world.people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
    assert [reply["text"] for reply in root["replies"]].count(reminder) == 1


async def test_a_closed_channel_is_not_reported_over_and_over(world: World):
    world.rule(ApprovalRule(members=True))
    proposal, _ = await world.card()
    await world.people.post("/play/faults", method="chat.postMessage", error="is_archived")
    pending = Reminders(world.store, world.notifier, world.cards, math.inf)
    await pending.remind(proposal.id)
    assert await pending.store.approvals.unreminded(time.time()) == []
    assert "still waiting" not in await world.seen("CRAY")


async def test_a_rejection_with_its_reason(world: World):
    _, ts = await world.card()
    await world.press("CRAY", ts, "UAPPROVER", "proposal_reject")
    (view,) = (await world.people.get("/play/views/UAPPROVER"))["views"]
    values = {"reject": {"text": "reads <!channel> of prod"}}
    await world.people.post("/play/submit", user="UAPPROVER", view_id=view["id"], values=values)
    seen = await world.seen("CRAY")
    assert "Rejected by <@UAPPROVER>. It was not run. Reason: reads &lt;!channel&gt; of prod" in seen
    assert "proposal_approve" not in seen
    await world.press("CRAY", ts, "UAPPROVER")
    assert "already been dismissed" in (world.alone("CRAY", "UAPPROVER"))[-1]
    assert world.target.jobs == {}
    await world.people.command("history", user="UENGINEER")
    assert ":wastebasket: rejected" in await world.seen("CRAY")


async def test_an_approval_for_the_thread_and_its_end(world: World):
    world.rule(ApprovalRule(thread=600.0))
    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UAPPROVER", "proposal_approve_thread")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    (grant,) = await world.store.grants.live(proposal.session_id, time.time())
    found = await world.store.posts.find(grant.id)
    assert found is not None
    await world.press("CRAY", str(found[2]), "UGUEST", "grant_end")
    assert "Guests" in (world.alone("CRAY", "UGUEST"))[-1]
    await world.press("CRAY", str(found[2]), "UENGINEER", "grant_end")
    assert "<@UENGINEER> ended the approval for this thread." in await world.seen("CRAY")
    assert await world.store.grants.live(proposal.session_id, time.time()) == []


_COUNT = """\
import ray

TASKS = 10


@ray.remote
def work(number):
    return number * 2


print(sum(ray.get([work.remote(number) for number in range(TASKS)])))
"""


@pytest.mark.parametrize(
    "code",
    [
        _COUNT + "import logging\nlogging.os.getenv('HOME')\n",
        _COUNT.replace("TASKS = 10", "TASKS = 10  # or so"),
        _COUNT.replace("@ray.remote", "@ray.remote(num_gpus=1)"),
        _COUNT.replace("number * 2", "number * 2 if __name__ else exec(bytes([49]))"),
        _COUNT.replace("print(", "'Count.'\nprint("),
    ],
)
async def test_in_an_approved_thread_another_program_waits_for_an_approver(world: World, code: str):
    world.rule(ApprovalRule(users=frozenset({"UAPPROVER"}), thread=600.0))
    first, ts = await world.card(program=Program("Count", "Counts.", _COUNT))
    for who in ("UGUEST", "UENGINEER"):
        await world.press("CRAY", ts, who, "proposal_approve_thread")
        assert "can't approve runs" in world.alone("CRAY", who)[-1]
    await world.press("CRAY", ts, "UAPPROVER", "proposal_approve_thread")
    assert "with the same inputs, packages and resources, even with other numbers" in await world.seen("CRAY")
    same, _ = await world.asked_again(first, _COUNT.replace("TASKS = 10", "TASKS = 2_000"))
    assert list(world.target.jobs) == [run_id(first.id), run_id(same.id)], "nobody has pressed anything"
    other, ts = await world.asked_again(first, code)
    assert other.status is ProposalStatus.OPEN
    for who in ("UGUEST", "UENGINEER"):
        await world.press("CRAY", ts, who)
        assert "can't approve runs" in world.alone("CRAY", who)[-1]
    assert run_id(other.id) not in world.target.jobs
    await world.press("CRAY", ts, "UAPPROVER")
    assert run_id(other.id) in world.target.jobs


async def test_of_a_program_that_does_more_than_calculate_the_numbers_are_approved_as_well(world: World):
    world.rule(ApprovalRule(thread=600.0))
    code = "payload = [104, 105]\nexec(bytes(payload).decode())\n"
    first, ts = await world.card(program=Program("Run", "Runs.", code))
    await world.press("CRAY", ts, "UAPPROVER", "proposal_approve_thread")
    assert (
        "with the same inputs, packages and resources, and the same numbers (because of `exec`)"
        in await world.seen("CRAY")
    )
    other, _ = await world.asked_again(first, code.replace("105", "106"))
    assert other.status is ProposalStatus.OPEN
    same, _ = await world.asked_again(first, code)
    assert list(world.target.jobs) == [run_id(first.id), run_id(same.id)]


async def test_policy_says_which_rule_decides_here(world: World):
    world.rule(
        ApprovalRule("direct", channels=frozenset({"direct"})),
        ApprovalRule(
            "prod", requester=False, groups=frozenset({"SPLATFORM"}), second=SecondApproverConditions(cpus=16)
        ),
    )
    await world.people.command("policy", user="UENGINEER")
    (reported,) = [
        each
        for each in (await world.people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
        if each.get("is_ephemeral")
    ]
    text = json.dumps(reported)
    assert "rule `prod` applies" in text
    assert "so someone else has to approve it. Ask <!subteam^SPLATFORM>" in text
    assert "needs two approvals if it requests more than 16 CPUs" in text
    await world.people.command("policy", user="UAPPROVER", channel="DAPPROVER")
    assert "rule `direct` applies" in await world.seen("DAPPROVER", "UAPPROVER")
