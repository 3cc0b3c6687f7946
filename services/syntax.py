"""Parsing of foreign programs."""

from __future__ import annotations

import ast

_TRIES = 5


def parse(code: str) -> ast.Module:
    """As `ast.parse`; raises what that does: SyntaxError, ValueError, RecursionError, MemoryError.

    Python 3.11 shares the depth that a parse has reached between all parses of a process, and one that is interrupted
    by another ends in a SystemError, which says nothing of the code (python/cpython#106905).
    """
    for _ in range(_TRIES):
        try:
            return ast.parse(code)
        except SystemError:
            continue
    raise RecursionError("the parser is confused")


def docstring(code: str) -> str:
    """What a program says of itself in its first statement; empty when it says nothing or can't be parsed."""
    try:
        return ast.get_docstring(parse(code)) or ""
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
