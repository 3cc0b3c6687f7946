"""Snippets that are run behind the gateway."""

from __future__ import annotations

import math

from services.domain.errors import RaygenError
from services.gateway import names
from services.gateway.client import Gateway
from services.gateway.wire import snippet_of
from services.snippets.interface import TIMEOUT, Snippet

# What a connection, and a function that has to start first, may take in addition to the snippet, in seconds.
_GRACE = 20.0


class GatewaySnippets:
    """Implements SnippetRunner by the gateway's tool `run_python`; when the tool can't be had, the snippet's error says so."""

    def __init__(self, gateway: Gateway, tool: str = names.SNIPPETS) -> None:
        self._gateway = gateway
        self._tool = tool

    async def run(self, code: str, *, limit: float = TIMEOUT) -> Snippet:
        asked = {"code": code, "timeout": max(1, math.ceil(limit))}
        try:
            return snippet_of(await self._gateway.call(self._tool, asked, limit=limit + _GRACE))
        except RaygenError as error:
            return Snippet(error=error.public, engine="gateway")
