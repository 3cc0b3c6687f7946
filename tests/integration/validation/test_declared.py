"""What a program's header declares holds in the seal: its parameters as options, and more time than a validation has."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from services.domain.parameters import Given
from services.domain.values import Outcome, Verdict
from services.policy import Policy
from services.validation.examine import examine
from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.pool import PoolSettings, open_validator

HEADER = """# /// script
# [tool.raygen.parameters]
# rows = { default = 1_000_000, validation = -3 }
# rate = { default = 0.5 }
# name = { default = "two words --x='y'" }
# quick = { default = false }
# checked = { default = true }
# ///
"""
ARGPARSE = """
import argparse
parser = argparse.ArgumentParser()
parser.add_argument("--rows", type=int)
parser.add_argument("--rate", type=float)
parser.add_argument("--name")
parser.add_argument("--quick", action="store_true")
parser.add_argument("--checked", action=argparse.BooleanOptionalAction, default=True)
parser.add_argument("rest", nargs="*")
print(vars(parser.parse_args()))
"""
CLICK = """
import click

@click.command()
@click.option("--rows", type=int)
@click.option("--rate", type=float)
@click.option("--name")
@click.option("--quick", is_flag=True)
@click.option("--checked/--no-checked", default=True)
@click.argument("rest", nargs=-1)
def main(**found):
    print({**found, "rest": list(found["rest"])})

main(standalone_mode=False)
"""
CHOSEN = Given(values={"rate": -2.0, "quick": True, "checked": False}, arguments=("a b", "$HOME"))
SEEN = {
    "rows": -3,
    "rate": -2.0,
    "name": "two words --x='y'",
    "quick": True,
    "checked": False,
    "rest": ["a b", "$HOME"],
}
WALL = "# /// script\n# [tool.raygen]\n# wall = 600\n# ///\n"
COUNTS = "import time\nfor n in range(600):\n    print(n, flush=True)\n    time.sleep(0.2)\n"
SLEEPS = "import time\ntime.sleep(600)\n"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sealed() -> AsyncGenerator[ValidationLease]:
    settings = PoolSettings(size=0, limits=ValidationLimits(wall=6))
    async with open_validator(settings) as validator, validator.lease() as lease:
        yield lease


async def ended(code: str, lease: ValidationLease, given: Given) -> Outcome:
    async def leased() -> ValidationLease:
        return lease

    return (await examine(code, Policy().check, leased, (), given)).outcome


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("code", [ARGPARSE, CLICK], ids=["argparse", "click"])
async def test_parameters_are_ordinary_options(code: str, sealed: ValidationLease):
    outcome = await ended(HEADER + code, sealed, CHOSEN)
    assert outcome.stdout.strip() == str(SEEN), outcome


@pytest.mark.asyncio(loop_scope="module")
async def test_a_program_that_needs_longer_is_partial_only_while_it_makes_progress(sealed: ValidationLease):
    partial = await ended(WALL + COUNTS, sealed, Given())
    assert partial.verdict is Verdict.PARTIAL, partial
    assert "expects 10 min" in partial.unproven[0]
    assert partial.stdout.startswith("0\n1\n2\n")
    undeclared, idle = await ended(COUNTS, sealed, Given()), await ended(WALL + SLEEPS, sealed, Given())
    assert (undeclared.verdict, idle.verdict) == (Verdict.TIMED_OUT, Verdict.TIMED_OUT)
    assert "declare it in the program's header" in (undeclared.detail or "")
