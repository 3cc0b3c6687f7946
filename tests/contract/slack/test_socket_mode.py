"""Socket Mode: one connection per envelope, redelivery, disconnects, several connections."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import APP_TOKEN
from tests.contract.slack.people import QUICK, People, bot, client_at, line, people_at
from tests.waiting import PATIENCE, until

Json = dict[str, Any]


def hearing(heard: list[Json]) -> Callable[[AsyncApp], None]:
    def add(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def mention(body: Json) -> None:
            heard.append(body)

        @app.event("message")
        async def message() -> None: ...

    return add


async def test_bolt_hears_a_mention_once(client: AsyncWebClient, people: People) -> None:
    heard: list[Json] = []
    async with bot(client, hearing(heard)):
        said = await people.say("@raygen estimate pi & <more>")
        await until(lambda: _is(heard))
    [body] = heard
    event = body["event"]
    assert body["event_id"] in said["event_ids"]
    assert event["text"] == "<@URAYGEN> estimate pi &amp; &lt;more&gt;"
    assert (event["channel"], event["user"], event["ts"]) == ("CRAY", "UENGINEER", said["ts"])
    assert body["authorizations"][0]["user_id"] == "URAYGEN"


async def test_an_event_without_acknowledgement_comes_again(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        await people.say("hello")
        deliveries = [await wire.event() for _ in range(4)]
        assert [one["retry_attempt"] for one in deliveries] == [0, 1, 2, 3]
        assert [one["retry_reason"] for one in deliveries] == ["", "timeout", "timeout", "timeout"]
        assert len({one["payload"]["event_id"] for one in deliveries}) == 1
        assert await wire.silence(QUICK.ack_timeout * 2), "three retries and no more"


async def test_an_acknowledged_event_does_not_come_again(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        await people.say("hello")
        await wire.ack(await wire.event())
        assert await wire.silence(QUICK.ack_timeout * 2)


async def test_redelivery_on_request(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        said = await people.say("hello")
        await wire.ack(first := await wire.event())
        await people.post("/play/redeliver", event_id=said["event_ids"][0])
        await wire.ack(again := await wire.event())
        assert first["payload"] == again["payload"]
        assert again["retry_attempt"] == 1
    assert (await people.post("/play/redeliver", event_id="EvNONE"))["error"] == "envelope_not_found"
    assert people.status == 404


async def test_two_connections_share_the_envelopes(client: AsyncWebClient, people: People) -> None:
    async with line(client) as left, line(client) as right:
        for number in range(4):
            await people.say(str(number))
        seen: list[list[str]] = []
        for wire in (left, right):
            envelopes = [await wire.event() for _ in range(2)]
            for envelope in envelopes:
                await wire.ack(envelope)
            seen.append([one["payload"]["event"]["text"] for one in envelopes])
    assert sorted(seen) == [["0", "2"], ["1", "3"]]


async def test_events_wait_for_a_connection(client: AsyncWebClient, people: People) -> None:
    await people.say("early")
    async with line(client) as wire:
        envelope = await wire.event()
        assert envelope["payload"]["event"]["text"] == "early"
        assert envelope["retry_attempt"] == 0


async def test_what_a_lost_connection_held_goes_to_the_next() -> None:
    slack = SlackStandIn(rules=Rules(ack_timeout=60))
    async with slack.serve() as url, people_at(url) as people:
        client = client_at(slack.api_url)
        async with line(client) as first:
            await people.say("hello")
            lost = await first.event()
        async with line(client) as second:
            again = await second.event()
    assert again["payload"] == lost["payload"]
    assert again["retry_attempt"] == 1


async def test_the_sdk_reconnects_when_asked(client: AsyncWebClient, people: People) -> None:
    heard: list[Json] = []
    async with bot(client, hearing(heard)):
        assert (await people.post("/play/disconnect"))["connections"] == 1
        await people.say("@raygen hello")
        await until(lambda: _is(heard))
    assert len(heard) == 1


async def test_a_ticket_is_good_for_once(client: AsyncWebClient) -> None:
    url = (await client.apps_connections_open(app_token=APP_TOKEN))["url"]
    async with aiohttp.ClientSession() as http:
        async with http.ws_connect(url) as socket:
            assert (await socket.receive_json(timeout=PATIENCE))["type"] == "hello"
        async with http.ws_connect(url) as socket:
            turned_away = await socket.receive_json(timeout=PATIENCE)
    assert (turned_away["type"], turned_away["reason"]) == ("disconnect", "link_disabled")


@pytest.mark.parametrize("connected", [False, True])
async def test_a_silent_bot_is_reported_to_the_user(
    client: AsyncWebClient, people: People, *, connected: bool
) -> None:
    async def run() -> Json:
        return await people.command("x")

    if connected:
        async with line(client):
            answer = await run()
    else:
        answer = await run()
    assert people.status == 504
    expected = "operation_timeout" if connected else "dispatch_failed"
    assert answer["error"] == expected
    [reported] = (await people.get("/play/channel/CRAY?user=UENGINEER"))["messages"]
    assert (reported["user"], reported["text"]) == (
        "USLACKBOT",
        f"/raygen failed with the error `{expected}`",
    )


async def test_a_command_waits_for_a_bot_that_is_starting_where_the_rules_say_so() -> None:
    rules = Rules(connection_wait=PATIENCE)
    async with SlackStandIn(rules=rules).serve() as url, people_at(url) as people:
        waiting = asyncio.create_task(people.command("x"))
        said = await people.say("hello")
        assert said["ts"], "messages are taken at once"
        assert not waiting.done()
        async with line(client_at(f"{url}/api/")) as wire:
            for _ in ("the message", "the command"):
                await wire.ack(await wire.event())
            assert (await waiting)["ok"]


async def test_the_bot_hears_of_its_own_messages(client: AsyncWebClient) -> None:
    async with line(client) as wire:
        posted = await client.chat_postMessage(channel="CRAY", text="mine")
        event = (await wire.receive())["payload"]["event"]
    assert (event["type"], event["ts"], event["bot_id"]) == ("message", posted["ts"], "BRAYGEN")


async def test_edits_deletions_and_reactions_are_events(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        ts = (await people.say("before"))["ts"]
        mine = {"user": "UENGINEER", "channel": "CRAY", "ts": ts}
        await people.post("/play/edit", **mine, text="after")
        theirs = await people.post("/play/edit", **{**mine, "user": "UGUEST"}, text="not mine")
        assert theirs["error"] == "cant_update_message"
        await people.post("/play/react", **mine, name="eyes")
        await people.post("/play/delete", **mine)
        events: list[Json] = []
        for _ in range(4):
            await wire.ack(envelope := await wire.event())
            events.append(envelope["payload"]["event"])
    _, edited, reacted, deleted = events
    assert edited["subtype"] == "message_changed"
    assert (edited["previous_message"]["text"], edited["message"]["text"]) == ("before", "after")
    assert (reacted["type"], reacted["item"]["ts"]) == ("reaction_added", ts)
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", ts)
    refusal = await people.post("/play/edit", user="UGUEST", channel="CRAY", ts=ts, text="x")
    assert refusal["error"] == "message_not_found"


async def test_ready_needs_a_connection(
    standin: SlackStandIn, client: AsyncWebClient, people: People
) -> None:
    answer = await people.get("/play/ready")
    assert people.status == 503
    assert (answer["ready"], list(answer["missing"])) == (False, ["slack"])
    async with line(client):
        assert await people.get("/play/ready") == {"ready": True, "missing": {}}
        assert people.status == 200


async def _is(found: object) -> bool:
    await asyncio.sleep(0)
    return bool(found)


async def test_a_warning_takes_no_connection_away(client: AsyncWebClient, people: People) -> None:
    async with line(client) as wire:
        await people.post("/play/disconnect", reason="warning")
        assert (await wire.receive())["reason"] == "warning"
        await people.say("still here")
        assert (await wire.event())["payload"]["event"]["text"] == "still here"


async def test_a_refreshed_connection_gets_no_more_and_is_closed(
    client: AsyncWebClient, people: People
) -> None:
    async with line(client) as old, line(client) as new:
        # Both are reported; the new one comes after that.
        assert (await people.post("/play/disconnect"))["connections"] == 2
        assert (await old.receive())["type"] == "disconnect"
        async with line(client) as newest:
            await people.say("hello")
            assert (await newest.event())["payload"]["event"]["text"] == "hello"
        closed = await old.socket.receive(timeout=PATIENCE)
        assert closed.type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert (await new.receive())["type"] == "disconnect"


async def test_the_queue_for_an_absent_bot_is_bounded() -> None:
    slack = SlackStandIn(rules=Rules(envelope_limit=3))
    async with slack.serve() as url, people_at(url) as people:
        for number in range(5):
            await people.say(str(number))
        async with line(client_at(slack.api_url)) as wire:
            texts = [(await wire.event())["payload"]["event"]["text"] for _ in range(3)]
            assert await wire.silence(0.1)
    assert texts == ["2", "3", "4"]


async def test_the_sdk_comes_back_after_the_server_was_away(tmp_path: Path) -> None:
    slack = SlackStandIn(state_path=tmp_path / "slack.db", rules=QUICK)
    heard: list[Json] = []
    async with slack.serve() as url:
        port = int(url.rpartition(":")[2])
        app = bot(client_at(slack.api_url, retry_handlers=[]), hearing(heard))
        await app.__aenter__()
    async with slack.serve(port=port) as url, people_at(url) as people:
        await people.say("@raygen again")
        await until(lambda: _is(heard))
        await app.__aexit__(None, None, None)
