"""Runs that write far more than anybody reads: a readable thread, and a bot that does not grow with it.

What the bot's memory came to is printed at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager

import psutil
import pytest

from tests.e2e.playground import Playground, flat, literal

pytestmark = pytest.mark.asyncio(loop_scope="session")

# The embedded target's Ray has a token, the seal's has none; a validation's output is limited, so it writes less there.
COUNTED = """
import os, sys
sealed = os.environ.get('RAY_AUTH_MODE') != 'token'
print('the beginning')
"""
FLOODS = {
    "a million lines": ("for n in range(9 if sealed else 1_000_000): print('line', n)", ["line 0\nline 1\n", "line 999999\n"]),
    "a line of 50 MB": ("print('x' * (9 if sealed else 50_000_000))", ["xxxxxxxx"]),
    "no text": ("sys.stdout.buffer.write(b'caf\\xe9 \\xff\\xfe\\n' * (9 if sealed else 1_000_000))", ["caf\ufffd \ufffd\ufffd\n"]),
    "a progress bar": ("for n in range(9 if sealed else 1_000_001): print(f'\\r{n} of 1000000', end='')\nprint()", ["left out …\n1000000 of 1000000\n"]),
}  # fmt: skip
# What is kept of an output is 4 million characters; whatever a program writes beyond that costs nothing.
ROOM = 150_000_000


@pytest.fixture(scope="module")
def grown(request: pytest.FixtureRequest) -> Generator[dict[str, int]]:
    """By how much the bot's memory grew at most, in bytes."""
    grown: dict[str, int] = {}
    yield grown
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        rows = [f"{name:<20}{size / 1e6:>8.0f} MB more memory in the bot" for name, size in grown.items()]
        print("\n".join(["", *rows]))  # noqa: T201  # the point of it


@asynccontextmanager
async def watched(pid: int) -> AsyncGenerator[list[int]]:
    """Bytes of memory that are the process's own, ten times a second."""
    process, seen = psutil.Process(pid), []

    async def watch() -> None:
        while True:
            seen.append(process.memory_full_info().uss)
            await asyncio.sleep(0.1)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


@pytest.mark.parametrize("name", FLOODS)
async def test_a_flood_is_a_readable_result(play: Playground, grown: dict[str, int], name: str):
    flood, pieces = FLOODS[name]
    thread, _ = await play.propose(f"{COUNTED}{flood}\nprint('the end')")
    async with watched(await play.bot_pid()) as memory:
        result = await thread.approve_and_wait()
    grown[name] = max(memory) - memory[0]
    shown = literal(result)
    assert "approved by" in flat(result)
    assert len(shown) < 13_000
    for piece in ("the beginning", *pieces, "the end"):
        assert piece in shown, shown[:3000]
    assert grown[name] < ROOM
