"""The home tab by real clicks: what waits for whom, what an Approve there runs, and that it shows how things are then."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from bot.playground.slack.workspace import TEAM
from services.approvals import ApprovalRule, SecondApproverConditions
from services.domain import current_workspace
from services.domain.entities import ProposalStatus, TaskStatus, run_id
from services.domain.errors import Outdated
from services.domain.preference import Preference
from services.domain.values import PolicyReport
from services.targets.targets import TargetTerms
from services.usecases import inbox
from tests import builders
from tests.integration.test_approval_clicks import World, opened
from tests.waiting import until

View = dict[str, Any]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path) as here:
        yield here


async def tab(world: World, user: str) -> View:
    """What this person sees in the tab that they open now."""
    before = await shown(world, user)
    await world.people.post("/play/home", user=user)

    async def published() -> View | None:
        found = await shown(world, user)
        return found if found and found["hash"] != (before or {}).get("hash") else None

    found = await until(published)
    assert found is not None
    return found


async def shown(world: World, user: str) -> View | None:
    view = world.slack.state.views.home(user)
    return dict(view) if view else None


def text(view: View | None) -> str:
    return json.dumps(view, ensure_ascii=False)


async def press(world: World, view: View, user: str, action: str, value: str | None = None) -> str:
    """Press a button of the tab; what the tab then shows."""
    reported = {"value": value} if value else {}
    answer = await world.people.post(
        "/play/click", user=user, view_id=view["id"], action_id=action, **reported
    )
    assert answer["ok"], answer
    return text(await shown(world, user))


async def test_what_waits_is_approved_there_and_runs_once(world: World):
    world.rule(ApprovalRule(requester=False))
    proposal, card = await world.card()
    view = await tab(world, "UAPPROVER")
    assert proposal.program.purpose in text(view)
    assert f"/archives/CRAY/p{card.replace('.', '')}" in text(view), "the card's own address"
    assert "requested by <@UENGINEER>" in text(view)
    after = await press(world, view, "UAPPROVER", "proposal_approve")
    assert list(world.target.jobs) == [run_id(proposal.id)]
    assert "proposal_approve" not in after
    assert "succeeded" in after, "the run is theirs to see at once"
    assert "Approved by <@UAPPROVER>" in await world.seen("CRAY")


async def test_only_what_a_person_may_approve_waits_for_them(world: World):
    world.rule(ApprovalRule(requester=False))
    await world.card()
    assert "proposal_approve" not in text(await tab(world, "UENGINEER")), "two-person rule"
    assert "proposal_approve" not in text(await tab(world, "UGUEST")), "guests"
    assert "proposal_approve" in text(await tab(world, "UAPPROVER"))


async def test_nobody_reads_a_program_of_a_conversation_that_they_are_not_in(world: World):
    world.rule(ApprovalRule(groups=frozenset({"SPLATFORM"})))
    proposal, _ = await world.card("DENGINEER")
    assert proposal.program.purpose not in text(await tab(world, "UAPPROVER"))
    await world.store.approvals.asked(proposal.id, "UENGINEER")
    assert "proposal_approve" in text(await tab(world, "UAPPROVER")), "who was asked by name is shown it"
    world.rule(ApprovalRule())
    assert proposal.program.purpose not in text(await tab(world, "UAPPROVER")), "named in no rule"
    assert "requested by you" in text(await tab(world, "UENGINEER"))


@pytest.mark.parametrize("status", [ProposalStatus.DISMISSED, ProposalStatus.SUPERSEDED, None])
async def test_a_tab_that_is_behind_runs_nothing(world: World, status: ProposalStatus | None):
    """Decided meanwhile, or given to another target: the press is refused in a sentence, and the tab is put right."""
    proposal, _ = await world.card()
    view = await tab(world, "UAPPROVER")
    if status is None:
        await world.store.approvals.retarget(proposal.id, "other", "UENGINEER")
    else:
        await world.store.proposals.move(proposal.id, status, by="UENGINEER")
    after = await press(world, view, "UAPPROVER", "proposal_approve")
    assert world.target.jobs == {}
    assert ('"action_id": "proposal_approve"' in after) is False
    (reported,) = (await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"]
    assert re.fullmatch(r"[^.]+\.(?: [^.]+\.)?", reported["text"]), "what happened, and what to do"


async def test_one_of_two_is_counted_and_then_waits_for_others(world: World):
    world.rule(ApprovalRule(second=SecondApproverConditions(gpus=True)))
    await world.card(policy=PolicyReport(resources={"GPU": 1}))
    view = await tab(world, "UENGINEER")
    assert "*0 of 2* approvals" in text(view)
    assert "proposal_approve" not in await press(world, view, "UENGINEER", "proposal_approve")
    assert world.target.jobs == {}
    view = await tab(world, "UAPPROVER")
    assert "*1 of 2* approvals" in text(view)
    await press(world, view, "UAPPROVER", "proposal_approve")
    assert len(world.target.jobs) == 1


async def test_what_its_target_refuses_has_the_reason_instead_of_the_button(tmp_path: Path):
    async with opened(tmp_path, TargetTerms(users=frozenset({"UENGINEER"}))) as world:
        await world.card()
        view = text(await tab(world, "UAPPROVER"))
        assert "don't have access to the target" in view
        assert "proposal_approve" not in view
        assert "proposal_code" in view


async def test_the_whole_program_opens_from_the_tab(world: World):
    await world.card()
    view = await tab(world, "UAPPROVER")
    await press(world, view, "UAPPROVER", "proposal_code")
    (modal,) = (await world.people.get("/play/views/UAPPROVER"))["views"]
    assert "Result: 3" in text(modal)


async def test_requests_show_their_state_their_thread_and_a_stop(world: World):
    root = (await world.people.say("hello"))["ts"]
    await world.store.sessions.ensure(builders.session(id="s_w", thread_ts=root))
    await world.store.tasks.add(builders.task(id="t_w", session_id="s_w", status=TaskStatus.WORKING))
    await world.store.tasks.add(builders.task(id="t_f", session_id="s_w", status=TaskStatus.FAILED))
    view = text(await tab(world, "UENGINEER"))
    assert "in progress" in view
    assert ":x: failed" in view
    assert f"/archives/CRAY/p{root.replace('.', '')}|thread" in view
    assert view.count('"task_stop"') == 1
    assert "task_stop" not in text(await tab(world, "UGUEST"))


async def test_however_much_waits_the_tab_is_one_that_slack_takes(world: World):
    for number in range(15):
        await world.store.sessions.ensure(
            builders.session(id=f"s_m{number}", thread_ts=f"1.{number}", team=TEAM)
        )
        made = builders.proposal(
            id=f"p_m{number}", task_id=f"t_m{number}", session_id=f"s_m{number}", created_at=time.time()
        )
        await world.store.tasks.add(builders.proposed_task(id=made.task_id, session_id=made.session_id))
        await world.store.proposals.draft(made)
        await world.store.proposals.move(made.id, ProposalStatus.OPEN)
    view = await tab(world, "UAPPROVER")
    assert text(view).count('"proposal_approve"') == inbox.SHOWN
    assert "There may be more" in text(view)
    assert len(view["blocks"]) <= 100


async def test_a_model_is_chosen_among_those_on_offer(world: World):
    view = await tab(world, "UENGINEER")
    place = {"user": "UENGINEER", "view_id": view["id"], "action_id": "setting_model"}
    assert (await world.people.post("/play/click", value="claude-opus-5-5", **place))["ok"]
    assert (await world.store.preferences.of("UENGINEER")).model == "claude-opus-5-5"
    assert not (await world.people.post("/play/click", value="claude-other", **place)).get("ok")
    with pytest.raises(Outdated):
        await world.use_cases.preferences.choose("UENGINEER", model="claude-other")
    await world.store.preferences.put("UENGINEER", Preference(model="claude-gone"))
    assert "*claude-gone* is no longer available" in text(await tab(world, "UENGINEER"))
    assert (await world.people.post("/play/click", value="-", **place))["ok"]
    assert await world.store.preferences.of("UENGINEER") == Preference()


async def test_a_setting_is_shown_as_soon_as_it_is_chosen(world: World):
    view = await tab(world, "UENGINEER")
    option = next(
        each
        for block in view["blocks"]
        if (block.get("accessory") or {}).get("action_id") == "setting_news"
        for each in block["accessory"]["options"]
        if each["value"] == "direct"
    )
    answer = await world.people.post(
        "/play/click", user="UENGINEER", view_id=view["id"], action_id="setting_news", value="direct"
    )
    assert answer["ok"], answer
    now = await shown(world, "UENGINEER")
    assert now is not None
    (menu,) = [
        block["accessory"]
        for block in now["blocks"]
        if (block.get("accessory") or {}).get("action_id") == "setting_news"
    ]
    assert menu["initial_option"] == option


async def test_a_thread_of_before_there_were_several_workspaces_leaves_the_one_at_hand(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    """Where nobody is at hand, nobody can be looked up."""
    world.rule(ApprovalRule(requester=False))
    await world.store.sessions.ensure(builders.session(id="s_before", channel="CRAY", team=""))
    before = builders.proposal(id="p_before", session_id="s_before", created_at=time.time())
    await world.store.tasks.add(builders.proposed_task(id=before.task_id, session_id=before.session_id))
    await world.store.proposals.draft(before)
    await world.store.proposals.move(before.id, ProposalStatus.OPEN)
    seen: set[str] = set()
    look_up = world.decisions.authorizer.directory.look_up

    async def noting(user: str) -> Any:
        seen.add(current_workspace.current())
        return await look_up(user)

    monkeypatch.setattr(world.decisions.authorizer.directory, "look_up", noting)
    current_workspace.enter(TEAM)
    found, _ = await world.use_cases.inbox.of("UAPPROVER")
    assert [each.card.proposal.id for each in found] == [before.id]
    assert (seen, current_workspace.current()) == ({TEAM}, TEAM)


async def test_the_many_of_another_workspace_leave_nothing_out(world: World, monkeypatch: pytest.MonkeyPatch):
    """Only so many are looked at, and those of others don't count."""
    monkeypatch.setattr(inbox, "_LOOKED_AT", 1)
    world.rule(ApprovalRule(requester=False))
    own, _ = await world.card(created_at=time.time() - 60)
    await world.store.sessions.ensure(builders.session(id="s_other", channel="CRAY", team="T2"))
    other = builders.proposal(id="p_other", session_id="s_other", created_at=time.time())
    await world.store.tasks.add(builders.proposed_task(id=other.task_id, session_id=other.session_id))
    await world.store.proposals.draft(other)
    await world.store.proposals.move(other.id, ProposalStatus.OPEN)
    for team, mine in ((TEAM, own.id), ("T2", other.id)):
        current_workspace.enter(team)
        found, _ = await world.use_cases.inbox.of("UAPPROVER")
        assert [each.card.proposal.id for each in found] == [mine]
