"""How large a request may be: refused as soon as it is known, in the shape of every other error."""

from __future__ import annotations

from collections.abc import Collection

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api.errors import TOO_LARGE

_STATUS = 413


class BodyLimit:
    """ASGI middleware: bodies of at most `limit` bytes, whether their length is declared or not.

    `others` are paths that refuse what is too large in their own way.
    """

    def __init__(self, app: ASGIApp, limit: int, others: Collection[str] = ()) -> None:
        self._app = app
        self._limit = limit
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._others:
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared) > self._limit:
            await JSONResponse(TOO_LARGE.model_dump(), _STATUS)(scope, receive, send)
            return
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._limit:
                raise HTTPException(_STATUS)
            return message

        await self._app(scope, counted, send)
