"""Whatever a client sends is answered, and the server goes on: raw lines to the real process, raw bodies over HTTP."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.api.server import serving
from bot.mcp_server import command, envelope
from bot.mcp_server.tools import Hands, server
from services.usecases.submissions import Submissions
from tests.unit.mcp_server.test_server import Proposals, Snippets, examine

WITHIN = 60.0
HELLO: dict[str, Any] = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}
SERVER = """
import asyncio, sys
from bot.mcp_server.tools import Hands, server
from tests.unit.mcp_server.test_server import Proposals, Snippets, examine
asyncio.run(server(Hands(examine, Snippets(), Proposals())).run_stdio_async())
"""

NOTHING: dict[str, Any] = {}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
METHODS = st.sampled_from(
    [
        "ping",
        "tools/call",
        "tools/list",
        "initialize",
        "resources/read",
        "prompts/get",
        "completion/complete",
        "x",
        "",
        "notifications/cancelled",
        "notifications/progress",
        "logging/setLevel",
        "resources/subscribe",
    ]
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.sampled_from(["2.0", "1.0", 2.0, None]),
        "method": METHODS | VALUES,
        "params": st.dictionaries(
            st.sampled_from(["name", "arguments", "_meta", "uri", "requestId"]), VALUES, max_size=3
        )
        | VALUES,
        "result": VALUES,
        "error": VALUES,
    },
)
BYTES = st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b" "))
BROKEN_LINES = [
    b"{",
    b"not json",
    b"null",
    b"[]",
    b"5",
    b'"x"',
    b"[" * 100_000,
    b'{"a":' * 300 + b"1" + b"}" * 300,
    b'{"jsonrpc": "2.0", "method": "x\x00y"}',
    b'{"jsonrpc": "2.0", "method": "\\ud800"}',
    b'{"jsonrpc": "2.0", "method": "\xff\xfe"}',
    b'\xef\xbb\xbf{"jsonrpc": "2.0", "method": "ping"}',
    b"9" * 5000,
    b"x" * (envelope.LIMIT + 3),
    b'[{"jsonrpc": "2.0", "id": 1, "method": "ping"}]',
]
BROKEN = st.sampled_from(BROKEN_LINES)


class Wire:
    """One client of the real server process, which matches answers by their IDs."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.number = 0

    async def send(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        await self.process.stdin.drain()

    async def answers_before(self, last: object) -> list[dict[str, Any]]:
        """All that comes until what has this ID, which is part of it."""
        assert self.process.stdout is not None
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(WITHIN):
            while not found or found[-1].get("id") != last:
                line = await self.process.stdout.readline()
                assert line, "the server has ended"
                found.append(json.loads(line))
        return found

    async def after(self, line: bytes) -> list[dict[str, Any]]:
        """What is answered to a line: all that comes before the answer to a ping that follows it."""
        self.number += 1
        ping = f"ping {self.number}"
        await self.send(line)
        await self.send(json.dumps({"jsonrpc": "2.0", "id": ping, "method": "ping"}).encode())
        return (await self.answers_before(ping))[:-1]

    async def answer(self, line: bytes, request: object) -> dict[str, Any]:
        """The answer with this ID."""
        await self.send(line)
        return (await self.answers_before(request))[-1]


async def _started() -> AsyncGenerator[Wire]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SERVER),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "PYTHONPATH": "."},
        limit=2**24,
    )
    wire = Wire(process)
    asked = {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": HELLO}
    assert "result" in await wire.answer(json.dumps(asked).encode(), 0)
    await wire.send(b'{"jsonrpc": "2.0", "method": "notifications/initialized"}')
    try:
        yield wire
        assert process.returncode is None, "it goes on"
        assert process.stdin is not None
        process.stdin.close()
        async with asyncio.timeout(WITHIN):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


pytestmark = pytest.mark.asyncio(loop_scope="module")
wire = pytest_asyncio.fixture(scope="module", loop_scope="module")(_started)


def kind(message: Any) -> str:
    """What JSON-RPC takes it for: `request`, `quiet` for a notification or a response, empty for none of them."""
    if not isinstance(message, dict):
        return ""
    found = cast("dict[str, Any]", message)
    if found.get("jsonrpc") != "2.0":
        return ""
    known = type(found.get("id")) in {int, str}
    called = isinstance(found.get("method"), str) and isinstance(found.get("params") or {}, dict)
    if called and found.get("params") in (False, 0, "", []):
        called = found.get("params") is None
    if called and known:
        return "request"
    if called and "id" not in found:
        return "quiet"
    return "quiet" if known and isinstance(found.get("result"), dict) else ""


IDS = (
    st.none()
    | st.integers()
    | st.text(max_size=8)
    | st.floats()
    | st.booleans()
    | st.lists(st.integers(), max_size=2)
)


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from([NOTHING, {"jsonrpc": "2.0", "method": "ping"}]),
    MEMBERS,
    st.just(NOTHING) | st.fixed_dictionaries({"id": IDS}),
)
async def test_each_message_is_answered_or_needs_no_answer(
    wire: Wire, usual: dict[str, Any], members: dict[str, Any], identified: dict[str, Any]
) -> None:
    message = {**usual, **members, **identified}
    if "error" in message and "method" not in message:
        return
    line = json.dumps(message, ensure_ascii=False).encode()
    match kind(message):
        case "request":
            answer = await wire.answer(line, message["id"])
            assert ("result" in answer) != ("error" in answer)
            assert "pydantic" not in json.dumps(answer)
        case "quiet":
            assert [each for each in await wire.after(line) if "id" in each] == []
        case _:
            (answer,) = await wire.after(line)
            assert answer["error"]["code"] == -32600
            assert answer["id"] == (message.get("id") if type(message.get("id")) in {int, str} else None)


