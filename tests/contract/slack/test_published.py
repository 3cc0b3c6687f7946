"""The stand-in sends what Slack publishes: each field of each kind of payload, with its type."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import FormData
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.distribution import Apps
from bot.playground.slack.installed import Installed
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import APP_TOKEN
from tests.contract.slack.child import patient
from tests.contract.slack.every_listener import BUTTONS, FORM, MANIFEST
from tests.contract.slack.people import Line, People, client_at, line, people_at
from tests.contract.slack.published import Json, Published, differences
from tests.contract.slack.published.events import EVENTS
from tests.contract.slack.published.interactions import INTERACTIONS, WITHOUT_TRIGGER
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="module")
ME = "UENGINEER"
EVERYTHING: Json = {
    **MANIFEST,
    "features": {**MANIFEST["features"], "unfurl_domains": ["runs.example"]},
    "oauth_config": {
        "scopes": {"bot": [*MANIFEST["oauth_config"]["scopes"]["bot"], "links:read", "files:read"]}
    },
    "settings": {
        **MANIFEST["settings"],
        "event_subscriptions": {
            "bot_events": [
                *MANIFEST["settings"]["event_subscriptions"]["bot_events"],
                "agent_session_stopped",
                "app_uninstalled",
                "link_shared",
                "tokens_revoked",
            ]
        },
    },
}
HOME: Json = {
    "type": "home",
    "blocks": [{"type": "actions", "block_id": "home", "elements": BUTTONS[0]["elements"]}],
}


def named(kind: str, payload: Json) -> str:
    """The name of a payload in the tables."""
    event = payload.get("event", {})
    match kind, payload.get("type"):
        case "slash_commands", _:
            return "command"
        case "events_api", _:
            if event["type"] != "message":
                return event["type"]
            reply = "reply" if event.get("thread_ts", event["ts"]) != event["ts"] else "message"
            direct = "message.im" if event.get("channel_type") == "im" else reply
            return event.get("subtype") or direct
        case _, "block_actions":
            surface = payload["view"]["type"] if "view" in payload else "message"
            return f"block_actions.{surface}"
        case _, name:
            return str(name)


async def answer(wire: Line, heard: dict[str, Json]) -> None:
    """Acknowledges all that comes, and keeps one of each kind."""
    while True:
        envelope = await wire.receive()
        if "payload" not in envelope:
            continue
        name = named(envelope["type"], envelope["payload"])
        if name not in heard or "bot_id" in heard[name].get("event", {}):
            heard[name] = envelope["payload"]
        heard[f"last {name}"] = envelope["payload"]
        options = {"options": []} if name == "block_suggestion" else None
        await wire.ack(envelope, options)


async def live(people: People, client: AsyncWebClient, heard: dict[str, Json]) -> None:
    """People do everything that an app hears of."""

    async def do(what: str, **body: Any) -> Json:
        done = await people.post(f"/play/{what}", user=ME, **body)
        assert people.status == 200, done
        return done

    asked = await people.say("@raygen hello")
    root = asked["ts"]
    await people.say("more", thread_ts=root)
    await people.say("see https://runs.example/runs/r1", thread_ts=root)
    await people.say("hello", channel="DENGINEER")
    await client.chat_postMessage(channel="CRAY", thread_ts=root, text="done", reply_broadcast=True)
    form = FormData({"user": ME, "channel": "CRAY", "text": "here"})
    form.add_field("file", b"1,2\n3,4\n", filename="numbers.csv", content_type="text/csv")
    async with people.http.post("/play/upload", data=form) as uploaded:
        assert uploaded.status == 200
    await do("edit", channel="CRAY", ts=root, text="rephrase")
    await do("delete", channel="CRAY", ts=(await people.say("oh"))["ts"])
    await do("react", channel="CRAY", ts=root, name="eyes")
    for joined in (False, True):
        await people.post("/play/members", channel="CRAY", member="UGUEST", joined=joined)
    started = await do("assistant", channel="CRAY")
    await do("assistant/context", thread_ts=started["thread_ts"], channel="CGENERAL")
    await client.agents_sessions_setStatus(channel_id="CRAY", thread_ts=root, status="processing")
    named_so = {"recipient_user_id": ME, "recipient_team_id": "TRAYGEN"}
    await client.chat_startStream(channel="CRAY", thread_ts=root, markdown_text="so", **named_so)
    await do("stop", channel="CRAY", thread_ts=root)
    await do("step", callback_id="double", inputs={"number": 1})
    assert (await people.command("tea", command="/order"))["ok"]
    card = await client.chat_postMessage(channel="CRAY", text="card", blocks=BUTTONS)
    place = {"channel": "CRAY", "ts": card["ts"]}
    await do("click", action_id="exact", **place)
    await do("options", action_id="city", value="Ber", **place)
    await do("shortcut", callback_id="keep", **place)
    await client.views_publish(user_id=ME, view=HOME)
    home = (await do("home"))["view"]
    await do("click", action_id="exact", view_id=home["id"])
    await do("shortcut", callback_id="begin")
    acting: Json = {**FORM, "blocks": [*FORM["blocks"], *BUTTONS[:1]]}
    opened = await client.views_open(trigger_id=heard["shortcut"]["trigger_id"], view=acting)
    view = opened["view"]["id"]
    await do("click", action_id="exact", view_id=view)
    await do("submit", view_id=view, values={"name": {"text": "Ada"}, "where": {"place": "CRAY"}})
    await do("shortcut", callback_id="begin")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def heard() -> AsyncGenerator[dict[str, Json]]:
    found: dict[str, Json] = {}
    slack = SlackStandIn(rules=patient(Installed.by(EVERYTHING)), apps=Apps())
    async with slack.serve(), people_at(slack.url) as people:
        client = client_at(slack.api_url)
        async with line(AsyncWebClient(token=APP_TOKEN, base_url=slack.api_url)) as wire:
            answering = asyncio.create_task(answer(wire, found))
            await live(people, client, found)
            closing = await client.views_open(trigger_id=found["last shortcut"]["trigger_id"], view=FORM)
            await people.post("/play/close", user=ME, view_id=closing["view"]["id"])
            await people.post("/play/uninstall", user="UAPPROVER")
            await until(lambda: set(found) >= {*EVENTS, *INTERACTIONS})
            yield found
            answering.cancel()
            with suppress(asyncio.CancelledError):
                await answering


@pytest.mark.parametrize("kind", [*EVENTS, *INTERACTIONS])
async def test_a_payload_has_all_that_is_published(heard: dict[str, Json], kind: str) -> None:
    published: Published = {**EVENTS, **INTERACTIONS}[kind]
    assert list(differences(published.body, heard[kind], published.left_out)) == [], published.page


@pytest.mark.parametrize("kind", WITHOUT_TRIGGER)
async def test_nothing_opens_after_what_has_no_trigger(heard: dict[str, Json], kind: str) -> None:
    assert "trigger_id" not in heard[kind]
