"""People, channels and files that Slack does not let through: what is tried again, what is done without, and who gets a message."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError

from services.approvals import ApprovalRule
from services.domain.entities import ProposalStatus
from services.domain.values import Artifact
from services.proposals.reminders import Reminders
from tests.integration.test_approval_clicks import World, opened

NAMED = ApprovalRule(users=frozenset({"UAPPROVER", "UGUEST"}))
FILE = Artifact("program.py", "text/x-python", b"print(1)\n")


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path) as here:
        yield here


def pending_of(world: World) -> Reminders:
    return Reminders(world.store, world.notifier, world.cards, math.inf)


async def asked(world: World) -> list[int]:
    """How often the approver and the guest have been asked."""
    reported = [
        (await world.people.get(f"/play/channel/{channel}?user={user}"))["messages"]
        for channel, user in (("DAPPROVER", "UAPPROVER"), ("DGUEST", "UGUEST"))
    ]
    return [json.dumps(each).count("asked you to approve this program") for each in reported]


async def test_whom_slack_holds_up_is_asked_later_and_nobody_twice(world: World):
    world.rule(NAMED)
    proposal, _ = await world.card()
    await world.people.post("/play/faults", method="conversations.open", error="ratelimited")
    with pytest.raises(SlackApiError, match="ratelimited"):
        await pending_of(world).ask(proposal.id, "UENGINEER")
    assert sorted(await asked(world)) == [0, 1], "the other one did not have to wait"
    assert not await world.store.approvals.was_asked(proposal.id)
    await pending_of(world).ask(proposal.id, "UENGINEER")
    assert await asked(world) == [1, 1]
    assert await world.store.approvals.was_asked(proposal.id)


async def test_whom_no_message_ever_reaches_keeps_nobody_waiting(world: World):
    world.rule(NAMED)
    proposal, _ = await world.card()
    await world.people.post("/play/faults", method="conversations.open", error="user_disabled")
    await pending_of(world).ask(proposal.id, "UENGINEER")
    assert sorted(await asked(world)) == [0, 1]
    assert await world.store.approvals.was_asked(proposal.id)


@pytest.mark.parametrize("code", ["is_archived", "channel_not_found", "internal_error"])
async def test_the_card_of_a_closed_channel_is_done_with(world: World, code: str):
    proposal, _ = await world.card()
    await world.store.proposals.move(proposal.id, ProposalStatus.EXPIRED)
    await world.people.post("/play/faults", method="chat.update", error=code)
    if code == "internal_error":
        with pytest.raises(SlackApiError, match=code):
            await pending_of(world).show_expired(proposal.id)
    else:
        await pending_of(world).show_expired(proposal.id)


@pytest.mark.parametrize("away", [False, True])
async def test_a_file_that_storage_refused_is_reported_to_who_waits_for_it(
    world: World, monkeypatch: pytest.MonkeyPatch, *, away: bool
):
    courier = world.notifier._courier

    async def refused(**_: Any) -> None:
        if away:
            await world.people.post("/play/faults", method="conversations.open", error="internal_error")
        raise SlackRequestError("Failed to upload a file (status: 500)")

    monkeypatch.setattr(courier._client, "files_upload_v2", refused)
    await courier._hand_or_tell("program.py:1", "UAPPROVER", FILE)
    reported = json.dumps((await world.people.get("/play/channel/DAPPROVER?user=UAPPROVER"))["messages"])
    assert ("`program.py` could not be sent. Press the button again." in reported) == (not away)
