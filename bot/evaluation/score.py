"""What an evaluation finds: a score for each case, and what they come to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.domain.values import Spent


@dataclass(frozen=True, slots=True)
class Score:
    """One case: the checks that did not hold in words, or the sentence of the error that ended it.

    `shown` is what the program printed, or what was said where there is none, for those who ask why.
    """

    name: str
    group: str
    failed: tuple[str, ...] = ()
    error: str = ""
    spent: Spent = field(default_factory=Spent)
    shown: str = ""

    @property
    def passed(self) -> bool:
        return not self.failed and not self.error


@dataclass(frozen=True, slots=True)
class Total:
    """Some cases together: medians of attempts (of those that took any) and seconds, sums of tokens and money."""

    cases: int
    passed: int
    attempts: float | None
    seconds: float
    tokens: int
    money: float | None

    @classmethod
    def of(cls, scores: Sequence[Score]) -> Total:
        """The total of at least one score; money is not known where no price is."""
        spent = [score.spent for score in scores]
        attempts = [each.attempts for each in spent if each.attempts]
        money = [each.money for each in spent if each.money is not None]
        return cls(
            cases=len(scores),
            passed=sum(score.passed for score in scores),
            attempts=statistics.median(attempts) if attempts else None,
            seconds=statistics.median(each.seconds for each in spent),
            tokens=sum(each.tokens for each in spent),
            money=sum(money) if money else None,
        )

    @property
    def rate(self) -> float:
        return self.passed / self.cases


@dataclass(frozen=True, slots=True)
class Subject:
    """What was evaluated: who serves the models, their names, raygen's version, and where programs were validated."""

    provider: str
    supervisor: str
    generator: str
    version: str
    validation: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All scores in the order of the cases, at least one, and the whole evaluation's `seconds`."""

    subject: Subject
    scores: tuple[Score, ...]
    seconds: float

    @property
    def total(self) -> Total:
        return Total.of(self.scores)

    @property
    def groups(self) -> dict[str, Total]:
        names = dict.fromkeys(score.group for score in self.scores)
        return {name: Total.of([score for score in self.scores if score.group == name]) for name in names}
