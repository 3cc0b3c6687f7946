"""The same answers when the runner is behind a gateway: what a Lambda there would say, said by the embedded runner."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bot.mcp_server.answers import SnippetAnswer
from services.gateway.client import Gateway
from services.gateway.snippets import GatewaySnippets
from services.snippets.interface import OUTPUT, SnippetRunner
from services.snippets.monty import NotForMonty, open_monty
from services.snippets.reading import read
from tests.contract.snippets.test_snippets import PLAIN
from tests.standins.gateway import serving

ERRORS = {
    "1\n1 / 0": "ZeroDivisionError: division by zero (line 2)",
    "def f(:": "SyntaxError: invalid syntax (line 1)",
    "undefined_thing": "NameError: name 'undefined_thing' is not defined (line 1)",
}
_AT_ONCE = asyncio.Semaphore(4)


@pytest.fixture
async def behind() -> AsyncGenerator[SnippetRunner]:
    """Monty alone, which starts no process: what it leaves to the seal is not of interest here."""
    async with open_monty() as monty:

        async def run(arguments: dict[str, Any]) -> object:
            code, limit = arguments["code"], arguments["timeout"]
            parsed = read(code)
            if parsed.error:
                return {"statusCode": 200, "body": {"success": False, "output": "", "errors": parsed.error}}
            try:
                snippet = await monty.run(parsed, limit=limit)
            except NotForMonty:
                return {"statusCode": 501, "body": ""}
            return SnippetAnswer.of(snippet).model_dump(mode="json")

        async with serving(snippets=run) as gateway:
            yield GatewaySnippets(Gateway(gateway.url))


async def test_it_says_what_python_says(behind: SnippetRunner):
    async def one(code: str, value: str | None, output: str) -> bool:
        async with _AT_ONCE:
            snippet = await behind.run(code)
        if snippet.error == "The snippet tool behind the MCP gateway failed.":
            return False
        assert (snippet.error, snippet.value, snippet.output) == (None, value, output), code
        return True

    said = await asyncio.gather(*(one(*case) for case in PLAIN))
    assert sum(said) > len(PLAIN) / 2


@pytest.mark.parametrize("code", ERRORS)
async def test_an_error_is_one_line(behind: SnippetRunner, code: str):
    snippet = await behind.run(code)
    assert (snippet.success, snippet.error) == (False, ERRORS[code])


async def test_what_never_ends_is_ended(behind: SnippetRunner):
    ended = await behind.run("while True: pass", limit=1)
    assert re.fullmatch(r"It was stopped after \d[\d.]* s\.", ended.error or "")


async def test_a_flood_is_cut(behind: SnippetRunner):
    snippet = await behind.run("for _ in range(100_000): print('x' * 100)")
    assert snippet.truncated
    assert len(snippet.output) == OUTPUT
