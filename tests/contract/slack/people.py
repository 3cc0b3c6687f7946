"""What the tests of the Slack stand-in share: people over HTTP, a real Bolt bot, and a bare socket."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import ClientSession, ClientWebSocketResponse, WSMsgType
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.rules import Rules
from bot.playground.slack.workspace import APP_TOKEN, BOT_TOKEN
from tests.waiting import PATIENCE

Json = dict[str, Any]

QUICK = Rules(
    ack_timeout=1.0,
    retry_delays=(0.0, 0.05, 0.05),
    disconnect_grace=0.2,
    trigger_expiry=3.0,
    ticket_expiry=5.0,
)
MODAL: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "Edit"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "prompt",
            "label": {"type": "plain_text", "text": "Prompt"},
            "element": {"type": "plain_text_input", "action_id": "text", "initial_value": "estimate pi"},
        }
    ],
}


class People:
    """The user-side API, as the page and scripts call it."""

    def __init__(self, http: ClientSession) -> None:
        self.http = http
        self.status = 0

    async def post(self, path: str, **body: Any) -> Json:
        async with self.http.post(path, json=body) as response:
            self.status = response.status
            return await response.json()

    async def get(self, path: str) -> Json:
        async with self.http.get(path) as response:
            self.status = response.status
            return await response.json()

    async def say(self, text: str, **more: Any) -> Json:
        return await self.post(
            "/play/message", **{"user": "UENGINEER", "channel": "CRAY", "text": text, **more}
        )

    async def messages(self, channel: str = "CRAY") -> list[Json]:
        return (await self.get(f"/play/channel/{channel}"))["messages"]

    async def command(self, text: str, **more: Any) -> Json:
        body = {"user": "UENGINEER", "channel": "CRAY", "command": "/raygen", "text": text, **more}
        return await self.post("/play/command", **body)


@asynccontextmanager
async def people_at(url: str) -> AsyncGenerator[People]:
    async with ClientSession(url) as http:
        yield People(http)


def client_at(api_url: str, **more: Any) -> AsyncWebClient:
    return AsyncWebClient(token=BOT_TOKEN, base_url=api_url, **more)


@asynccontextmanager
async def bot(client: AsyncWebClient, *listen: Callable[[AsyncApp], None]) -> AsyncGenerator[AsyncApp]:
    """A Bolt app that acknowledges when its listener has ended, as raygen's does, connected over Socket Mode."""
    app = AsyncApp(client=client, process_before_response=True)
    for add in listen:
        add(app)
    handler = AsyncSocketModeHandler(app, APP_TOKEN, ping_interval=0.5)
    await handler.connect_async()
    try:
        yield app
    finally:
        await handler.close_async()


class Line:
    """A Socket Mode connection under the test's own hand: nothing is acknowledged unless it says so."""

    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.socket = socket

    async def receive(self) -> Json:
        message = await self.socket.receive(timeout=PATIENCE)
        assert message.type is WSMsgType.TEXT, message
        return json.loads(message.data)

    async def event(self) -> Json:
        """The next envelope that is an event of a person's doing."""
        while True:
            envelope = await self.receive()
            if "payload" in envelope and "bot_id" not in envelope["payload"].get("event", {}):
                return envelope

    async def silence(self, seconds: float) -> bool:
        """Whether nothing comes for that long."""
        try:
            await asyncio.wait_for(self.socket.receive(), seconds)
        except TimeoutError:
            return True
        return False

    async def ack(self, envelope: Json, payload: Json | None = None) -> None:
        answer = {"envelope_id": envelope["envelope_id"], **({"payload": payload} if payload else {})}
        await self.socket.send_json(answer)


@asynccontextmanager
async def line(client: AsyncWebClient) -> AsyncGenerator[Line]:
    """Connect by hand, past `hello`."""
    opened = await client.apps_connections_open(app_token=APP_TOKEN)
    async with ClientSession() as http, http.ws_connect(opened["url"]) as socket:
        connected = Line(socket)
        assert (await connected.receive())["type"] == "hello"
        yield connected
