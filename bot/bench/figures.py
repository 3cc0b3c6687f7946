"""What a benchmark finds: figures from samples, ratios that say how they came about, and the report of both."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

SECONDS = "s"
BYTES = "B"
BYTES_PER_SECOND = "B/s"
PER_MINUTE = "1/min"
COUNT = ""

Machine = Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Figure:
    """The median of `n` samples, with the least and the greatest; times in seconds, memory in bytes."""

    value: float
    unit: str
    min: float
    max: float
    n: int

    @classmethod
    def of(cls, samples: Sequence[float], unit: str) -> Self:
        """The figure of at least one sample."""
        middle, least, most = statistics.median(samples), min(samples), max(samples)
        return cls(_short(middle), unit, _short(least), _short(most), len(samples))


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times one figure is another, both from this run, and in words how they were measured."""

    value: float
    how: str

    @classmethod
    def between(cls, many: Figure, few: Figure, how: str) -> Self:
        return cls(_short(many.value / few.value), how)


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one benchmark found; `problems` are sentences, and their being there is a failure."""

    bench: str
    machine: Machine
    figures: Mapping[str, Figure]
    ratios: Mapping[str, Ratio] = field(default_factory=dict[str, Ratio])
    problems: tuple[str, ...] = ()

    def as_json(self) -> str:
        fields = {
            "bench": self.bench,
            "machine": dict(self.machine),
            "figures": {name: asdict(figure) for name, figure in self.figures.items()},
            "ratios": {name: ratio.value for name, ratio in self.ratios.items()},
            "how": {name: ratio.how for name, ratio in self.ratios.items()},
            "problems": list(self.problems),
        }
        return json.dumps(fields, indent=2, ensure_ascii=False)


def _short(value: float) -> float:
    """Five digits are more than any of this is good for."""
    return value if value == int(value) else float(f"{value:.5g}")
