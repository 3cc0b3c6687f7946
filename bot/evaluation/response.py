"""What came of one case, in the form in which checks read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bot.evaluation import figures
from bot.evaluation.code import Code
from services.domain.program_header import Script, script
from services.domain.values import Outcome
from services.supervisor.interface import Conclusion


@dataclass(frozen=True)
class Response:
    """The conclusion of a case; without a program its code is empty and its output is nothing."""

    conclusion: Conclusion = field(repr=False)

    @property
    def said(self) -> str:
        """What a person reads, with the snippets that were computed."""
        return self.conclusion.text

    @property
    def outcome(self) -> Outcome | None:
        return self.conclusion.made.outcome if self.conclusion.made else None

    @property
    def offered(self) -> bool:
        """Whether there is a program that a person could approve."""
        return self.outcome is not None and self.outcome.passed

    @property
    def output(self) -> str:
        """What the program printed, and the value of its last expression."""
        if self.outcome is None:
            return ""
        return "\n".join(filter(None, (self.outcome.stdout, self.outcome.value)))

    @cached_property
    def numbers(self) -> Sequence[float | int]:
        return figures.numbers(self.output)

    @cached_property
    def code(self) -> Code:
        made = self.conclusion.made
        return Code.parse(made.program.code if made and made.program else "")

    @cached_property
    def header(self) -> Script:
        made = self.conclusion.made
        return script(made.program.code) if made and made.program else Script()

    def observed(self, names: frozenset[str]) -> int:
        """How many tasks, actors and calls of these names Ray has seen."""
        tasks = self.outcome.tasks if self.outcome else ()
        return sum(task.count for task in tasks if task.name.rpartition(".")[2] in names)
