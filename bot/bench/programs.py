"""The program that benchmarks run, and how long it says that it took."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.playground.cookbook.sources import source
from services.errors import RaygenError

_EXPECTED = "Result: 3"
_BEFORE = "import time as _time; _began = _time.monotonic()  # {number}\n"
_AFTER = "\nprint('took', _time.monotonic() - _began)\n"


class BenchFailed(RaygenError):
    """What should have been measured did not work, so there are no figures."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A program that prints how many seconds passed between its first line and its last."""

    code: str

    def inside(self, output: str) -> float:
        """What it printed. Raises BenchFailed when it did not add 1 and 2."""
        lines = output.splitlines()
        if _EXPECTED not in lines or not lines[-1].startswith("took "):
            raise BenchFailed(f"The program did not print {_EXPECTED!r}; it printed {output[-300:]!r}.")
        return float(lines[-1].removeprefix("took "))


def add_numbers(number: int) -> Timed:
    """“Add 1 and 2” from the cookbook; each `number` makes another text, so that nobody can know it already."""
    return Timed(_BEFORE.format(number=number) + source("add_numbers") + _AFTER)


def written(program: Timed, folder: Path) -> Path:
    """The program as a file in a folder of its own."""
    folder.mkdir()
    file = folder / "program.py"
    file.write_text(program.code, encoding="utf-8")
    return file
