"""What one walk over a program knows and has found so far; detectors read it and report to it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.domain.values import Finding, Grade, PolicyReport
from services.policy.evaluate import evaluate
from services.policy.rules import RULES, TABLE
from services.policy.scopes import Scope
from services.policy.values import Value

_SHOWN = 80
_ROW = {rule.id: row for row, rule in enumerate(TABLE)}


@dataclass(slots=True)
class LoopSubmission:
    """A remote call inside loops: how often it happens in all, and how many are under way at once."""

    line: int
    tiny: bool
    total: int = 1
    at_once: int = 1


@dataclass(slots=True)
class Get:
    """A `ray.get` of a remote call made in the same iteration, to be judged when its loop ends."""

    line: int
    rule: str
    what: str
    names: frozenset[str]


@dataclass(slots=True)
class Loop:
    """A loop or comprehension while the walk is inside it."""

    line: int
    count: int = 0
    endless: bool = False
    comprehension: bool = False
    guards: int = 0
    leaves: bool = False
    waits: bool = False
    starts: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    stored: set[str] = field(default_factory=set[str])
    fresh: dict[str, ast.Call] = field(default_factory=dict[str, ast.Call])
    gets: list[Get] = field(default_factory=list[Get])
    submissions: list[LoopSubmission] = field(default_factory=list[LoopSubmission])
    large: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


@dataclass(slots=True)
class Touches:
    """What the program would touch, each in the order of first sight."""

    imports: dict[str, None] = field(default_factory=dict[str, None])
    files: dict[str, None] = field(default_factory=dict[str, None])
    hosts: dict[str, None] = field(default_factory=dict[str, None])
    processes: dict[str, None] = field(default_factory=dict[str, None])
    environment: dict[str, None] = field(default_factory=dict[str, None])
    resources: dict[str, float] = field(default_factory=dict[str, float])
    own_actors: set[str] = field(default_factory=set[str])
    kills: list[tuple[int, str | None]] = field(default_factory=list[tuple[int, str | None]])


class State:
    """Where the walk is (`scope`, `loops`, `guards`) and what came of it (`facts`, findings)."""

    def __init__(self, grades: Mapping[str, Grade | None]) -> None:
        self.scope = Scope()
        self.loops: list[Loop] = []
        self.guards = 0
        self.facts = Touches()
        self.passed_large: dict[tuple[int, str], int] = {}
        self._grades = grades
        self._findings: dict[Finding, None] = {}
        self._once: set[tuple[str, str]] = set()

    def evaluate(self, node: ast.expr | None) -> Value:
        return evaluate(node, self.scope)

    def report(self, rule: str, line: int, what: str = "", *, once: bool = False) -> None:
        """Add a finding unless its rule is off; `once` keeps only the first of the same rule about the same thing."""
        grade = self._grades.get(rule, RULES[rule].grade)
        if grade is None or (once and (rule, what) in self._once):
            return
        self._once.add((rule, what))
        message = RULES[rule].message.format(what=shown(what))
        self._findings[Finding(rule, grade, line, message)] = None

    def finish(self) -> PolicyReport:
        facts = self.facts
        return PolicyReport(
            findings=tuple(sorted(self._findings, key=lambda found: (found.line, _ROW[found.rule]))),
            imports=tuple(sorted(facts.imports)),
            files=tuple(facts.files),
            hosts=tuple(facts.hosts),
            processes=tuple(facts.processes),
            environment=tuple(facts.environment),
            resources=dict(facts.resources),
        )


def shown(text: str) -> str:
    """`text` on one line, without control characters, and not too long for a sentence."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * _SHOWN]).split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1] + "…"
