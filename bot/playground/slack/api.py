"""The Web API over HTTP: tokens, arguments, rate limits, faults, and then the method."""

import asyncio
import base64
import binascii
import json
import logging
from typing import Any, cast

from aiohttp import web

from bot.playground.slack.connections import Connections
from bot.playground.slack.distribution import Apps
from bot.playground.slack.errors import SlackError
from bot.playground.slack.identity import new_id
from bot.playground.slack.limits import Fault, Faults, RateLimiter
from bot.playground.slack.methods import METHODS
from bot.playground.slack.methods.apps import APP_LEVEL, OPEN_TO_ALL
from bot.playground.slack.methods.call import Call
from bot.playground.slack.rules import Rules
from bot.playground.slack.state import State
from bot.playground.slack.workspace import APP_TOKEN

Json = dict[str, Any]

log = logging.getLogger(__name__)

SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:join,channels:read,chat:write,commands,"
    "files:read,files:write,im:history,im:read,im:write,reactions:read,reactions:write,team:read,usergroups:read,"
    "users:read"
)


class WebApi:
    """The Web API of all workspaces: whose a call is says its token; `state` is for calls without one."""

    def __init__(self, state: State, rules: Rules, connections: Connections, apps: Apps) -> None:
        self._state = state
        self._apps = apps
        self._rules = rules
        self._connections = connections
        self._limiter = RateLimiter(rules.rate_limits)
        self.faults = Faults()

    async def handle(self, request: web.Request) -> web.Response:
        """`GET|POST /api/{method}`."""
        method = request.match_info["method"]
        if self._rules.latency:
            await asyncio.sleep(self._rules.latency)
        fault = self.faults.take(method)
        if fault and not fault.after:
            return await _broken(fault)
        try:
            arguments = await arguments_of(request)
            token, own = _credentials(request, arguments)
            answer = self._answer(method, token, {**arguments, **own})
        except SlackError as refusal:
            answer = respond(refused(refusal))
        return await _broken(fault) if fault else answer

    def _answer(self, method: str, token: str, arguments: Json) -> web.Response:
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        state = self._authorize(method, token, arguments)
        channel = str(arguments.get("channel") or arguments.get("channel_id") or "")
        if wait := self._limiter.wait(method, channel):
            return ratelimited(wait)
        self._permit(method, channel, state)
        call = Call(state, self._rules, self._connections, arguments, self._apps, token)
        with state.transaction():
            body = METHODS[method](call)
        return respond({"ok": True, **body})

    def _authorize(self, method: str, token: str, arguments: Json) -> State:
        """The workspace that a call is for."""
        if method in OPEN_TO_ALL:
            return self._state
        if not token:
            raise SlackError("not_authed")
        state = self._state if token == APP_TOKEN else self._apps.state_of(token, arguments)
        if (token == APP_TOKEN) != (method in APP_LEVEL):
            raise SlackError("not_allowed_token_type")
        return state

    def _permit(self, method: str, channel: str, state: State) -> None:
        if (app := self._rules.installed) is None:
            return
        place = state.people.channels.get(channel)
        if needed := app.lacks(method, state.people.kind(place) if place else None):
            raise SlackError("missing_scope", needed=needed, provided=",".join(sorted(app.scopes)))


def refused(refusal: SlackError) -> Json:
    return {"ok": False, "error": refusal.code, **refusal.extra}


def respond(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    named = {"x-slack-req-id": new_id("", 16), "x-oauth-scopes": SCOPES, **(headers or {})}
    return web.json_response(body, status=status, headers=named)


def ratelimited(wait: int) -> web.Response:
    return respond({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": str(wait)})


async def _broken(fault: Fault) -> web.Response:
    if fault.hang:
        await asyncio.sleep(fault.hang)
    if fault.error == "ratelimited":
        return ratelimited(fault.retry_after)
    if fault.error:
        return respond({"ok": False, "error": fault.error})
    return web.Response(status=fault.status or 500, text="upstream failure", content_type="text/html")


async def arguments_of(request: web.Request) -> Json:
    """Query and body together, as Slack reads them."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        text = await request.text()
        try:
            body = json.loads(text or "{}")
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(body, dict):
            raise SlackError("json_not_object")
        arguments |= cast("Json", body)
    elif request.can_read_body:
        arguments |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    return arguments


def _credentials(request: web.Request, arguments: Json) -> tuple[str, Json]:
    """The token, and the app's own credentials where it sends those as user and password."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return value.strip(), {}
        case "basic":
            try:
                name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
            except (binascii.Error, UnicodeDecodeError):
                raise SlackError("invalid_auth") from None
            return str(arguments.get("token") or ""), {"client_id": name, "client_secret": secret}
        case _:
            return str(arguments.get("token") or ""), {}
