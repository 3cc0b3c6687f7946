"""How long the static policy takes over 500 lines of ordinary Ray programs."""

from __future__ import annotations

import time
from itertools import cycle, islice

from bot.bench.figures import SECONDS, Figure, Report
from bot.bench.machine import describe
from bot.playground.cookbook.sources import source
from services.policy import check

LINES = 500
_PROGRAMS = ("monte_carlo_pi", "word_count", "neural_net", "hyperparameter_search", "web_logs", "pagerank")
_SAMPLES = 50


async def run() -> Report:
    text = five_hundred_lines()
    check(text)
    figures = {"check_500_lines": Figure.of([_seconds(text) for _ in range(_SAMPLES)], SECONDS)}
    return Report("policy", describe(), figures)


def five_hundred_lines() -> str:
    """Programs of the cookbook one below the other, cut at the line."""
    lines = [line for name in _PROGRAMS for line in source(name).splitlines()]
    return "\n".join(islice(cycle(lines), LINES))


def _seconds(text: str) -> float:
    began = time.perf_counter()
    check(text)
    return time.perf_counter() - began
