"""A gateway as Amazon Bedrock AgentCore's: a real MCP server over HTTP, whose tools are `target___tool` and do what the test says.

It asks for tokens or signatures, and does to its next calls what `faults` says.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent

from bot.api import server as web
from services.gateway import names
from tests.standins.signatures import Signatures
from tests.standins.tokens import Tokens

Tool = Callable[[dict[str, Any]], Awaitable[object]]
"""Does a tool's work: its arguments in, what a Lambda would return out. It may raise."""


class Fault(Enum):
    """What happens to the next call of a tool, before or instead of what the tool does."""

    UNAVAILABLE = 503
    FAILED = 500
    THROTTLED = 429
    FORBIDDEN = 403
    HANG = "no answer ever"
    HALF = "the tool works, and half of the answer arrives"
    HALF_STREAM = "the tool works, and its stream of events ends before the answer"
    NOT_JSON = "an answer that is no JSON"
    WRONG_SHAPE = "JSON that means nothing"
    TOOL_ERROR = "the tool says that it failed"
    UNKNOWN_TOOL = "no tool of that name"


_HTTP = {Fault.UNAVAILABLE, Fault.FAILED, Fault.THROTTLED, Fault.FORBIDDEN}


@dataclass
class GatewayStandIn:
    """What was asked of it, and what it shall do. `calls` are those that got as far as a tool's name, by name and arguments."""

    tools: dict[str, Tool]
    auth: Tokens | Signatures | None = None
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    url: str = ""
    pause: float = 60.0
    older: bool = False
    """Speaks only the protocol's versions that begin with `initialize`, as gateways of 2025 do."""

    @property
    def token_url(self) -> str:
        return self.url.replace("/mcp", "/oauth2/token")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """ASGI: who is not known is turned away, and faults happen, before the MCP server sees anything."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body, headers = await _body(receive), {k.decode(): v.decode() for k, v in scope["headers"]}
        if scope["path"] == "/oauth2/token" and isinstance(self.auth, Tokens):
            status, answer = self.auth.grant(headers.get("authorization", ""), body)
            await _answer(send, status, json.dumps(answer).encode())
            return
        if objection := self._objection(scope, headers, body):
            self.refused.append(objection)
            await _answer(send, 401, b'{"message": "Unauthorized"}')
            return
        asked = json.loads(body) if body else {}
        if self.older and asked.get("method") == "server/discover":
            error = {"code": -32601, "message": "Method not found"}
            await _answer(
                send, 400, json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode()
            )
            return
        if asked.get("method") == "tools/call":
            params = asked["params"]
            self.calls.append((params["name"], params.get("arguments") or {}))
            if self.faults and await self._hit(self.faults.pop(0), asked, send):
                return
        await self._app(scope, _again(body, receive), send)

    def __post_init__(self) -> None:
        self._forced: Fault | None = None
        self._app: Any = _server(self).streamable_http_app(
            stateless_http=True, max_request_body_size=64 * 1024**2
        )

    async def do(self, tool: str, arguments: dict[str, Any]) -> CallToolResult:
        forced, self._forced = self._forced, None
        if forced is Fault.TOOL_ERROR:
            raise ToolError("An internal error occurred. Please retry later.")
        if forced is Fault.NOT_JSON:
            return _said("maybe")
        if forced is Fault.WRONG_SHAPE:
            return _said('{"answer": 42}')
        return _said(json.dumps(await self.tools[tool](arguments)))

    def _objection(self, scope: Any, headers: dict[str, str], body: bytes) -> str:
        match self.auth:
            case None:
                return ""
            case Tokens():
                return self.auth.objection(headers.get("authorization", ""))
            case Signatures():
                url = f"http://{headers['host']}{scope['path']}"
                return self.auth.objection(scope["method"], url, headers, body)

    async def _hit(self, fault: Fault, asked: dict[str, Any], send: Any) -> bool:
        """Whether the fault has taken the place of the answer."""
        if fault in _HTTP:
            await _answer(send, int(fault.value), b'{"message": "' + fault.name.encode() + b'"}')
        elif fault is Fault.HANG:
            await asyncio.sleep(self.pause)
        elif fault in {Fault.HALF, Fault.HALF_STREAM}:
            await self.tools[asked["params"]["name"]](asked["params"].get("arguments") or {})
            await _half(send, asked["id"], stream=fault is Fault.HALF_STREAM)
        elif fault is Fault.UNKNOWN_TOOL:
            error = {"code": -32602, "message": "Unknown tool"}
            await _answer(
                send, 200, json.dumps({"jsonrpc": "2.0", "id": asked["id"], "error": error}).encode()
            )
        else:
            self._forced = fault
            return False
        return True


@asynccontextmanager
async def serving(
    *, validation: Tool | None = None, snippets: Tool | None = None, auth: Tokens | Signatures | None = None
) -> AsyncGenerator[GatewayStandIn]:
    """The gateway on a port of loopback, with the tools that are given."""
    given = {names.VALIDATION: validation, names.SNIPPETS: snippets}
    gateway = GatewayStandIn({name: tool for name, tool in given.items() if tool}, auth)
    async with web.serving(gateway, 0, lifespan=True) as port:
        gateway.url = f"http://127.0.0.1:{port}/mcp"
        yield gateway


def _server(gateway: GatewayStandIn) -> MCPServer[None]:
    server: MCPServer[None] = MCPServer("gateway", log_level="ERROR")
    if names.VALIDATION in gateway.tools:

        @server.tool(name=names.VALIDATION)
        async def validate(code: str, ray_cluster_ip: str = "") -> CallToolResult:
            return await gateway.do(names.VALIDATION, {"code": code, "ray_cluster_ip": ray_cluster_ip})

    if names.SNIPPETS in gateway.tools:

        @server.tool(name=names.SNIPPETS)
        async def run(code: str, timeout: float = 30) -> CallToolResult:
            return await gateway.do(names.SNIPPETS, {"code": code, "timeout": timeout})

    return server


def _said(text: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)])


async def _body(receive: Any) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes, receive: Any) -> Any:
    """The body once more, and then what really comes, such as that the caller has gone."""
    waiting = [{"type": "http.request", "body": body}]

    async def read() -> Any:
        return waiting.pop() if waiting else await receive()

    return read


async def _answer(send: Any, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _half(send: Any, asked: object, *, stream: bool) -> None:
    """The beginning of an answer, after which the connection is closed."""
    if stream:
        headers, part = [(b"content-type", b"text/event-stream")], b": working\n\nevent: message\ndata: {"
    else:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4000")]
        part = json.dumps({"jsonrpc": "2.0", "id": asked}).encode()[:-1]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": part, "more_body": True})
