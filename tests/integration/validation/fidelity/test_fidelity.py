"""A validated program behaves as under `python program.py` on an ordinary local cluster."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable
from pathlib import Path

import pytest
import pytest_asyncio

from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.pool import PoolSettings, open_validator
from tests.integration.validation.fidelity.reference import PROGRAMS, Ended, own_lines


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def lease() -> AsyncGenerator[ValidationLease]:
    """One cluster for all of them: each program has a fresh driver, and finds nothing of those before it."""
    async with open_validator(PoolSettings()) as opened, opened.lease() as leased:
        yield leased


def test_there_are_enough_programs():
    assert len(PROGRAMS) >= 60


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
async def test_same_output_as_an_ordinary_python(
    path: Path, lease: ValidationLease, ordinary: dict[Path, Awaitable[Ended]]
):
    code = path.read_text(encoding="utf-8")
    outcome = await lease.validate(code, limits=ValidationLimits(wall=60))
    expected, status = await ordinary[path]
    output, expected = own_lines(path, outcome.stdout), own_lines(path, expected)
    if "# order: any" in code:
        output, expected = (sorted(text.splitlines()) for text in (output, expected))
    assert output == expected, outcome
    assert outcome.exit_code == status, outcome
    # None of them wants the network; what Ray does there itself is not the program's.
    assert not [name for name in outcome.touched.refused if not name.startswith("writing")], outcome


@pytest.mark.asyncio(loop_scope="package")
async def test_the_value_of_a_last_expression_is_reported(lease: ValidationLease):
    assert (await lease.validate("x = 40\nx + 2")).value == "42"
    assert (await lease.validate("'only a text'")).value is None
    assert (await lease.validate("print('a')\n")).value is None


HEAD = "import pandas as pd, ray\ndf = pd.DataFrame({'x': range(3)})\nds = ray.data.from_pandas([df, df])\n"
LIES = """
class Lies:
    __class__ = dict
    def __len__(self):
        return 10**12
    def __iter__(self):
        while True:
            yield "x"
    def __repr__(self):
        raise RuntimeError("no")
    __str__ = __repr__
print("said")
"""


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize(
    ("last", "printed", "rows"),
    [
        ("df", "", 3),
        ("print(df.to_string())", "   x\n0  0\n1  1\n2  2\n", 3),
        ("ds.materialize()", "", 6),
        ("ds.show(2)", "{'x': 0}\n{'x': 1}\n", 2),
        ("ds.take(4)", "", 4),
        (
            "if __name__ == '__main__':\n    (lambda rows: print(rows.to_string()))(df.head(2))\n",
            "   x\n0  0\n1  1\n",
            2,
        ),
    ],
)
async def test_a_table_is_reported_and_what_was_printed_stays(
    lease: ValidationLease, last: str, printed: str, rows: int
):
    outcome = await lease.validate(HEAD + last)
    assert outcome.passed, outcome
    assert outcome.stdout == printed
    assert outcome.table is not None, outcome
    assert (outcome.table.columns, outcome.table.total_rows) == (("x",), rows)
    assert outcome.table.rows == (*(("0",), ("1",), ("2",)), *(("0",), ("1",), ("2",)))[:rows]


@pytest.mark.asyncio(loop_scope="package")
@pytest.mark.parametrize("last", ["Lies()", "[{'a': Lies()}] * 3", "[Lies()]"])
async def test_a_value_that_lies_changes_nothing(lease: ValidationLease, last: str):
    outcome = await lease.validate(LIES + last)
    assert (outcome.passed, outcome.stdout) == (True, "said\n"), outcome
    assert "raised RuntimeError" in (outcome.value or "")


NUMBERS = """
import random, uuid
import numpy as np, ray

def numbers(_):
    return np.random.rand(), random.random(), str(uuid.uuid1()), hash(np.random.bytes(8))

for found in zip(*ray.get([ray.remote(num_cpus=1)(numbers).remote(n) for n in range(2)]), numbers(0)):
    print(*found)
"""


@pytest.mark.asyncio(loop_scope="package")
async def test_no_two_processes_and_no_two_attempts_have_the_same_random_numbers(lease: ValidationLease):
    printed = [(await lease.validate(NUMBERS)).stdout.split() for _ in range(2)]
    numbers = [number for words in printed for number in words]
    assert len(set(numbers)) == len(numbers) == 24
