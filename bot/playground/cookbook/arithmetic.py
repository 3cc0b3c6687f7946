"""Works out a sum that stands in a question, by walking its syntax tree; nothing is ever evaluated as code."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable
from functools import reduce

from bot.playground.cookbook import numbers

_OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda left, right: left + right,
    ast.Sub: lambda left, right: left - right,
    ast.Mult: lambda left, right: left * right,
    ast.Div: lambda left, right: left / right,
    ast.FloorDiv: lambda left, right: left // right,
    ast.Mod: lambda left, right: left % right,
    ast.Pow: lambda left, right: left**right,
}
_FUNCTIONS: dict[str, Callable[[float], float]] = {"sqrt": math.sqrt, "abs": abs}
_LONGEST, _LARGEST_POWER = 200, 1000
_QUESTION = re.compile(
    r"^(?:(?:hey|hi|please|ok|so)[, ]+)*"
    r"(?:what(?:'s|’s| is| are)|whats|how much (?:is|are)|calculate|compute|work out|evaluate|tell me|solve)?\s*"
    r"(?P<sum>.+?)\s*(?:=\s*)?(?:please)?[?.!\s]*$"
)
_SPOKEN = (
    (r"(?<=\d),(?=\d{3}\b)", ""),
    (r"(\d)\s*(?:%|percent) (?:of|from)\s", r"\1 / 100 * "),
    (r"(\d)\s*(?:%|percent)", r"(\1/100)"),
    (r"\b(?:the )?square root of\s+(-?[\d.]+)", r"sqrt(\1)"),
    (r"\bto the power (?:of )?", " ** "),
    (r"\bsquared\b", "** 2"),
    (r"\bcubed\b", "** 3"),
    (r"\b(?:plus)\b", "+"),
    (r"\b(?:minus)\b", "-"),
    (r"\b(?:times|multiplied by)\b|×|(?<=\d)\s*x\s*(?=\d)", "*"),
    (r"\b(?:divided by|over)\b|÷", "/"),
    (r"\bmod(?:ulo)?\b", "%"),
    (r"\^", "**"),
)


def solve(text: str) -> tuple[str, str] | None:
    """The sum as an expression and its value in figures; None when the text is no sum, or has no value."""
    if len(text) > _LONGEST:
        return None
    found = _QUESTION.match(text.lower().strip())
    if found is None:
        return None
    spoken = re.sub(r"\b(\d+) and (?:a half)\b", r"\1.5", found["sum"])
    expression = reduce(lambda said, step: re.sub(step[0], step[1], said), _SPOKEN, _digits(spoken))
    expression = re.sub(r"\s+", " ", expression).strip()
    try:
        tree = ast.parse(expression, mode="eval").body
        if isinstance(tree, ast.Constant | ast.UnaryOp):
            return None
        return expression, _figures(_value(tree))
    except (SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, RecursionError):
        return None


def _digits(text: str) -> str:
    # Powers are this module's business, everything else that `plain` spells out is welcome.
    return text if re.search(r"\^|\*\*|\d\s*[x×]\s*\d", text) else numbers.plain(text)


def _value(node: ast.expr) -> float:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand)
        case ast.BinOp(left=left, op=kind, right=right):
            return _combined(kind, _value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_value(argument))
        case _:
            raise ValueError("no sum")


def _combined(kind: ast.operator, left: float, right: float) -> float:
    if isinstance(kind, ast.Pow) and (abs(right) > _LARGEST_POWER or abs(left) > 10**12):
        raise ValueError("too large")
    return _OPERATORS[type(kind)](left, right)


def _figures(value: float) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("no finite value")
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value)) if abs(value) < 1e6 else f"{int(value):,}"
    return f"{round(value, 10):,.10f}".rstrip("0").rstrip(".") if abs(value) >= 1e-6 else f"{value:.6g}"
