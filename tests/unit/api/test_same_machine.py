"""Without tokens only programs on this machine are served, by the same rule in the HTTP API and in `raygen mcp`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

import httpx2
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.api.application import application
from bot.api.same_machine import is_local
from bot.api.server import serving
from bot.api.service import ApiService
from bot.api.tokens import Holder, Tokens
from bot.mcp_server import command, tokens
from bot.mcp_server.tools import Hands, server
from services.usecases.submissions import Submissions
from tests.unit.mcp_server.test_server import Proposals, Snippets, examine

pytestmark = pytest.mark.asyncio(loop_scope="module")
TOKEN = "t0ken-of-an-engineer"
FORWARDED = [
    "Forwarded",
    "X-Forwarded",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Server",
    "Via",
    "X-Real-IP",
    "X-Client-IP",
    "X-Cluster-Client-IP",
    "X-Original-URL",
    "X-Original-Host",
    "X-Original-Forwarded-For",
    "X-Rewrite-URL",
    "X-Host",
    "True-Client-IP",
    "CF-Connecting-IP",
    "CF-Connecting-IPv6",
    "Fastly-Client-IP",
    "Fly-Client-IP",
    "Client-IP",
    "X-Remote-Addr",
    "X_Forwarded_For",
    "X-Envoy-External-Address",
]

# What a request says besides, where `PORT` stands for the server's own.
REFUSED: list[list[tuple[str, str]]] = [
    *(
        [("Host", host)]
        for host in ("evil.example", "evil.example:PORT", "localhost.evil.example", "169.254.169.254")
    ),
    *(
        [("Host", host)]
        for host in ("127.0.0.1.nip.io:PORT", "x@localhost:PORT", "localhost:x", "localhost,evil", "", "[::1")
    ),
    *([("Host", host)] for host in ("0.0.0.0:PORT", "10.0.0.1", "[::]:PORT", "localhost.:PORT")),
    *(
        [("Origin", origin)]
        for origin in ("http://localhost:9999", "http://127.0.0.1:9999", "http://evil.example", "null")
    ),
    *(
        [("Origin", origin)]
        for origin in ("https://127.0.0.1:PORT", "http://localhost:PORT", "file://", "http://[", "")
    ),
    *(
        [("Origin", origin)]
        for origin in ("http://127.0.0.1", "http://127.0.0.1:PORT.evil.example", "chrome-extension://x")
    ),
    [("Origin", "http://127.0.0.1:PORT"), ("Origin", "http://evil.example")],
    *([("Sec-Fetch-Site", site)] for site in ("cross-site", "same-site")),
    *([(name, "203.0.113.7")] for name in FORWARDED),
    *([(name, "127.0.0.1")] for name in FORWARDED),
]
TAKEN: list[list[tuple[str, str]]] = [
    [],
    [("Host", "localhost:PORT")],
    [("Host", "LOCALHOST")],
    [("Host", "127.0.0.1")],
    [("Host", "127.8.9.1:PORT")],
    [("Host", "[::1]:PORT")],
    [("Origin", "http://127.0.0.1:PORT")],
    [("Host", "localhost:PORT"), ("Origin", "http://localhost:PORT")],
    [("Sec-Fetch-Site", "same-origin")],
    [("Sec-Fetch-Site", "none")],
    [("User-Agent", "forwarded"), ("X-Request-ID", "1")],
]


class Status:
    async def status(self, holder: Holder) -> Any:
        return {"targets": []}


class Both:
    """The API and the MCP server, and how each answers a request with these headers."""

    def __init__(self, api: int, mcp: int) -> None:
        self._api = f"http://127.0.0.1:{api}/ray/status"
        self._mcp = f"http://127.0.0.1:{mcp}/mcp"

    async def refused(self, headers: list[tuple[str, str]]) -> tuple[bool, bool]:
        called = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": HELLO}
        usual = [("Accept", "application/json, text/event-stream")]
        async with httpx2.AsyncClient() as http:
            api = await http.get(self._api, headers=[*usual, *_filled(headers, self._api)])
            mcp = await http.post(self._mcp, json=called, headers=[*usual, *_filled(headers, self._mcp)])
        assert api.status_code in {200, 400, 401}, api.text
        assert mcp.status_code in {200, 400, 401, 403}, mcp.text
        if mcp.status_code == 403:
            assert "this machine" in mcp.json()["error"]["message"]
        return api.status_code != 200, mcp.status_code != 200


HELLO: dict[str, Any] = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


def _filled(headers: list[tuple[str, str]], url: str) -> list[tuple[str, str]]:
    port = url.split(":")[2].split("/", maxsplit=1)[0]
    return [(name, value.replace("PORT", port)) for name, value in headers]


async def _both(known: str) -> AsyncGenerator[Both]:
    readable = Tokens.read(known)
    holders = tokens.Holders(readable) if known else None
    made = server(Hands(examine, Snippets(), cast("Submissions", Proposals())), holders)
    api = application(cast("ApiService", Status()), readable, [])
    async with serving(api, 0) as one, serving(command.web(made, holders), 0, lifespan=True) as other:
        yield Both(one, other)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def both() -> AsyncGenerator[Both]:
    async for each in _both(""):
        yield each


@pytest.mark.parametrize("headers", REFUSED, ids=str)
async def test_what_may_come_from_elsewhere_is_refused_by_both(
    both: Both, headers: list[tuple[str, str]]
) -> None:
    assert await both.refused(headers) == (True, True)


@pytest.mark.parametrize("headers", TAKEN, ids=str)
async def test_what_comes_from_this_machine_is_taken_by_both(
    both: Both, headers: list[tuple[str, str]]
) -> None:
    assert await both.refused(headers) == (False, False)


async def test_with_tokens_a_token_decides_alone() -> None:
    async for each in _both(f"ci={TOKEN}"):
        forwarded = [("X-Forwarded-For", "203.0.113.7"), ("Host", "raygen.example.com")]
        assert await each.refused(forwarded) == (True, True)
        assert await each.refused([*forwarded, ("Authorization", f"Bearer {TOKEN}")]) == (False, False)


TEXTS = st.text(st.characters(max_codepoint=0x7F), max_size=20)


@settings(max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from(["host", "origin", "x-forwarded-for", "sec-fetch-site"]), TEXTS), max_size=4
    )
)
async def test_only_names_of_this_machine_are_local(headers: list[tuple[str, str]]) -> None:
    raw = [(name.encode(), value.encode()) for name, value in headers]
    hosts = [value for name, value in headers if name == "host"]
    if is_local({"type": "http", "headers": raw}):
        assert len(hosts) == 1
        assert hosts[0].lower().startswith(("localhost", "127.", "[::1]", "[0"))
        assert "x-forwarded-for" not in dict(headers)
