"""A validated program behaves as under `python program.py` on an ordinary local cluster."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from services.validation.interface import Limits, Validator
from services.validation.pool import PoolSettings, open_validator
from tests.integration.validation.fidelity import reference

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
# Addresses that a validation replaces by its own cluster; an ordinary program has to name its own.
ELSEWHERE = re.compile(r"ray://cluster\.example:10001|10\.20\.30\.40:6379")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[str]:
    # Ray's sockets need short paths.
    async with reference.ordinary_cluster(tmp_path_factory.mktemp("r")) as address:
        yield address


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def validator() -> AsyncGenerator[Validator]:
    async with open_validator(PoolSettings()) as opened:
        yield opened


def test_there_are_enough_programs():
    assert len(PROGRAMS) >= 60


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
async def test_same_output_as_an_ordinary_python(
    path: Path, validator: Validator, cluster: str, tmp_path: Path
):
    code = path.read_text(encoding="utf-8")
    ordinary = ELSEWHERE.sub("auto", code)
    alone = "# alone" in code
    async with validator.lease() as lease:
        (expected, status), outcome = await asyncio.gather(
            reference.run(ordinary, tmp_path / "here", None if alone else cluster),
            lease.validate(code, limits=Limits(wall=60)),
        )
    output = outcome.stdout
    if "# order: any" in code:
        output, expected = (sorted(text.splitlines()) for text in (output, expected))
    if "# lines:" in code:
        output, expected = (
            [line for line in text.splitlines() if line[:1] == ">"] for text in (output, expected)
        )
    assert output == expected, outcome
    assert outcome.exit_code == status, outcome


@pytest.mark.asyncio(loop_scope="module")
async def test_the_value_of_a_last_expression_is_told(validator: Validator):
    async with validator.lease() as lease:
        assert (await lease.validate("x = 40\nx + 2")).value == "42"
        assert (await lease.validate("'only a text'")).value is None
        assert (await lease.validate("print('a')\n")).value is None
