"""What comes up in a thread while a card awaits its decision: the card says so, and what its buttons are for then."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from services.approvals import ApprovalRule
from services.domain.entities import (
    Attachment,
    Input,
    Proposal,
    ProposalStatus,
    Task,
    TaskKind,
    TaskStatus,
    run_id,
)
from services.domain.values import InputFile, Outcome, PolicyReport, Verdict
from services.llm.interface import Reply
from services.notifications.events import ProposalChanged, SessionEvent
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from tests import builders
from tests.builders import passed
from tests.fakes import FakeValidator, RecordingNotifier, here
from tests.integration.test_approval_clicks import World, opened
from tests.standins.scripted_model import ScriptedModel, calls, says
from tests.waiting import until

OLD, NEW = InputFile("data.csv", b"a\n1\n"), InputFile("data.csv", b"a\n2\n")


class Shared:
    """The files that people share, by name."""

    async def fetch(self, attachment: Attachment, *, limit: int) -> bytes:
        assert attachment.size <= limit
        return {"data.csv": NEW.content, "more.csv": b"b\n"}[attachment.name]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path) as found:
        yield found


def tasks_of(world: World, *outcomes: Outcome, says_only: str = "") -> TaskSteps:
    """Task steps whose model writes a program, or with `says_only` just answers."""
    drafts = [calls("submit_program", title="Add", purpose="Adds.", code="print(4)")] * 3
    workshop = Workshop(
        Generator(ScriptedModel(drafts), Profile("g")), lambda _: PolicyReport(), FakeValidator([*outcomes])
    )
    replies = [says(says_only)] if says_only else [calls("write_program", request="add"), says("Done.")]
    supervisor = Supervisor(ScriptedModel(replies), workshop, "s")
    return TaskSteps(
        world.store,
        world.notifier,
        supervisor,
        workshop,
        here(world.target),
        permissions=world.use_cases.requests.permissions,
        attachments=Shared(),
    )


async def begin(world: World, steps: TaskSteps, proposal: Proposal, kind: TaskKind, *files: str) -> Task:
    task = builders.task(
        id=f"t_{kind}",
        session_id=proposal.session_id,
        kind=kind,
        user="UAPPROVER",
        base=None if kind is TaskKind.PROMPT else proposal.id,
        code="print(4)" if kind is TaskKind.EDIT else None,
        attachments=tuple(Attachment(name, 4, f"https://files/{name}") for name in files),
    )
    await steps.accept(task, await world.store.sessions.get(proposal.session_id))
    await steps.open(task.id)
    return task


async def end(steps: TaskSteps, task: Task) -> None:
    await steps.conclude(task.id, await steps.work(task.id))


async def card(world: World, proposal: Proposal) -> str:
    """The card of exactly this proposal, as text."""
    found = await world.store.posts.find(f"{proposal.task_id}:card")
    assert found is not None
    (root,) = (await world.people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
    (message,) = [each for each in root["replies"] if each["ts"] == found[2]]
    return str(message["blocks"])


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (TaskKind.EDIT, "an edit by <@UAPPROVER>"),
        (TaskKind.REGENERATE, "another draft, requested by <@UAPPROVER>"),
        (TaskKind.CHANGE, "a newer request by <@UAPPROVER>"),
        (TaskKind.PROMPT, "a newer request by <@UAPPROVER>"),
    ],
)
async def test_a_request_under_way_is_on_the_card_until_it_has_ended(world: World, kind: TaskKind, what: str):
    proposal, ts = await world.card()
    assert "In progress" not in await card(world, proposal)
    steps = tasks_of(
        world,
        Outcome(verdict=Verdict.FAILED),
        Outcome(verdict=Verdict.FAILED),
        Outcome(verdict=Verdict.FAILED),
    )
    task = await begin(world, steps, proposal, kind)
    shown = await card(world, proposal)
    assert f"*In progress:* {what}. Until its proposal is posted" in shown
    assert "the buttons here still apply to this program." in shown
    assert "proposal_approve" in shown
    await end(steps, task)
    assert (await world.store.tasks.get(task.id)).status is TaskStatus.FAILED
    shown = await card(world, proposal)
    assert "In progress" not in shown
    assert "proposal_approve" in shown
    await world.press("CRAY", ts, "UENGINEER")
    assert world.target.jobs[run_id(proposal.id)].code == proposal.program.code


async def test_what_is_under_way_can_still_be_overtaken_by_an_approval(world: World):
    proposal, ts = await world.card()
    steps = tasks_of(world, passed())
    task = await begin(world, steps, proposal, TaskKind.EDIT)
    await world.press("CRAY", ts, "UENGINEER")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    shown = await card(world, proposal)
    assert "In progress" not in shown
    assert "Approved by <@UENGINEER>" in shown
    await end(steps, task)
    assert "Approved by <@UENGINEER>" in await card(world, proposal), "what ran is not replaced"


async def test_a_newer_proposal_takes_the_buttons_away(world: World):
    proposal, _ = await world.card()
    steps = tasks_of(world, passed())
    await end(steps, await begin(world, steps, proposal, TaskKind.EDIT))
    shown = await card(world, proposal)
    assert "Replaced by the newer proposal below" in shown
    assert "In progress" not in shown
    assert "proposal_approve" not in shown


async def test_a_request_that_was_stopped_leaves_the_card_as_it_was(world: World):
    proposal, _ = await world.card()
    steps = tasks_of(world)
    task = await begin(world, steps, proposal, TaskKind.CHANGE)
    assert "In progress" in await card(world, proposal)
    await steps.cancel(task.id, "UAPPROVER")
    await end(steps, task)
    shown = await card(world, proposal)
    assert "In progress" not in shown
    assert "proposal_approve" in shown


async def test_a_newer_file_with_a_mere_answer_is_on_the_card_for_good(world: World):
    proposal, ts = await world.card(inputs=(Input(OLD.name, OLD.sha256, len(OLD.content)),))
    await world.store.inputs.keep(proposal.session_id, OLD)
    steps = tasks_of(world, says_only="Thank you.")
    task = await begin(world, steps, proposal, TaskKind.PROMPT, "data.csv", "more.csv")
    await end(steps, task)
    assert (await world.store.tasks.get(task.id)).status is TaskStatus.ANSWERED
    shown = await card(world, proposal)
    assert "the thread has a newer `data.csv`. This program uses the earlier version." in shown
    assert "`more.csv` was added to the thread. This program doesn't use it." in shown
    assert "In progress" not in shown
    await world.press("CRAY", ts, "UENGINEER")
    assert [each.content for each in world.target.jobs[run_id(proposal.id)].inputs] == [OLD.content]
    assert "Newer input" not in await card(world, proposal)


class Looking(ScriptedModel):
    """Looks at a card when it is first asked."""

    def __init__(self, world: World, proposal: Proposal) -> None:
        super().__init__([says("Thank you.")])
        self._world = world
        self._proposal = proposal
        self.shown = ""

    async def reply(self, **asked: Any) -> Reply:
        self.shown = await card(self._world, self._proposal)
        return await super().reply(**asked)


async def test_a_newer_file_is_on_the_card_while_it_is_worked_with(world: World):
    proposal, _ = await world.card(inputs=(Input(OLD.name, OLD.sha256, len(OLD.content)),))
    steps, model = tasks_of(world), Looking(world, proposal)
    steps._supervisor._model = model
    await end(steps, await begin(world, steps, proposal, TaskKind.PROMPT, "data.csv"))
    assert "*Newer input:* the thread has a newer `data.csv`" in model.shown
    assert "*In progress:*" in model.shown


async def test_the_home_tab_says_it_too(world: World):
    proposal, _ = await world.card()
    await begin(world, tasks_of(world), proposal, TaskKind.CHANGE)
    await world.people.post("/play/home", user="UAPPROVER")

    async def reported() -> bool:
        view = world.slack.state.views.home("UAPPROVER")
        return "*In progress:* a newer request by <@UAPPROVER>" in str(dict(view or {}))

    await until(reported)


async def test_the_same_file_again_is_nothing_newer(world: World):
    proposal, _ = await world.card(inputs=(Input(NEW.name, NEW.sha256, len(NEW.content)),))
    await world.store.inputs.keep(proposal.session_id, NEW)
    steps = tasks_of(world, says_only="Thank you.")
    await end(steps, await begin(world, steps, proposal, TaskKind.PROMPT, "data.csv"))
    assert "Newer input" not in await card(world, proposal)


async def test_a_new_card_says_what_already_waits_behind_it(world: World):
    proposal, _ = await world.card()
    steps = tasks_of(world, passed())
    first = await begin(world, steps, proposal, TaskKind.EDIT)
    await begin(world, steps, proposal, TaskKind.CHANGE)
    await end(steps, first)
    (second,) = [
        each
        for each in await world.store.proposals.of_session(proposal.session_id)
        if each.status is ProposalStatus.OPEN
    ]
    assert "*In progress:* a newer request by <@UAPPROVER>" in await card(world, second)


async def test_who_was_asked_by_name_sees_it_too(world: World):
    world.rule(ApprovalRule(groups=frozenset({"SPLATFORM"})))
    proposal, ts = await world.card()
    await world.press("CRAY", ts, "UENGINEER", "proposal_ask")
    await begin(world, tasks_of(world), proposal, TaskKind.CHANGE)
    (asked,) = (await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"]
    assert "*In progress:* a newer request" in str(asked["blocks"])
    assert "waiting for your approval. <http" in str(asked["blocks"]), "it still says what it is"


class Deciding(RecordingNotifier):
    """Somebody decides while a card is shown again."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self._world = world

    async def notify(self, event: SessionEvent) -> None:
        await super().notify(event)
        if isinstance(event, ProposalChanged):
            shown = event.card.proposal
            await self._world.store.proposals.move(shown.id, ProposalStatus.DISMISSED, by="UADA")


async def test_a_decision_that_falls_meanwhile_has_the_last_word(world: World):
    proposal, _ = await world.card()
    steps = tasks_of(world)
    steps._notifier = notifier = Deciding(world)
    await begin(world, steps, proposal, TaskKind.CHANGE)
    assert notifier.recorded[-2:] == [f"{proposal.id} open", f"{proposal.id} dismissed"]


async def test_a_card_that_cannot_be_changed_holds_nothing_up(world: World):
    proposal, _ = await world.card()
    steps = tasks_of(world, passed())
    await world.people.post("/play/faults", method="chat.update", error="internal_error")
    task = await begin(world, steps, proposal, TaskKind.EDIT)
    await end(steps, task)
    assert (await world.store.tasks.get(task.id)).status is TaskStatus.PROPOSED
