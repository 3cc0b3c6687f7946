"""The static policy: reads a program without running it, and says what it would touch and what is wrong with it.

It advises; the seal protects. The rules are one table in `rules.py`; settings override grades by rule id.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping

from services.model import Grade, PolicyReport
from services.policy import cluster
from services.policy.rules import RULES
from services.policy.state import State
from services.policy.visitors import VISITORS
from services.policy.walk import Walk
from services.syntax import parse

__all__ = ["LARGEST", "RULES", "check"]

LARGEST = 256 * 1024


def check(code: str, *, grades: Mapping[str, Grade] | None = None) -> PolicyReport:
    """Read `code` and report findings by line; pure, never raises, and linear in the length of the code.

    `grades` overrides the grade of rules by id (see `RULES`); unknown ids are ignored.
    """
    state = State(grades or {})
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
        with warnings.catch_warnings():  # a doubtful escape in the program is no warning of ours
            warnings.simplefilter("ignore")
            tree = parse(code)
    except SyntaxError as error:
        state.report("syntax-error", error.lineno or 0, error.msg)
    except (RecursionError, MemoryError):
        state.report("too-complex", 0, "nested too deeply")
    except ValueError:  # NUL characters and lone surrogates
        state.report("syntax-error", 0, "it holds characters that no source file can")
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
