"""raygen as `raygen serve` serves it to several workspaces of one Slack, and people who install it there by clicks."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import html
import json
import re
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientSession
from dbos._dbos import _get_or_create_dbos_registry
from slack_sdk.web.async_client import AsyncWebClient

from bot import bootstrap
from bot import settings as settings_module
from bot.api.application import application
from bot.api.server import serving
from bot.api.service import ApiService
from bot.api.slack import routes
from bot.bootstrap import Bot
from bot.deploy.manifest import manifest
from bot.playground.anthropic import ModelStandIn
from bot.playground.slack.distribution import Apps
from bot.playground.slack.installed import Installed
from bot.playground.slack.rules import Rules
from bot.playground.slack.server import APP_TOKEN, SlackStandIn
from bot.playground.slack.workspace import ACME, PLAYGROUND, Workspace
from bot.runtime.connection import open_connection
from bot.wiring.clusters import opened_targets
from bot.wiring.slack_access import slack_over_http
from services.domain.values import Engine
from tests.contract.slack.people import Line, People, line, people_at
from tests.waiting import PATIENCE, until

SIGNING = "the-signing-secret-of-the-app"
Json = dict[str, Any]
FRESH = Workspace(
    PLAYGROUND.team,
    PLAYGROUND.name,
    PLAYGROUND.domain,
    PLAYGROUND.bot,
    PLAYGROUND.bot_user,
    PLAYGROUND.users,
    PLAYGROUND.channels,
    PLAYGROUND.usergroups,
)
"""The playground's workspace before anybody has installed the app."""


def of_organization(workspace: Workspace) -> Workspace:
    """The same as one of an organization's (Enterprise Grid), in all of which the app's bot is one and the same user."""
    names = {workspace.bot: "BGROUP", workspace.bot_user: "UGROUPBOT"}

    def named(value: Any) -> Any:
        match value:
            case str():
                return names.get(value, value)
            case list():
                return [named(each) for each in value]
            case dict():
                return {key: named(each) for key, each in value.items()}
            case _:
                return value

    member = {"enterprise_id": "EGROUP", "enterprise_name": "The Group", "teams": [workspace.team]}
    return replace(
        workspace,
        bot="BGROUP",
        bot_user="UGROUPBOT",
        users=tuple(
            {**named(user), "enterprise_user": {"id": user["id"], **member}} for user in workspace.users
        ),
        channels=tuple(named(channel) for channel in workspace.channels),
        enterprise="EGROUP",
        enterprise_name="The Group",
    )


@dataclass
class Browser:
    """One person's: it keeps raygen's cookies, and shows where it is sent instead of going there."""

    http: ClientSession
    cookies: dict[str, str]

    async def get(self, url: str) -> tuple[int, str]:
        """Status and body, or where to go."""
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        async with self.http.get(url, headers=sent, allow_redirects=False) as answer:
            self.cookies |= {name: morsel.value for name, morsel in answer.cookies.items()}
            return answer.status, answer.headers.get("Location") or await answer.text()

    async def press(self, url: str, page: str, label: str) -> str:
        """Where the form leads whose button begins like this."""
        form = next(each for each in re.findall(r"<form.*?</form>", page) if f"<button>{label}" in each)
        fields = dict(re.findall(r'name="([^"]*)" value="([^"]*)"', form))
        body = {html.unescape(name): html.unescape(value) for name, value in fields.items()}
        async with self.http.post(url.partition("?")[0], data=body, allow_redirects=False) as answer:
            assert answer.status == 302, await answer.text()
            return answer.headers["Location"]


@dataclass
class Slack:
    """One workspace, its people, and the way by which it tells raygen what happens: by HTTP, signed."""

    standin: SlackStandIn
    people: People

    def said(self, channel: str) -> list[Json]:
        """All that the bot has said in a channel, edits included."""
        return [each for each in self.standin.state.messages.all_in(channel) if each.get("bot_id")]


@dataclass
class World:
    url: str
    bot: Bot
    apps: Apps
    http: ClientSession
    playground: Slack
    acme: Slack

    def browser(self) -> Browser:
        return Browser(self.http, {})

    async def consent(self, browser: Browser) -> tuple[str, str]:
        """From raygen's page to Slack's: its address, and what it shows."""
        status, page = await browser.get(f"{self.url}/slack/install")
        assert status == 200
        (link,) = re.findall(r'href="(http[^"]*)"', page)
        link = html.unescape(link)
        status, page = await browser.get(link)
        assert status == 200, page
        return link, page

    async def install(self, person: str, browser: Browser | None = None) -> tuple[int, str]:
        """All the clicks of a person; the status and the text of the page at the end."""
        browser = browser or self.browser()
        back = await browser.press(*await self.consent(browser), person)
        return await browser.get(back)

    def token(self, team: str) -> str:
        """What Slack takes for a workspace's token at last."""
        return self.apps.of_team(team)[-1]


