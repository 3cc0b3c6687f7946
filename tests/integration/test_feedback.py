"""Votes on results by real clicks on Slack's own feedback buttons, and what is reported of a run's end."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.domain.entities import TaskStatus, run_id
from services.domain.preference import Preference
from services.domain.values import Spent
from services.store.spendings import By
from tests.integration.test_approval_clicks import World, opened


@pytest.fixture
async def world(tmp_path: Path):
    async with opened(tmp_path) as here:
        yield here


async def voted(world: World, ts: str, user: str, button: str, subject: str) -> None:
    """Press one of the two buttons of the message."""
    answer = await world.people.post(
        "/play/click", user=user, channel="CRAY", ts=ts, action_id="feedback", value=f"{button} {subject}"
    )
    assert answer["ok"], answer


async def test_votes_on_a_result(world: World):
    proposal, card = await world.card()
    await world.store.spendings.put(
        await world.store.tasks.get(proposal.task_id),
        "CRAY",
        TaskStatus.PROPOSED,
        Spent(calls=1, input=2, output=3),
    )
    await world.press("CRAY", card, "UAPPROVER")
    run = run_id(proposal.id)
    found = await world.store.posts.find(run)
    assert found is not None
    ts = str(found[2])
    await voted(world, ts, "UENGINEER", "helpful", run)
    await voted(world, ts, "UAPPROVER", "helpful", run)
    await voted(world, ts, "UENGINEER", "unhelpful", run)
    assert await world.store.votes.of(run) == {"UAPPROVER": True, "UENGINEER": False}
    assert world.alone("CRAY", "UENGINEER") == [
        "Thanks for the feedback.",
        "Thanks for the feedback. Reply in this thread to say what should be different.",
    ]
    (sums,) = await world.store.spendings.sums(By.CHANNEL)
    assert (sums.helpful, sums.unhelpful) == (1, 1)
    await world.people.command("usage", user="UENGINEER")
    assert "rated helpful in 1 of 2 votes" in await world.seen("CRAY", "UENGINEER")


async def test_a_vote_on_what_is_gone_is_reported_to_who_votes(world: World):
    proposal, card = await world.card()
    await world.press("CRAY", card, "UAPPROVER")
    found = await world.store.posts.find(run_id(proposal.id))
    assert found is not None
    answer = await world.people.post(
        "/play/click",
        user="UENGINEER",
        channel="CRAY",
        ts=found[2],
        action_id="feedback",
        value="helpful raygen-other",
    )
    assert answer["error"] == "no_such_button", "Slack sends what a button holds, and nothing else"
    await world.store.retention.drop(9e12)
    await voted(world, str(found[2]), "UENGINEER", "helpful", run_id(proposal.id))
    assert world.alone("CRAY", "UENGINEER") == ["That answer is no longer stored, so it can't be rated."]


async def test_the_end_of_a_run_is_reported_directly_to_who_wants_that(world: World):
    for number, direct in enumerate((False, True)):
        await world.store.preferences.put("UENGINEER", Preference(direct=direct))
        _, card = await world.card()
        await world.press("CRAY", card, "UAPPROVER")
        reported = (await world.people.get("/play/channel/DENGINEER?user=UENGINEER"))["messages"]
        assert len(reported) == number
    assert "*Run succeeded*: *Add two numbers*" in reported[0]["text"]
    assert "|View thread>" in reported[0]["text"]
