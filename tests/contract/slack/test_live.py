"""The stream of changes that the page lives on."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.contract.slack.people import People, line
from tests.waiting import PATIENCE

Json = dict[str, Any]


class Listener:
    def __init__(self, response: ClientResponse) -> None:
        self._response = response
        self.last_id = ""

    async def next(self, kind: str) -> Json:
        """The next change of a kind."""
        while True:
            line = (await asyncio.wait_for(self._response.content.readline(), PATIENCE)).decode()
            assert line, "the stream ended"
            if line.startswith("id: "):
                self.last_id = line[4:].strip()
            if line.startswith("data: ") and (change := json.loads(line[6:]))["type"] == kind:
                return change


@asynccontextmanager
async def listening(people: People, last_id: str = "") -> AsyncGenerator[Listener]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with people.http.get("/play/events", headers=headers) as response:
        assert response.content_type == "text/event-stream"
        await response.content.readline()
        yield Listener(response)


async def test_changes_come_with_their_full_value(client: AsyncWebClient, people: People) -> None:
    async with listening(people) as listener:
        root = (await people.say("root"))["ts"]
        assert (await listener.next("message"))["message"]["text"] == "root"
        posted = await client.chat_postMessage(channel="CRAY", text="reply", thread_ts=root)
        assert (await listener.next("message"))["message"]["thread_ts"] == root
        assert (await listener.next("changed"))["message"]["reply_count"] == 1
        await client.chat_update(channel="CRAY", ts=posted["ts"], text="better")
        assert (await listener.next("changed"))["message"]["text"] == "better"
        await client.reactions_add(channel="CRAY", timestamp=root, name="eyes")
        assert (await listener.next("reaction"))["message"]["reactions"][0]["name"] == "eyes"
        await client.assistant_threads_setStatus(channel_id="CRAY", thread_ts=root, status="is thinking")
        assert (await listener.next("status"))["status"] == "is thinking"
        await client.chat_postEphemeral(channel="CRAY", user="UGUEST", text="psst")
        assert (await listener.next("ephemeral"))["user"] == "UGUEST"
        await client.views_publish(user_id="UGUEST", view={"type": "home", "blocks": []})
        assert (await listener.next("home"))["view"]["type"] == "home"
        await client.chat_delete(channel="CRAY", ts=posted["ts"])
        assert (await listener.next("deleted"))["ts"] == posted["ts"]


async def test_connection_and_readiness_are_reported(client: AsyncWebClient, people: People) -> None:
    async with listening(people) as listener:
        assert (await listener.next("ready"))["ready"] is False
        async with line(client):
            assert (await listener.next("connection"))["connected"] is True
            assert (await listener.next("ready"))["ready"] is True
        assert (await listener.next("connection"))["connected"] is False


async def test_a_listener_resumes_where_it_left(people: People) -> None:
    async with listening(people) as listener:
        await people.say("one")
        await listener.next("message")
    await people.say("two")
    async with listening(people, listener.last_id) as again:
        assert (await again.next("message"))["message"]["text"] == "two"
    async with listening(people, "another-1") as stranger:
        assert await stranger.next("reset") == {"type": "reset"}