@asynccontextmanager
async def world(
    path: Path,
    *,
    socket_mode: bool = False,
    database: str | None = None,
    rotation: bool = False,
    life: float = 43_200.0,
    places: tuple[Workspace, ...] = (FRESH, ACME),
    **chosen: Any,
) -> AsyncGenerator[World]:
    """Two workspaces without raygen, and raygen with no installation, which hears them over HTTP or by Socket Mode."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    url = f"http://127.0.0.1:{port}"
    app = manifest(url=url, many=True)
    apps = Apps(redirect_urls=tuple(app["oauth_config"]["redirect_urls"]), rotation=rotation, token_life=life)
    rules = Rules(installed=Installed.by(app))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        http, model = await enter(ClientSession()), await enter(ModelStandIn().serve())
        found: list[Slack] = []
        for workspace in places:
            standin = SlackStandIn(rules=rules, workspace=workspace, apps=apps)
            found.append(Slack(standin, await enter(people_at(await enter(standin.serve())))))
        settings = settings_module.load(
            **{
                "env_file": None,
                "slack_bot_token": None,
                "slack_client_id": apps.client_id,
                "slack_client_secret": apps.client_secret,
                "slack_signing_secret": SIGNING,
                "slack_api_url": found[0].standin.api_url,
                "public_url": url,
                "anthropic_api_key": "sk-test",
                "anthropic_base_url": model.url,
                "model": "cookbook",
                "generator_model": "cookbook",
                "state_dir": path,
                "database_url": database,
                "ray_address": "http://127.0.0.1:9",
                "validation": "unsealed",
                "engines": (Engine.RAY,),
                "pool_size": 0,
                **chosen,
            }
        )
        _get_or_create_dbos_registry().instance_info_map.clear()
        access = slack_over_http(settings)
        assert access is not None
        targets = await enter(opened_targets(settings))
        bot = await enter(bootstrap.assemble(settings, access[0], targets))
        assert bot.app is not None
        await enter(bootstrap.working(bot))
        service = ApiService(use_cases=bot.use_cases, feeds=bot.feeds, targets=bot.targets)
        served = application(service, settings.tokens, bot.readiness, routes(bot.app, access[1]))
        await enter(serving(served, port))
        if socket_mode:
            await enter(open_connection(bot.app, APP_TOKEN))
        else:
            await enter(delivering(http, found[0].standin, f"{url}/slack/events"))
        yield World(url, bot, apps, http, *found)


@asynccontextmanager
async def delivering(http: ClientSession, standin: SlackStandIn, url: str) -> AsyncGenerator[None]:
    """Takes the envelopes of all workspaces from a socket to raygen's door."""
    client = AsyncWebClient(token=APP_TOKEN, base_url=standin.api_url)
    async with line(client) as connected:
        postman = asyncio.create_task(_deliver(http, connected, url))
        try:
            yield
        finally:
            postman.cancel()
            with suppress(asyncio.CancelledError):
                await postman


async def _deliver(http: ClientSession, connected: Line, url: str) -> None:
    async for frame in connected.socket:
        envelope = json.loads(frame.data)
        if "payload" not in envelope:
            continue
        status, text = await post(http, url, envelope["type"], envelope["payload"])
        assert status == 200, text
        await connected.ack(envelope, json.loads(text) if text.startswith("{") else None)


async def post(http: ClientSession, url: str, kind: str, payload: Json) -> tuple[int, str]:
    """Sends what happened as Slack does over HTTP; the status and the body of the answer."""
    match kind:
        case "events_api":
            body, form = json.dumps(payload), "application/json"
        case "slash_commands":
            body, form = urlencode(payload), "application/x-www-form-urlencoded"
        case _:
            body, form = urlencode({"payload": json.dumps(payload)}), "application/x-www-form-urlencoded"
    stamp = str(int(time.time()))
    signed = hmac.new(SIGNING.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": form,
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signed}",
    }
    async with http.post(url, data=body, headers=headers) as answer:
        return answer.status, await answer.text()


async def answered(slack: Slack, channel: str, words: str) -> Json:
    """The message of the bot that says this, once it is there."""
    return await until(
        lambda: next((each for each in slack.said(channel) if words in json.dumps(each)), None), PATIENCE
    )
