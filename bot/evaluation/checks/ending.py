"""Checks of how a case ended: the verdict, the time, and the message to the person."""

from __future__ import annotations

import re

from bot.evaluation import figures
from bot.evaluation.checks.check import About, Check
from bot.evaluation.figures import Number, near, shown
from bot.evaluation.response import Response


def passed() -> Check:
    """There is a program that passed its validation."""
    return Check("the program passes its validation", About.RUN, lambda response: response.offered)


def within(seconds: float) -> Check:
    """The last validation took no longer; one whose time is not known fails."""

    def holds(response: Response) -> bool:
        wall = response.outcome.wall if response.outcome else None
        return wall is not None and wall <= seconds

    return Check(f"finishes within {seconds:g} s", About.RUN, holds)


def no_program() -> Check:
    """No program was written, since none was asked for."""
    return Check("answers without a program", About.ANSWER, lambda response: response.outcome is None)


def offers_nothing() -> Check:
    """There is nothing that a person could approve, but there is a word about it."""
    return Check(
        "offers no program", About.ANSWER, lambda response: not response.offered and bool(response.said)
    )


def answers(pattern: str, words: str = "") -> Check:
    """A regular expression is found in what is said, whatever its case; `words` say it for people."""
    found = re.compile(pattern, re.IGNORECASE)
    return Check(
        words or f"answers /{pattern}/",
        About.ANSWER,
        lambda response: found.search(response.said) is not None,
    )


def answers_number(wanted: Number, tolerance: Number = 0) -> Check:
    """A number is in what is said, or computed with it."""
    words = f"answers {shown(wanted)}" + (f" ± {tolerance}" if tolerance else "")
    return Check(
        words,
        About.ANSWER,
        lambda response: any(near(number, wanted, tolerance) for number in figures.numbers(response.said)),
    )


def answers_in_order(*wanted: Number) -> Check:
    """These numbers are in what is said, one after the other."""
    words = f"answers {', '.join(map(str, wanted))} in this order"
    return Check(
        words, About.ANSWER, lambda response: figures.in_order(figures.numbers(response.said), wanted, 0)
    )
