"""The Slack stand-in as one server: Web API, Socket Mode, user-side API and the page."""

import asyncio
import socket
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from aiohttp import web

from bot.playground.slack import pages
from bot.playground.slack.api import WebApi
from bot.playground.slack.consent import Consent
from bot.playground.slack.distribution import Apps
from bot.playground.slack.play import routes as play
from bot.playground.slack.play.client import About, Readiness, SlackClient
from bot.playground.slack.rules import Rules
from bot.playground.slack.socket import Socket
from bot.playground.slack.state import State
from bot.playground.slack.webhooks import Webhooks
from bot.playground.slack.workspace import APP_TOKEN, BOT_TOKEN, PLAYGROUND, Workspace

PAGE = Path(__file__).parent.parent / "page"
READY_INTERVAL = 0.5


class SlackStandIn:
    """One Slack workspace, by default with the app in it; `state_path` keeps it over restarts, SIGKILL included.

    `readiness` says which parts beside the bot's connection are not ready and why, `about` what the page
    shows about the installation, such as which model answers. Several that share `apps` are workspaces of one Slack,
    whose Web API each of them serves; the pages by which people install the app, too.
    """

    bot_token = BOT_TOKEN
    app_token = APP_TOKEN

    def __init__(
        self,
        *,
        state_path: Path | None = None,
        rules: Rules | None = None,
        readiness: Readiness | None = None,
        about: About | None = None,
        page_dir: Path | None = None,
        workspace: Workspace = PLAYGROUND,
        apps: Apps | None = None,
    ) -> None:
        self.workspace = workspace
        self.apps = apps or Apps()
        self._state_path = state_path
        self._rules = rules or Rules()
        self._readiness = readiness
        self._about = about
        self._page_dir = page_dir or PAGE
        self.url = ""

    @property
    def api_url(self) -> str:
        """What SLACK_API_URL or `base_url` is to be."""
        return f"{self.url}/api/"

    @asynccontextmanager
    async def serve(
        self, host: str = "127.0.0.1", port: int = 0, *, bound: socket.socket | None = None
    ) -> AsyncGenerator[str]:
        """Serve until left; gives the base URL. Port 0 takes a free one; `bound` is a socket to serve on instead."""
        async with AsyncExitStack() as stack:
            self.state = State(self._state_path, self._rules, self.workspace)
            self.apps.add(self.state)
            stack.callback(self.state.close)
            self.socket = Socket(self.state, self._rules, self.apps.sockets)
            stack.callback(self.socket.close)
            runner = web.AppRunner(
                self._application(), access_log=None, shutdown_timeout=1.0, handler_cancellation=True
            )
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.SockSite(runner, bound) if bound else web.TCPSite(runner, host, port)
            await site.start()
            served = runner.addresses[0]
            self.url = self.state.address.base = f"http://{host}:{served[1]}"
            stack.callback(self.state.feed.publish, "closing")
            stack.push_async_callback(self.socket.connections.close)
            for work in (self._expire(), self._watch_ready()):
                stack.push_async_callback(_cancel, asyncio.create_task(work))
            yield self.url

    def _application(self) -> web.Application:
        rules, state = self._rules, self.state
        self.api = WebApi(state, rules, self.socket.connections, self.apps)
        webhooks = Webhooks(state, rules, self.apps)
        self.client = SlackClient(
            state, rules, self.socket, self.api, webhooks, self._readiness, self._about, self.apps
        )
        app = web.Application(middlewares=[pages.only_here], client_max_size=rules.file_bytes + 1024 * 1024)
        app.add_routes(
            [
                web.route("*", "/api/{method}", self.api.handle),
                web.get("/link/", self.socket.accept),
                web.post("/actions/{team}/{app}/{key}", webhooks.respond),
                web.post("/upload/v1/{secret}", webhooks.upload),
                web.get("/files-pri/{file}/{name}", webhooks.download),
                *Consent(self.apps, rules).routes(),
                *play.routes(self.client),
                *pages.routes(self._page_dir),
            ]
        )
        app.on_response_prepare.append(pages.add_headers)
        return app

    async def _expire(self) -> None:
        interval = min(1.0, self._rules.stream_expiry / 4, self._rules.status_expiry / 4)
        while True:
            await asyncio.sleep(interval)
            self.state.expire(time.time())

    async def _watch_ready(self) -> None:
        """Tell listeners when readiness changes; nobody listening, nobody asked."""
        shown: dict[str, str] | None = None
        while True:
            await asyncio.sleep(READY_INTERVAL)
            if not self.state.feed.listeners:
                continue
            missing = await self.client.missing()
            if missing != shown:
                shown = missing
                self.state.feed.publish("ready", ready=not missing, missing=missing)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
