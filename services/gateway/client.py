"""Calls of tools over streamable HTTP: each in a connection of its own, sent once, with one error for each thing that can go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, cast

import httpx2
import mcp_types as types
from mcp import Client, MCPError
from mcp.client.streamable_http import streamable_http_client
from pydantic import ValidationError

from services.domain.errors import RaygenError
from services.domain.untrusted_data import from_json
from services.gateway.errors import (
    GatewayAnswer,
    GatewayBroken,
    GatewayBusy,
    GatewayDenied,
    GatewayError,
    GatewayInterrupted,
    GatewayTimeout,
    GatewayUnreachable,
    ToolFailed,
    ToolMissing,
)
from services.text.formatting import human_seconds

_CONNECT = 10.0
_PAUSE = 0.3
_EVENT = 32 * 1024**2
_SAID = 400
_PAGES = 50


class Gateway:
    """An MCP server at `url`, which may be an AgentCore Gateway with its tools named `target___tool`.

    A call is sent a second time only when no connection came about, or the gateway did not know the caller.
    """

    def __init__(self, url: str, auth: httpx2.Auth | None = None) -> None:
        self.url = url
        self._auth = auth
        # It takes longer to make than a call takes, so calls share it.
        self._tls = httpx2.create_ssl_context()

    async def call(self, tool: str, arguments: Mapping[str, object], *, limit: float) -> object:
        """What the tool answers, as JSON's values. Raises GatewayError, at the latest after `limit` seconds."""
        async with _plain_errors(limit), self._connected(limit) as client:
            # By the session: the client's own method asks for output schemas and sends again on its own account.
            result = await client.session.send_request(
                types.CallToolRequest(
                    params=types.CallToolRequestParams(name=tool, arguments=dict(arguments))
                ),
                types.CallToolResult,
            )
        return _content(tool, result)

    async def tools(self, *, limit: float = 15.0) -> frozenset[str]:
        """The names of the tools that are offered. Raises GatewayError."""
        names: set[str] = set()
        async with _plain_errors(limit), self._connected(limit) as client:
            cursor: str | None = None
            for _ in range(_PAGES):  # a list without an end is none
                page = await client.list_tools(cursor=cursor, cache_mode="bypass")
                names.update(tool.name for tool in page.tools)
                cursor = page.next_cursor
                if not cursor:
                    break
        return frozenset(names)

    async def check(self, tool: str) -> None:
        """Raises GatewayError when `tool` can't be called, without calling it."""
        offered = await self.tools()
        if tool not in offered:
            others = ", ".join(sorted(offered)[:10]) or "no tools"
            raise ToolMissing(f"The MCP gateway has no tool {tool}; it offers {others}.")

    @asynccontextmanager
    async def _connected(self, limit: float) -> AsyncGenerator[Client]:
        timeout = httpx2.Timeout(limit, connect=min(_CONNECT, limit))
        http = _Http(auth=self._auth, timeout=timeout, verify=self._tls)
        async with http:
            transport = streamable_http_client(self.url, http_client=http, max_sse_event_size=_EVENT)
            async with Client(transport, cache=None) as client:
                yield client


class _Http(httpx2.AsyncClient):
    """Records what mcp doesn't pass on: the status of a failed response."""

    async def send(self, request: httpx2.Request, **how: Any) -> httpx2.Response:  # pyright: ignore[reportIncompatibleMethodOverride]
        try:
            response = await super().send(request, **how)
        except httpx2.ConnectError:
            await asyncio.sleep(_PAUSE)
            response = await super().send(request, **how)
        if request.method == "POST" and (error := _judged(response.status_code)):
            await response.aclose()
            raise error
        return response


def _judged(status: int) -> GatewayError | None:
    match status:
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return GatewayDenied()
        case HTTPStatus.TOO_MANY_REQUESTS:
            return GatewayBusy()
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return GatewayBroken()
        case _:
            return None


@asynccontextmanager
async def _plain_errors(limit: float) -> AsyncGenerator[None]:
    """Raises one GatewayError for whatever mcp and the network raise, in groups and alone."""
    try:
        async with asyncio.timeout(limit):
            yield
    except TimeoutError:
        raise _timeout(limit) from None
    except Exception as error:
        leaves = list(_leaves(error))
        raised = [found for leaf in leaves if (found := _translated(leaf, limit)) is not None]
        if len(raised) < len(leaves):
            raise
        raise raised[0] from error


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for each in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _leaves(each)
    else:
        yield error


def _translated(error: BaseException, limit: float) -> RaygenError | None:
    if isinstance(error, RaygenError):
        return error
    if isinstance(error, MCPError):
        return _refused(error)
    for kinds, make in _MEANINGS:
        if isinstance(error, kinds):
            return make()
    return _timeout(limit) if isinstance(error, httpx2.TimeoutException) else None


_MEANINGS: tuple[tuple[tuple[type[Exception], ...], type[GatewayError]], ...] = (
    (
        (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.InvalidURL, httpx2.UnsupportedProtocol),
        GatewayUnreachable,
    ),
    (
        (httpx2.NetworkError, httpx2.ProtocolError, httpx2.ProxyError, httpx2.DecodingError),
        GatewayInterrupted,
    ),
    ((ValidationError, RuntimeError), GatewayAnswer),
)


def _refused(error: MCPError) -> GatewayError:
    match error.code:
        case types.CONNECTION_CLOSED:
            return GatewayInterrupted()
        case types.REQUEST_TIMEOUT:
            return GatewayTimeout()
        case types.PARSE_ERROR:
            return GatewayAnswer()
        case types.METHOD_NOT_FOUND:
            return GatewayUnreachable(
                "There is no MCP gateway at the configured address. `raygen doctor` shows it."
            )
        case types.INVALID_PARAMS:
            return ToolMissing()
        case _:
            return GatewayError(f"The MCP gateway rejected the request: {_short(error.message)}")


def _timeout(limit: float) -> GatewayTimeout:
    return GatewayTimeout(
        f"The MCP gateway did not answer within {human_seconds(limit)}. The call may still be running there."
    )


def _content(tool: str, result: types.CallToolResult) -> object:
    """The structured answer, or what the text holds as JSON; a Lambda behind AgentCore answers by text."""
    text = "\n".join(block.text for block in result.content if isinstance(block, types.TextContent))
    if result.is_error:
        why = _short(text.removeprefix(f"Error executing tool {tool}: ")) or "it gave no reason."
        raise ToolFailed(f"The tool behind the MCP gateway failed: {why}")
    structured: object = result.structured_content
    if isinstance(structured, dict):
        return cast("object", structured)
    try:
        return from_json(text)
    except ValueError:
        raise GatewayAnswer from None


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SAID else f"{line[:_SAID]}…"
