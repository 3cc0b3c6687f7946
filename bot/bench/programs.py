"""The program that benchmarks run, and how long it says that it took."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.playground.cookbook.sources import source
from services.domain.errors import RaygenError

_EXPECTED = "Result: 3"
_BEFORE = "import time as _time; _began = _time.monotonic()  # {number}\n"
# When its process began and its first line was reached, by the clock of the machine.
_STAMPED = (
    "import os as _os, time as _clock; _first = _clock.time(); _born = _first - float(open('/proc/uptime').read().split()[0]) + "
    "int(open('/proc/self/stat').read().rpartition(')')[2].split()[19]) / _os.sysconf('SC_CLK_TCK')\n"
)
_STAMPS = "\nprint('stamps', _born, _first, _clock.time())"
_AFTER = "\nprint('took', _time.monotonic() - _began)\n"


class BenchFailed(RaygenError):
    """What should have been measured did not work, so there are no figures."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """When a program's process began, its first line was reached, and its last; seconds since 1970."""

    born: float
    began: float
    ended: float


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

    def stamps(self, output: str) -> Stamps:
        """The times that a stamped one printed. Raises BenchFailed when it printed none."""
        printed = [line.split()[1:] for line in output.splitlines() if line.startswith("stamps ")]
        if not printed:
            raise BenchFailed("The program didn't report when it started.")
        return Stamps(*map(float, printed[-1]))


def add_numbers(number: int, *, stamped: bool = False) -> Timed:
    """“Add 1 and 2” from the cookbook; each `number` makes another text, so that nobody can know it already."""
    before, after = (_STAMPED, _STAMPS) if stamped else ("", "")
    return Timed(before + _BEFORE.format(number=number) + source("add_numbers") + after + _AFTER)


def written(program: Timed, folder: Path) -> Path:
    """The program as a file in a folder of its own."""
    folder.mkdir()
    file = folder / "program.py"
    file.write_text(program.code, encoding="utf-8")
    return file
