"""Approvals by real clicks: Slack's protocol, the bot's own listeners and People, with a target that runs nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

import handlers
from bot.deploy.manifest import manifest
from bot.playground.slack.installed import Installed
from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import TEAM, user
from handlers.delivery import Courier
from handlers.live import open_cards
from handlers.narrator import SlackNarrator
from handlers.people import People as Directory
from handlers.subcommands import Subcommands
from services.admission import Admission
from services.approvals import ApprovalPolicy, Rule, Second
from services.approvals.desk import Approvals
from services.desk import FrontDesk
from services.history_desk import HistoryDesk
from services.links import RunLinks
from services.model import PolicyReport, Spent
from services.pending import PendingDesk
from services.policy import Policy
from services.records import Proposal, ProposalStatus, derive, run_id
from services.runs import RunDesk
from services.store import Store, open_database
from services.targets import Place, Targets, Terms
from services.tasks import TaskDesk
from services.workflows import Workflows
from tests import builders
from tests.contract.slack.desk import People, bot, client_at, people_at
from tests.fakes import FakeTarget
from tests.waiting import PATIENCE

MODELS = ("claude-sonnet-5-5", "claude-opus-5-5")


@dataclass
class AtOnce:
    """Takes the place of the workflows: carries out runs and questions where it is called."""

    runs: RunDesk
    pending: PendingDesk
    begun: list[str] = field(default_factory=list[str])

    async def begin_run(self, proposal_id: str) -> None:
        if proposal_id not in self.begun:
            self.begun.append(proposal_id)
            for step in (self.runs.open, self.runs.submit, self.runs.follow, self.runs.close):
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
    narrator: SlackNarrator
    runs: RunDesk
    target: FakeTarget
    policy: ApprovalPolicy
    desk: FrontDesk
    number: int = 0

    def rule(self, *rules: Rule) -> None:
        self.policy.rules = rules

    async def card(self, channel: str = "CRAY", **changes: Any) -> tuple[Proposal, str]:
        """An open proposal with its card in a thread of its own; the card's ts."""
        self.number += 1
        session = builders.session(id=f"s_{self.number}", channel=channel, thread_ts="", team=TEAM)
        task = builders.proposed_task(id=f"t_{self.number}", session_id=session.id)
        made = builders.proposal(
            id=derive("p", task.id),
            task_id=task.id,
            session_id=session.id,
            **{"created_at": time.time(), **changes},
        )
        await self.store.sessions.ensure(session)
        await self.store.tasks.add(task)
        session = await self.narrator.task_opened(task, session)
        await self.store.sessions.root(session.id, session.thread_ts)
        await self.store.proposals.draft(made)
        await self.store.proposals.move(made.id, ProposalStatus.OPEN)
        proposal = await self.store.proposals.get(made.id)
        await self.narrator.task_concluded(task, session, proposal, Spent())
        found = await self.store.posts.find(f"{task.id}:card")
        assert found is not None
        return proposal, str(found[2])

    async def press(self, channel: str, ts: str, user: str, action: str = "proposal_approve") -> None:
        answer = await self.people.post("/play/click", user=user, channel=channel, ts=ts, action_id=action)
        assert answer["ok"], answer

    async def seen(self, channel: str, user: str = "UENGINEER") -> str:
        found = await self.people.get(f"/play/channel/{channel}?user={user}")
        return json.dumps(found["messages"], ensure_ascii=False)

    def alone(self, channel: str, user: str) -> list[str]:
        """What only this person has been told, read from the stand-in's own state."""
        return [str(each["text"]) for each in self.slack.state.ephemerals.seen_by(user, channel)]


