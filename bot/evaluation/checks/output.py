"""Checks of what a program printed; the value of its last expression counts as printed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.evaluation import figures
from bot.evaluation.checks.check import About, Check
from bot.evaluation.figures import Number, near, shown


def prints(pattern: str, words: str = "") -> Check:
    """A regular expression is found in the output, whatever its case; `words` say it for people."""
    found = re.compile(pattern, re.IGNORECASE)
    return Check(
        words or f"prints /{pattern}/",
        About.OUTPUT,
        lambda response: found.search(response.output) is not None,
    )


def value(wanted: Number) -> Check:
    """Exactly this number is in the output."""
    return close_to(wanted, 0)


def close_to(wanted: Number, tolerance: Number) -> Check:
    """Some number in the output is that near."""
    words = f"prints {shown(wanted)}" + (f" ± {tolerance}" if tolerance else "")
    return Check(
        words,
        About.OUTPUT,
        lambda response: any(near(number, wanted, tolerance) for number in response.numbers),
    )


def in_order(*wanted: Number, tolerance: Number = 0) -> Check:
    """These numbers are in the output, one after the other."""
    words = f"prints {', '.join(map(str, wanted))} in this order"
    return Check(words, About.OUTPUT, lambda response: figures.in_order(response.numbers, wanted, tolerance))


def table(rows: Mapping[str, Number], tolerance: Number = 0) -> Check:
    """Each label has its number behind it, in the same line or the next one with numbers."""
    words = "prints " + ", ".join(f"{label}: {number}" for label, number in rows.items())
    return Check(words, About.OUTPUT, lambda response: _tabulated(response.output, rows, tolerance))


def _tabulated(text: str, rows: Mapping[str, Number], tolerance: Number) -> bool:
    """Labels may come more than once; one place where the number is right is enough for each."""
    labels = "|".join(map(re.escape, sorted(rows, key=len, reverse=True)))
    _, *parts = re.split(rf"(?<!\w)({labels})(?!\w)", text, flags=re.IGNORECASE)
    segments = list(zip(parts[::2], parts[1::2], strict=True))
    return all(
        any(
            near(number, wanted, tolerance)
            for found, behind in segments
            if found.lower() == label.lower()
            for number in _row(behind)
        )
        for label, wanted in rows.items()
    )


def _row(text: str) -> list[Number]:
    """The numbers of the first line that has some."""
    for line in text.splitlines():
        if found := figures.numbers(line):
            return found
    return []
