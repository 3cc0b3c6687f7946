"""Foreign programs are read beside the event loop, within bounds."""

from __future__ import annotations

import asyncio

import pytest

from services.domain.parser_process import SHORT, TooComplex, run_isolated
from services.domain.parsing import docstring
from services.domain.untrusted_data import from_json, from_toml
from services.domain.values import Verdict
from services.policy import check
from services.snippets.reading import read
from services.validation.examine import examine
from services.validation.imports import missing
from services.validation.interface import ValidationLease

LONG = '"""What it does."""\n' + "x = 1\n" * (SHORT // 6)


def hang(_: str) -> str:
    while True:
        pass


def hoard(text: str) -> int:
    return len(text.encode() * 2**20)


def die(_: str) -> None:
    raise SystemExit(3)


def refuse(text: str) -> None:
    raise ValueError(text[:4])


@pytest.mark.parametrize("text", ["short", "x" * (SHORT + 1)])
async def test_what_is_made_of_it_comes_back_and_so_does_an_error(text: str):
    assert await run_isolated(len, text) == len(text)
    with pytest.raises(ValueError, match=f"^{text[:4]}$"):
        await run_isolated(refuse, text)


@pytest.mark.parametrize("work", [hang, hoard, die])
async def test_what_takes_too_much_is_ended_and_reported_in_a_sentence(work: object):
    with pytest.raises(TooComplex, match="takes too long to parse"):
        await asyncio.wait_for(run_isolated(work, LONG, seconds=1), 60)  # pyright: ignore[reportArgumentType]


async def test_the_loop_goes_on_while_a_long_program_is_parsed():
    """For this one the parser takes time that is quadratic in its length, and holds the interpreter's lock."""
    code = "x = f'" + "{a}" * 40_000 + "'\n"
    reading = asyncio.create_task(run_isolated(docstring, code))
    ticks = 0
    while not reading.done():
        await asyncio.sleep(0.001)
        ticks += 1
    assert await reading == ""
    assert ticks > 20


async def test_a_program_that_takes_too_long_to_read_is_refused_and_never_runs():
    async def lease() -> ValidationLease:
        raise AssertionError("it must not run")

    examined = await asyncio.wait_for(examine(LONG, die, lease, ()), 60)  # pyright: ignore[reportArgumentType]
    outcome, policy = examined.outcome, examined.policy
    assert outcome.verdict is Verdict.REFUSED_BY_POLICY
    assert "takes too long to parse" in outcome.detail
    assert policy.findings == ()


@pytest.mark.parametrize(
    "code",
    [
        "-" * 3000 + "1",
        "x = " + "lambda: " * 3000 + "1",
        "x = " + "a if b else " * 3000 + "1",
        "if a: pass\n" + "elif a: pass\n" * 3000,
        "x = " + "(" * 3000,
        "x = " + "1" * 10_000,
        "x" + ".y" * 7000,
        "x = '\\ud800'\n" * 100,
        "\0",
        "\ud800",
    ],
)
def test_however_deep_a_program_is_reading_it_raises_nothing(code: str):
    assert isinstance(missing(code), tuple)
    assert isinstance(docstring(code), str)
    assert check(code) is not None
    assert read(code) is not None


def test_imports_come_in_their_order_from_wherever_they_stand():
    code = "import b0\nif x:\n import b1\n def f():\n  import b2\nelse:\n import b3\nimport b4, b5\n"
    assert missing(code) == ("b0", "b1", "b2", "b3", "b4", "b5")


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "1" * 5000, "nul", "", '"\\ud800'])
def test_foreign_json_fails_as_one_kind_of_error(text: str):
    with pytest.raises(ValueError, match=r"."):
        from_json(text)


@pytest.mark.parametrize("text", ["x=" + "[" * 3000, "x=" + "{a=" * 3000, "x=" + "1" * 5000, "x"])
def test_foreign_toml_fails_as_one_kind_of_error(text: str):
    with pytest.raises(ValueError, match=r"."):
        from_toml(text)