@asynccontextmanager
async def opened(path: Path, terms: Terms | None = None, api: str = "") -> AsyncGenerator[World]:
    links = RunLinks.of([terms.dashboard if terms else ""], api)
    app = Installed.by(manifest(domains=links.domains))
    slack = SlackStandIn(rules=Rules(ack_timeout=PATIENCE, installed=app))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(slack.serve())
        sue = user("USUE", "sue", "Sue Stranger", team_id="TOTHER", is_stranger=True)
        slack.state.documents.put("users", "USUE", sue)
        for channel in slack.state.people.channels.values():
            if not channel["is_im"]:
                slack.state.people.set_members(channel, [*channel["members"], "USUE"])
        people = await stack.enter_async_context(people_at(url))
        engine = await stack.enter_async_context(open_database(f"sqlite:///{path / 'raygen.db'}"))
        client, store, target, policy = (
            client_at(slack.api_url),
            Store(engine),
            FakeTarget(),
            ApprovalPolicy(),
        )
        courier, directory = Courier(client, store.posts), Directory(client)
        targets = Targets([Place(target, terms or Terms())])
        cards = await stack.enter_async_context(open_cards(client, courier, store.posts))
        approvals = Approvals(policy, directory, 1000.0)
        before = store.proposals.approved_before
        narrator = SlackNarrator(courier, cards, targets, approvals, store.preferences, before=before)
        runs = RunDesk(store, narrator, targets, approvals)
        flows = AtOnce(runs, PendingDesk(store, narrator, approvals))
        desk = FrontDesk(
            store, cast("TaskDesk", None), runs, cast("Workflows", flows), Admission(store), MODELS
        )
        subcommands = Subcommands(courier, desk, HistoryDesk(store, directory.is_in), targets)
        check = Policy().check
        await stack.enter_async_context(
            bot(
                client,
                lambda app: handlers.register(
                    app, desk, courier, check, targets, subcommands=subcommands, links=links
                ),
            )
        )
        yield World(slack, people, store, narrator, runs, target, policy, desk)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path) as here:
        yield here


WHO = ("UENGINEER", "UAPPROVER", "UGUEST", "USUE")
RULES = {
    "everyone": (Rule(), {"UENGINEER", "UAPPROVER"}),
    "two-person": (Rule(requester=False), {"UAPPROVER"}),
    "group": (Rule(groups=frozenset({"SPLATFORM"})), {"UAPPROVER"}),
    "no such group": (Rule(groups=frozenset({"SNONE"})), set[str]()),
    "members": (Rule(members=True), {"UENGINEER", "UAPPROVER"}),
    "guests": (Rule(members=True, guests=True, foreign=True), set(WHO)),
    "named": (Rule(users=frozenset({"UGUEST"})), {"UGUEST"}),
}
STATES = {
    "open": ("", None),
    "old": ("has expired", None),
    "superseded": ("replaced by a newer one", ProposalStatus.SUPERSEDED),
    "dismissed": ("dismissed already", ProposalStatus.DISMISSED),
    "expired": ("has expired", ProposalStatus.EXPIRED),
}


@pytest.mark.parametrize("channel", ["CRAY", "DENGINEER"])
async def test_the_matrix_of_who_policy_card_and_channel(world: World, channel: str):
    """Every cell by a real click; what is refused runs nothing and is told in one sentence to that person alone."""
    heard = dict.fromkeys(WHO, 0)
    for state, (sentence, status) in STATES.items():
        created = time.time() - (2000 if state == "old" else 0)
        proposal, ts = await world.card(channel, created_at=created)
        if status is not None:
            await world.store.proposals.move(proposal.id, status, by="UADA")
        for name, (rule, allowed) in RULES.items():
            world.rule(Rule("other", targets=frozenset({"gpu"})), rule)
            for who in WHO if channel == "CRAY" else WHO[:1]:
                cell = (name, state, who)
                await world.press(channel, ts, who)
                told = (world.alone(channel, who))[heard[who] :]
                heard[who] += len(told)
                ran = run_id(proposal.id) in world.target.jobs
                assert ran == (who in allowed and state == "open"), cell
                assert len(told) == (0 if ran else 1), (cell, told)
                assert ran or who not in allowed or sentence in told[0], cell
                assert ran or told[0].count(".") == 1, (cell, told)
                if ran:
                    proposal, ts = await world.card(channel)


async def test_two_approvers_in_the_same_moment_make_one_run(world: World):
    world.rule(Rule(requester=True, users=frozenset({"UAPPROVER"})))
    for number in range(10):
        proposal, ts = await world.card()
        await asyncio.gather(world.press("CRAY", ts, "UENGINEER"), world.press("CRAY", ts, "UAPPROVER"))
        assert len(world.target.jobs) == number + 1
        assert (await world.store.proposals.get(proposal.id)).status is ProposalStatus.APPROVED


