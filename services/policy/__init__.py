"""The static policy: reads a program without running it, and says what it would touch and what is wrong with it.

It advises; the seal protects. The rules are one table in `rules.py`; settings may change their grades.
"""

from __future__ import annotations

import ast
import gc
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from services.domain.parsing import parse
from services.domain.values import Grade, PolicyReport
from services.policy import cluster, source
from services.policy.grades import OFF, checked, grades_in
from services.policy.rules import RULES
from services.policy.state import State
from services.policy.table import table
from services.policy.visitors import VISITORS
from services.policy.walk import Walk

__all__ = ["LARGEST", "OFF", "RULES", "Policy", "check", "grades_in", "table"]

LARGEST = 256 * 1024


class Policy:
    """The rules with the grades of one installation.

    `grades` maps rule ids (see `RULES`) to `refuse`, `warn`, `note` or `off`; the others keep their own.
    Raises SettingsError when there is no such rule or grade, or when that rule can't be changed.
    """

    def __init__(self, grades: Mapping[str, str] | None = None) -> None:
        self.grades = dict(grades or {})
        self._checked: dict[str, Grade | None] = checked(self.grades)

    def check(self, code: str) -> PolicyReport:
        """Read `code` and report findings by line; pure, never raises, and linear in the length of the code."""
        with _uncollected():
            return _read(code, State(self._checked))


check = Policy().check
"""The policy where no settings change it."""


@contextmanager
def _uncollected() -> Generator[None]:
    """A syntax tree is thousands of new objects and no garbage: a tenth of the time went into looking for some."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(code: str, state: State) -> PolicyReport:
    if len(code) <= LARGEST:
        source.judge(code, state)
    tree = _parse(code, state)
    if tree is not None:
        try:
            Walk(state, VISITORS).run(tree)
        except RecursionError:
            state.report("too-complex", 0, "nested too deeply")
        cluster.judge_kills(state)
    return state.finish()


def _parse(code: str, state: State) -> ast.Module | None:
    if len(code) > LARGEST:
        state.report("too-complex", 0, "too long")
        return None
    try:
        tree = parse(code)
    except SyntaxError as error:
        state.report("syntax-error", error.lineno or 0, error.msg)
    except (RecursionError, MemoryError):
        state.report("too-complex", 0, "nested too deeply")
    except ValueError:  # NUL characters and lone surrogates
        state.report("syntax-error", 0, "it contains characters that aren't allowed in source files")
    else:
        if all(isinstance(node, ast.Pass) or _is_literal(node) for node in tree.body):
            state.report("empty-program", 0)
        return tree
    return None


def _is_literal(node: ast.stmt) -> bool:
    """Docstrings and `...` do nothing; any other last expression is shown to people as the program's value."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and _says_nothing(node.value.value)
    )


def _says_nothing(value: object) -> bool:
    return value is ... or isinstance(value, str)
