"""The programs of `docs/real-programs.md`, each through policy and validation as a request would go."""

from __future__ import annotations

import os
import re
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from services.domain.values import InputFile, Verdict
from services.policy import Policy
from services.validation.examine import examine
from services.validation.interface import ValidationLease
from services.validation.pool import PoolSettings, open_validator
from tests.integration.real_programs.table import HERE, TABLE, RealProgram

PAGE = Path(__file__).parents[3] / "docs" / "real-programs.md"
ALL = os.environ.get("REAL_PROGRAMS") == "all"
LONG = pytest.mark.skipif(not ALL, reason="takes long, or installs large packages; REAL_PROGRAMS=all runs it")
ROW = re.compile(r"\| `(?P<name>[^`]+)` \|[^|]*\| (?P<verdict>[a-z ]+) \|", re.ASCII)


def _files() -> list[InputFile]:
    """What is beside the programs: data for some, and the modules of one."""
    modules = [path for path in (HERE / "multi_file").rglob("*.py") if path.name != "main.py"]
    found = [InputFile(str(path.relative_to(HERE / "multi_file")), path.read_bytes()) for path in modules]
    return [*found, *(InputFile(name, (HERE / name).read_bytes()) for name in ("sales.csv", "config.yaml"))]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sealed() -> AsyncGenerator[ValidationLease]:
    async with open_validator(PoolSettings(size=0)) as validator, validator.lease(inputs=_files()) as lease:
        yield lease


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "program",
    [pytest.param(each, id=each.name, marks=[LONG] if each.long or each.packages else []) for each in TABLE],
)
async def test_it_ends_as_the_table_says(program: RealProgram, sealed: ValidationLease):
    async def lease() -> ValidationLease:
        return sealed

    code = (HERE / program.file).read_text(encoding="utf-8")
    examined = await examine(code, Policy().check, lease, _files(), program.given)
    outcome = examined.outcome
    assert outcome.verdict is program.verdict, outcome
    assert program.output in f"{outcome.stdout}\n{outcome.value}\n{outcome.table}", outcome
    if outcome.verdict is not Verdict.PASSED:
        assert outcome.detail or outcome.failure, "a verdict without a reason"


def test_the_page_has_every_program_with_its_verdict():
    rows = {row["name"]: row["verdict"] for row in ROW.finditer(PAGE.read_text(encoding="utf-8"))}
    assert rows == {each.name: each.verdict.replace("_", " ") for each in TABLE}


def test_most_can_be_approved():
    approvable = [each for each in TABLE if each.verdict in {Verdict.PASSED, Verdict.PARTIAL}]
    assert len(TABLE) >= 40
    assert len(approvable) >= 34
