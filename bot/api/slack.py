"""Slack's HTTP mode: events, commands and buttons at one address, each signed by Slack."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.app.async_app import AsyncApp
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from bot.api.wire import BODY_LIMIT
from bot.deploy.manifest import EVENTS as PATH

_FRESH = 300
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}", re.ASCII)


class SlackEvents:
    """An ASGI application that hands to Bolt what Slack has signed; everything else gets 401 and nothing more.

    Of what can't be signed by Slack, by its headers, no body is read; Slack sends none of more than `limit` bytes.
    """

    def __init__(self, app: AsyncApp, secret: str, limit: int = BODY_LIMIT) -> None:
        self._bolt = AsyncSlackRequestHandler(app, path=PATH)
        self._secret = secret
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await self._body(request)
        if body is None or not genuine(self._secret, request.headers, body, time.time()):
            await Response(status_code=401)(scope, receive, send)
            return

        async def replay() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._bolt(dict(scope), replay, send)

    async def _body(self, request: Request) -> bytes | None:
        """None where it is not worth reading."""
        declared = request.headers.get("content-length", "")
        too_large = declared.isdecimal() and int(declared) > self._limit
        if too_large or not plausible(request.headers, time.time()):
            return None
        body = bytearray()
        try:
            async for chunk in request.stream():
                body += chunk
                if len(body) > self._limit:
                    return None
        except ClientDisconnect:
            return None
        return bytes(body)


def routes(app: AsyncApp, secret: str) -> list[Route]:
    """What Slack tells, and where workspaces install raygen the pages for that."""
    found = [Route(PATH, SlackEvents(app, secret), methods=["POST"])]
    if (flow := app.oauth_flow) is not None:
        pages = AsyncSlackRequestHandler(app, path=PATH)
        found += [Route(path, pages, methods=["GET"]) for path in (flow.install_path, flow.redirect_uri_path)]
    return found


def plausible(headers: Headers, now: float) -> bool:
    """Whether Slack may have sent this by what its headers say: a stamp of the last five minutes, and the form of a signature."""
    stamp, signature = headers.get("x-slack-request-timestamp", ""), headers.get("x-slack-signature", "")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 16) or abs(now - int(stamp)) > _FRESH:
        return False
    return _SIGNATURE.fullmatch(signature) is not None


def genuine(secret: str, headers: Headers, body: bytes, now: float) -> bool:
    """Whether Slack has sent this, within the last five minutes (`now` in POSIX seconds)."""
    if not plausible(headers, now):
        return False
    stamp, signature = headers["x-slack-request-timestamp"], headers["x-slack-signature"]
    signed = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={signed}".encode(), signature.encode())
