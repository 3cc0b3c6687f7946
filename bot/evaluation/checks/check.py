"""What a check is: a sentence and a test of what came of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.evaluation.response import Response


class About(StrEnum):
    """What a check looks at."""

    OUTPUT = "output"
    CODE = "code"
    RUN = "run"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold, said in words that make sense behind “it failed:”."""

    words: str
    about: About
    holds: Callable[[Response], bool] = field(repr=False)
