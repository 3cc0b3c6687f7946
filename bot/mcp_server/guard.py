"""What a request over HTTP must be before mcp sees it: from this machine where there are no tokens, and a JSON-RPC message."""

from __future__ import annotations

from http import HTTPStatus

from mcp_types import INVALID_REQUEST
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api import same_machine
from bot.mcp_server import envelope
from bot.mcp_server.tokens import Holders


class Guard:
    """ASGI middleware. With `holders` their tokens decide, which mcp asks for; without, only this machine is served."""

    def __init__(self, app: ASGIApp, holders: Holders | None) -> None:
        self._app = app
        self._holders = holders

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif self._holders is None and not same_machine.is_local(scope):
            refused = envelope.Refused(INVALID_REQUEST, same_machine.REFUSAL)
            await _answer(refused, HTTPStatus.FORBIDDEN)(scope, receive, send)
        elif _is_message(scope) and (self._holders is None or self._holders.admit(Headers(scope=scope))):
            await self._checked(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body = await _body(receive)
        except envelope.Refused as refused:
            await _answer(refused, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)(scope, receive, send)
            return
        if body is None:
            return
        try:
            envelope.read(body)
        except envelope.Refused as refused:
            await _answer(refused, HTTPStatus.BAD_REQUEST)(scope, receive, send)
            return
        again: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return again.pop() if again else await receive()

        await self._app(scope, replayed, send)


def _is_message(scope: Scope) -> bool:
    """Mcp itself refuses what is not declared as JSON."""
    kind = Headers(scope=scope).get("content-type", "")
    return scope["method"] == "POST" and kind.lower().startswith("application/json")


async def _body(receive: Receive) -> bytes | None:
    """None where the client has disconnected. Raises Refused for one that is too large."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > envelope.LIMIT:
            raise envelope.too_large(bytes(body[:1000]))
        if not message.get("more_body", False):
            return bytes(body)


def _answer(refused: envelope.Refused, status: HTTPStatus) -> Response:
    content = refused.answer.model_dump_json(by_alias=True, exclude_unset=True)
    return Response(content, status, media_type="application/json")
