"""What makes its own handling fail, stand still or end the process is put aside; everything else goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.poisoned import OTHERS, POISON

_PUT_ASIDE = "raygen crashed several times while working on this"


@pytest.mark.parametrize(
    ("how", "where", "lives", "said", "concluded"),
    [
        ("fail", "work", 1, "Something went wrong", 1),
        ("die", "work", 4, _PUT_ASIDE, 1),
        ("hang", "work", 4, _PUT_ASIDE, 1),
        # Telling is what can't be done: it is over all the same.
        ("die", "conclude", 6, _PUT_ASIDE, 0),
    ],
)
def test_it_is_put_aside(tmp_path: Path, how: str, where: str, *, lives: int, said: str, concluded: int):
    ended = next(done for done in _lives(tmp_path, how, where, most=lives) if done.returncode == 0)
    found = json.loads(ended.stdout.splitlines()[-1])
    reported: list[str] = found["reported"]
    status, summary = found["tasks"][POISON]
    assert status == "failed"
    assert said in summary
    assert reported.count(f"{POISON} failed -") == concluded, reported
    assert {found["tasks"][other][0] for other in OTHERS} == {"answered"}


def _lives(folder: Path, how: str, where: str, *, most: int) -> Iterator[subprocess.CompletedProcess[str]]:
    """One process after another, until one ends in order; no more than `most`."""
    for _ in range(most):
        done = subprocess.run(
            [sys.executable, "-m", "tests.integration.poisoned", str(folder), how, where],
            capture_output=True,
            check=False,
            text=True,
            timeout=200,
        )
        assert done.returncode in {0, 1, 9}, done.stderr[-3000:]
        yield done
    raise AssertionError(f"{most} processes, and it still ends them")
