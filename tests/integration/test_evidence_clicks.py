"""The evidence on cards by real clicks: what a thread's next version changes, what it costs, and all of a long program."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from services.approvals import ApprovalRule
from services.domain.entities import Proposal, ProposalStatus, derive
from services.domain.values import Program, Touched
from services.targets.cost import Prices
from services.targets.targets import TargetTerms
from tests import builders
from tests.integration.test_approval_clicks import World, opened
from tests.notifiers import show
from tests.waiting import until

LONG = "".join(f"print('step {number}')\n" for number in range(1000))
PRICES = Prices({"CPU": 3600.0}, "EUR")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path, TargetTerms(prices=PRICES)) as here:
        yield here


async def following(world: World, earlier: Proposal, code: str, **changes: Any) -> tuple[Proposal, str]:
    """Another proposal in the same thread, with its card."""
    task = builders.proposed_task(id=f"{earlier.task_id}_next", session_id=earlier.session_id)
    made = builders.proposal(
        id=derive("p", task.id),
        task_id=task.id,
        session_id=earlier.session_id,
        program=Program("Next", "Does more.", code),
        created_at=time.time(),
        **changes,
    )
    session = await world.store.sessions.get(earlier.session_id)
    await world.store.tasks.add(task)
    await world.notifier.open_task(task, session)
    await world.store.proposals.draft(made)
    await world.store.proposals.move(made.id, ProposalStatus.OPEN)
    proposal = await world.store.proposals.get(made.id)
    await show(world.notifier, world.cards, task, proposal, session)
    found = await world.store.posts.find(f"{task.id}:card")
    assert found is not None
    return proposal, str(found[2])


def blocks(world: World, channel: str, ts: str) -> str:
    message = world.slack.state.messages.find(channel, ts)
    assert message is not None
    return str(message["blocks"])


async def open_view(world: World, user: str) -> dict[str, Any]:
    *_, view = (await world.people.get(f"/play/views/{user}"))["views"]
    return view


def text_of(view: dict[str, Any]) -> str:
    """The preformatted text of a modal, in one."""
    return "\n".join(
        block["elements"][0]["elements"][0]["text"]
        for block in view["blocks"]
        if block["type"] == "rich_text"
    )


async def delivered_under(world: World, key: str) -> bool:
    found = await world.store.posts.find(key)
    return found is not None and found[2] is not None


async def test_a_card_shows_what_changed_since_the_last_approved_version(world: World):
    first, ts = await world.card()
    assert "*Changed*" not in blocks(world, "CRAY", ts)
    never, other = await following(world, first, "print('never approved')\n")
    assert "*Changed*" not in blocks(world, "CRAY", other)
    await world.press("CRAY", ts, "UAPPROVER")
    second, card = await following(world, never, "print('Result: 3')\nprint('more')\n")
    seen = blocks(world, "CRAY", card)
    assert "*Changed* since the version approved by <@UAPPROVER>: 1 line added, 0 lines removed." in seen
    assert "+print('more')" in seen
    assert "never approved" not in seen
    await world.press("CRAY", card, "UAPPROVER")
    assert (await world.store.proposals.get(second.id)).status is ProposalStatus.APPROVED
    assert "1 line added" in blocks(world, "CRAY", card), "the decision leaves the evidence where it is"


async def test_a_long_diff_opens_by_its_button(world: World):
    first, ts = await world.card()
    await world.press("CRAY", ts, "UAPPROVER")
    _, card = await following(world, first, LONG)
    assert "1,000 lines added, 1 line removed" in blocks(world, "CRAY", card)
    await world.press("CRAY", card, "UENGINEER", "proposal_changes")
    shown = text_of(await open_view(world, "UENGINEER"))
    assert "-print('Result: 3')" in shown
    assert all(f"+print('step {number}')" in shown for number in range(1000))


async def test_all_of_a_long_program_is_one_click_away_for_whoever_is_asked(world: World):
    """Also in an approver's own messages, where no file is attached; and it is on record who looked."""
    world.rule(ApprovalRule(groups=frozenset({"SPLATFORM"})))
    proposal, ts = await world.card("DENGINEER", program=Program("Long", "Prints.", LONG))
    await world.press("DENGINEER", ts, "UENGINEER", "proposal_ask")
    (asked,) = (await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"]
    assert "The middle isn't shown here." in str(asked["blocks"])
    await world.press("DAPPROVER", asked["ts"], "UAPPROVER", "proposal_code")
    assert text_of(await open_view(world, "UAPPROVER")) == LONG.rstrip("\n")
    records = [json.loads(record.body) async for record in world.store.audit.records()]
    looked = {"by": "UAPPROVER", "proposal": proposal.id, "action": "looked"}
    (record,) = [each for each in records if looked.items() <= each.items()]
    assert record["facts"]["what"] == "code"


async def test_a_program_that_no_modal_holds_comes_as_a_file_to_whoever_asks(world: World):
    code = LONG * 20
    _, ts = await world.card(program=Program("Longest", "Prints.", code))
    await world.press("CRAY", ts, "UAPPROVER", "proposal_code")
    assert "sent to you as `program.py`" in str(await open_view(world, "UAPPROVER"))

    async def delivered() -> list[dict[str, Any]]:
        return (await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"]

    (message,) = await until(delivered)
    (file,) = message["files"]
    assert file["size"] == len(code)
    (key,) = await world.store.posts.keys("program.py:")
    # The record of it is the last that the listener does.
    await until(lambda: delivered_under(world, key))


async def test_a_card_names_all_that_a_program_touches_and_what_it_will_cost(world: World):
    files = tuple(f"/data/{number}.csv" for number in range(9))
    seen = builders.passed(wall=2.0, touched=Touched(files=files, refused=("network to evil:443",)))
    _, ts = await world.card(validation=seen)
    shown = blocks(world, "CRAY", ts)
    assert "*Blocked by the sandbox:* `network to evil:443`" in shown
    assert "*Runs on* embedded · estimated cost about 2.00 EUR (2.00 s as in validation" in shown
    assert "/data/8.csv" not in shown
    await world.press("CRAY", ts, "UENGINEER", "proposal_touches")
    reported = text_of(await open_view(world, "UENGINEER"))
    assert all(name in reported for name in files)
    assert "Blocked by the sandbox (1)\n  network to evil:443" in reported
