"""What the page's tests work with: a scripted bot on Slack's protocols, and a browser that notes every complaint."""

from __future__ import annotations

import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import SlackStandIn
from tests.waiting import PATIENCE

Json = dict[str, Any]
Listener = Callable[[Json], Awaitable[Json | None]]

ARGUMENTS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

#: Every visible text whose contrast with what lies behind it is below WCAG AA: `[text, ratio, colour, background]`.
CONTRAST = """() => {
  const brush = Object.assign(document.createElement("canvas"), {width: 1, height: 1})
    .getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    return [...brush.getImageData(0, 0, 1, 1).data].map((value, index) => index === 3 ? value / 255 : value);
  };
  const over = (top, under) => top.slice(0, 3).map((value, index) => value * top[3] + under[index] * (1 - top[3]));
  const behind = (element) => {
    if (!element) return [255, 255, 255];
    const style = getComputedStyle(element);
    const gradient = /rgb[^)]*\\)/.exec(style.backgroundImage);
    const own = rgba(gradient ? gradient[0] : style.backgroundColor);
    return own[3] >= 1 ? own.slice(0, 3) : over(own, behind(element.parentElement));
  };
  const light = (colour) => colour.map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, index) => sum + value * [0.2126, 0.7152, 0.0722][index], 0);
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility({opacityProperty: true}) || element.closest("svg")) continue;
    const back = behind(element);
    const front = over(rgba(getComputedStyle(element).color), back);
    const [high, low] = [light(front), light(back)].sort((one, other) => other - one);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) weak.push([walker.currentNode.data, ratio.toFixed(2), String(front), String(back)]);
  }
  return weak;
}"""


@dataclass
class ScriptedBot:
    """A bot that does what the test says: `on` maps a command, action, callback or event type to what happens."""

    client: AsyncWebClient
    socket: SocketModeClient
    on: dict[str, Listener] = field(default_factory=dict[str, Listener])
    heard: list[Json] = field(default_factory=list[Json])

    async def hear(self, socket: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        payload = request.payload
        self.heard.append(payload)
        listener = self.on.get(_name(payload))
        answer = await listener(payload) if listener else None
        await socket.send_socket_mode_response(SocketModeResponse(request.envelope_id, answer))

    async def say(self, text: str, *, channel: str = "CRAY", **more: Any) -> str:
        return str((await self.client.chat_postMessage(channel=channel, text=text, **more))["ts"])


def _name(payload: Json) -> str:
    """Such as `/raygen`, `block_actions approve`, `view_submission form` or `app_home_opened`."""
    match payload.get("type"):
        case "block_actions":
            return f"block_actions {payload['actions'][0]['action_id']}"
        case "view_submission" | "view_closed":
            return f"{payload['type']} {payload['view']['callback_id']}"
        case "event_callback":
            return str(payload["event"]["type"])
        case _:
            return str(payload.get("command", payload.get("type")))


@asynccontextmanager
async def scripted_bot(slack: SlackStandIn) -> AsyncGenerator[ScriptedBot]:
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)
    app_client = AsyncWebClient(base_url=slack.api_url)
    socket = SocketModeClient(app_token=slack.app_token, web_client=app_client, ping_interval=1)
    bot = ScriptedBot(client, socket)
    socket.socket_mode_request_listeners.append(bot.hear)
    await socket.connect()
    try:
        yield bot
    finally:
        await socket.close()


@dataclass
class Visitor:
    """A person at the page; `complaints` holds what the browser's console and the page's scripts reported."""

    page: Page
    url: str
    complaints: list[str] = field(default_factory=list[str])

    def watch(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        self.page.set_default_timeout(PATIENCE * 1000)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text} {message.location}")

    async def go(self, place: str = "#CRAY", *, user: str = "UENGINEER") -> None:
        await self.page.goto(f"{self.url}/?user={user}{place}")
        await self.page.locator(".app").wait_for()

    async def message(self, text: str) -> Any:
        found = self.page.locator("article", has_text=text).last
        await found.wait_for()
        return found

    async def write(self, text: str, *, thread: bool = False) -> None:
        """Type into the composer as hands do."""
        box = self.page.locator(".thread textarea" if thread else ".main .composer textarea")
        await box.click()
        await box.press_sequentially(text)

    async def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    async def picture(self, path: Path) -> None:
        await self.page.screenshot(path=path)


@asynccontextmanager
async def browser() -> AsyncGenerator[Browser]:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    assert found, "Chromium is missing; `make install-test` installs it."
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        try:
            yield running
        finally:
            await running.close()


@asynccontextmanager
async def visitor(running: Browser, url: str, **options: Any) -> AsyncGenerator[Visitor]:
    context: BrowserContext = await running.new_context(
        **{"viewport": LAPTOP, "reduced_motion": "reduce", **options}
    )
    person = Visitor(await context.new_page(), url)
    person.watch()
    try:
        yield person
    finally:
        await context.close()
