"""Links to runs over Slack's protocol: who is shown a card, and where there is none."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from services.domain.entities import run_id
from services.targets.targets import TargetTerms
from tests.contract.slack.people import client_at
from tests.integration.test_approval_clicks import World, opened
from tests.looks import looks
from tests.waiting import until

DASHBOARD, API = "https://ray.example.com", "https://raygen.example.com"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with opened(tmp_path, TargetTerms(dashboard=DASHBOARD), API) as here:
        yield here


async def ran(world: World, channel: str = "CRAY") -> str:
    proposal, card = await world.card(channel)
    await world.press(channel, card, "UENGINEER")
    return run_id(proposal.id)


async def cards(world: World, channel: str, ts: str) -> list[dict[str, Any]]:
    return list((world.slack.state.messages.find(channel, ts) or {}).get("attachments", []))


async def handled(world: World) -> None:
    """The bot has come to what was posted after all else; what was posted before takes it no longer."""
    run = await ran(world)
    posted = await world.people.say(f"{DASHBOARD}/#/jobs/{run}")
    await until(lambda: cards(world, "CRAY", posted["ts"]))


@pytest.mark.parametrize("page", [DASHBOARD + "/#/jobs/{}", API + "/ray/jobs/{}"])
async def test_a_link_in_the_runs_own_channel_is_a_card(world: World, page: str):
    run = await ran(world)
    url = page.format(run)
    posted = await world.people.say(f"look at {url} please", user="UGUEST")
    (card,) = await until(lambda: cards(world, "CRAY", posted["ts"]))
    shown = json.dumps(card, ensure_ascii=False)
    assert card["from_url"] == url
    assert "*Add two numbers*" in shown
    assert "succeeded" in shown
    assert "/archives/CRAY/p" in shown
    assert "<@" not in shown, "nobody is notified by a link"
    assert [(by, what) for by, _, what in await looks(world.store)] == [("UGUEST", "card in CRAY")]


async def test_elsewhere_nothing_is_shown_unless_all_who_read_it_may_see_it(world: World):
    public, private = await ran(world), await ran(world, "DENGINEER")
    silent = [
        ("CGENERAL", "UENGINEER", public),
        ("CRAY", "UENGINEER", private),
        ("DAPPROVER", "UAPPROVER", private),
        ("CRAY", "UENGINEER", "raygen-unknown"),
        ("CRAY", "UENGINEER", public[:-1]),
    ]
    posts = [
        (channel, (await world.people.say(f"{DASHBOARD}/#/jobs/{run}", user=user, channel=channel))["ts"])
        for channel, user, run in silent
    ]
    alone = await world.people.say(f"{DASHBOARD}/#/jobs/{public}", user="UAPPROVER", channel="DAPPROVER")
    assert await until(lambda: cards(world, "DAPPROVER", alone["ts"])), (
        "alone with us, of a channel of theirs"
    )
    await handled(world)
    assert [await cards(world, channel, ts) for channel, ts in posts] == [[]] * len(posts)


async def test_who_has_left_the_channel_is_shown_nothing(world: World):
    run = await ran(world)
    await world.people.post("/play/members", channel="CRAY", member="UAPPROVER", joined=False)
    posted = await world.people.say(f"{DASHBOARD}/#/jobs/{run}", user="UAPPROVER", channel="DAPPROVER")
    await handled(world)
    assert await cards(world, "DAPPROVER", posted["ts"]) == []


async def test_only_links_of_the_message_and_of_the_apps_domains_are_unfurled(world: World):
    """The stand-in refuses what Slack refuses."""
    client = client_at(world.slack.api_url)
    posted = await world.people.say("https://sub.ray.example.com/x and https://other.test/y")
    place = {"channel": "CRAY", "ts": posted["ts"]}
    for url, ts, code in (
        ("https://other.test/y", posted["ts"], "cannot_unfurl_url"),
        ("https://ray.example.com/z", posted["ts"], "cannot_unfurl_url"),
        ("https://sub.ray.example.com/x", "1.1", "cannot_unfurl_message"),
    ):
        with pytest.raises(SlackApiError, match=code):
            await client.chat_unfurl(channel="CRAY", ts=ts, unfurls={url: {"text": "x"}})
    for text in ("one", "two"):
        await client.chat_unfurl(**place, unfurls={"https://sub.ray.example.com/x": {"text": text}})
    (card,) = await cards(world, "CRAY", posted["ts"])
    assert (card["text"], card["is_app_unfurl"]) == ("two", True)