@settings(max_examples=60, deadline=None)
@given(BYTES | BROKEN)
async def test_each_line_that_is_no_message_is_answered(wire: Wire, line: bytes) -> None:
    answers = await wire.after(line)
    if not line.strip():
        assert answers == []
        return
    assert [answer["error"]["code"] in {-32700, -32600} for answer in answers] == [True]


@pytest.mark.parametrize("line", BROKEN_LINES)
async def test_each_broken_line_is_answered(wire: Wire, line: bytes) -> None:
    (answer,) = await wire.after(line)
    assert answer["error"]["code"] in {-32700, -32600}
    assert answer["id"] is None


@pytest.mark.parametrize(
    "params",
    [
        '{"a": "\\ud800"}',
        '{"a": "\x00"}',
        '{"a": ' + "9" * 5000 + "}",
        '{"a": ' + "[" * 300 + "]" * 300 + "}",
        "[" * 100_000,
        '{"a": "' + "x" * envelope.LIMIT + '"}',
    ],
)
async def test_a_request_that_can_not_be_read_is_answered_by_its_id(wire: Wire, params: str) -> None:
    line = f'{{"jsonrpc": "2.0", "id": 77, "method": "tools/call", "params": {params}}}'
    (answer,) = await wire.after(line.encode())
    assert answer["id"] == 77
    assert answer["error"]["code"] in {-32700, -32600}


async def test_a_carriage_return_within_a_message_does_not_end_it(wire: Wire) -> None:
    assert "result" in await wire.answer(b'{"jsonrpc": "2.0",\r"id": 5,\r\t"method": "ping"}\r', 5)


ARGUMENTS: list[tuple[str, dict[str, Any], str]] = [
    ("run_python", {"code": "1", "timeout": 10**6}, "timeout must be at most 120."),
    ("run_python", {"code": "1", "timeout": 10**400}, "timeout is too large."),
    ("run_python", {"code": "1", "timeout": -1}, "timeout must be more than 0."),
    ("run_python", {"code": "1", "timeout": "9" * 5000}, "timeout must be at most 120."),
    ("run_python", {"code": "1", "timeout": "soon"}, "timeout must be a number."),
    ("run_python", {"code": "1", "timeout": None}, "timeout must be a number."),
    ("run_python", {}, "code is missing."),
    ("validate_ray_code", {"code": 5}, "code must be text."),
    ("validate_ray_code", {"code": "1", "ray_cluster_ip": {}}, "ray_cluster_ip must be text."),
    ("propose_run", {"code": "1", "purpose": ["x"]}, "purpose must be text."),
]


@pytest.mark.parametrize(("tool", "arguments", "sentence"), ARGUMENTS)
async def test_wrong_arguments_are_reported_in_a_sentence(
    wire: Wire, tool: str, arguments: dict[str, Any], sentence: str
) -> None:
    called = {
        "jsonrpc": "2.0",
        "id": 6,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }
    result = (await wire.answer(json.dumps(called).encode(), 6))["result"]
    assert result["isError"] is True
    assert result["content"][0]["text"] == f"Error executing tool {tool}: {sentence}"


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["run_python", "validate_ray_code", "propose_run"]),
    st.dictionaries(
        st.sampled_from(["code", "timeout", "purpose", "channel", "ray_cluster_ip"]),
        VALUES | st.integers(-(10**400), 10**400),
    ),
)
async def test_whatever_the_arguments_no_link_of_pydantics_is_reported(
    wire: Wire, tool: str, arguments: dict[str, Any]
) -> None:
    called = {
        "jsonrpc": "2.0",
        "id": 8,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }
    answer = await wire.answer(json.dumps(called).encode(), 8)
    assert "pydantic" not in json.dumps(answer)
    assert "validation error" not in json.dumps(answer)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def url() -> AsyncGenerator[str]:
    made = server(Hands(examine, Snippets(), cast("Submissions", Proposals())))
    async with serving(command.web(made, None), 0, lifespan=True) as port:
        yield f"http://127.0.0.1:{port}/mcp"


@pytest.mark.parametrize("body", [line for line in BROKEN_LINES if len(line) < 2**20])
@pytest.mark.parametrize("version", [None, "2025-06-18", "2026-07-28"])
async def test_each_broken_body_is_answered_over_http(url: str, body: bytes, version: str | None) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    headers |= {"MCP-Protocol-Version": version} if version else {}
    async with httpx2.AsyncClient() as http:
        answer = await http.post(url, content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] in {-32700, -32600}
    assert "pydantic" not in answer.text


async def test_a_body_that_is_too_large_is_answered_over_http(url: str) -> None:
    headers = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
    async with httpx2.AsyncClient() as http:
        answer = await http.post(url, content=b'{"id": 4, "x": "' + b"x" * envelope.LIMIT, headers=headers)
    assert (answer.status_code, answer.json()["id"]) == (413, 4)