async def test_one_of_two(world: World):
    world.rule(Rule(second=Second(gpus=True)))
    proposal, ts = await world.card(policy=PolicyReport(resources={"GPU": 1}))
    assert "Takes 2 approvals by different people, because it asks for 1 GPU" in await world.seen("CRAY")
    await world.press("CRAY", ts, "UENGINEER")
    assert "*1 of 2* approvals, by <@UENGINEER>" in await world.seen("CRAY")
    await world.press("CRAY", ts, "UENGINEER")
    assert "approved that already" in (world.alone("CRAY", "UENGINEER"))[-1]
    assert world.target.jobs == {}
    await world.press("CRAY", ts, "UAPPROVER")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    assert "Approved by <@UENGINEER> and <@UAPPROVER>" in await world.seen("CRAY")


async def test_approvers_are_asked_and_can_decide_where_they_are_asked(world: World):
    world.rule(Rule(groups=frozenset({"SPLATFORM"})))
    proposal, ts = await world.card("DENGINEER")
    await world.press("DENGINEER", ts, "UENGINEER", "proposal_ask")
    assert "has asked <@UAPPROVER> to approve" in await world.seen("DENGINEER")
    (asked,) = (await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"]
    assert "asks you to approve this program" in json.dumps(asked)
    await world.press("DENGINEER", ts, "UENGINEER", "proposal_ask")
    assert "asked already" in (world.alone("DENGINEER", "UENGINEER"))[-1]
    await world.press("DAPPROVER", asked["ts"], "UAPPROVER")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    assert "proposal_approve" not in await world.seen("DAPPROVER", "UAPPROVER"), "no card keeps live buttons"
    assert "proposal_approve" not in await world.seen("DENGINEER")


async def test_a_rejection_with_its_reason(world: World):
    _, ts = await world.card()
    await world.press("CRAY", ts, "UAPPROVER", "proposal_reject")
    (view,) = (await world.people.get("/play/views/UAPPROVER"))["views"]
    values = {"reject": {"text": "reads <!channel> of prod"}}
    await world.people.post("/play/submit", user="UAPPROVER", view_id=view["id"], values=values)
    seen = await world.seen("CRAY")
    assert "Rejected by <@UAPPROVER>; it was not run. Reason: reads &lt;!channel&gt; of prod" in seen
    assert "proposal_approve" not in seen
    await world.press("CRAY", ts, "UAPPROVER")
    assert "dismissed already" in (world.alone("CRAY", "UAPPROVER"))[-1]
    assert world.target.jobs == {}


async def test_an_approval_for_the_thread_and_its_end(world: World):
    world.rule(Rule(thread=600.0))
    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UAPPROVER", "proposal_approve_thread")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    (grant,) = await world.store.grants.live(proposal.session_id, time.time())
    found = await world.store.posts.find(grant.id)
    assert found is not None
    await world.press("CRAY", str(found[2]), "UGUEST", "grant_end")
    assert "Guests" in (world.alone("CRAY", "UGUEST"))[-1]
    await world.press("CRAY", str(found[2]), "UENGINEER", "grant_end")
    assert "ended by <@UENGINEER>" in await world.seen("CRAY")
    assert await world.store.grants.live(proposal.session_id, time.time()) == []


async def test_policy_says_which_rule_decides_here(world: World):
    world.rule(
        Rule("direct", channels=frozenset({"direct"})),
        Rule("prod", requester=False, groups=frozenset({"SPLATFORM"}), second=Second(cpus=16)),
    )
    await world.people.command("policy", user="UENGINEER")
    (told,) = [
        each
        for each in (await world.people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
        if each.get("is_ephemeral")
    ]
    text = json.dumps(told)
    assert "the rule `prod` decides" in text
    assert "somebody else has to approve it; please ask <!subteam^SPLATFORM>" in text
    assert "takes two approvals when it asks for more than 16 CPUs" in text
    await world.people.command("policy", user="UAPPROVER", channel="DAPPROVER")
    assert "the rule `direct` decides" in await world.seen("DAPPROVER", "UAPPROVER")
