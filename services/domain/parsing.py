"""Parsing of untrusted programs."""

from __future__ import annotations

import ast
import threading
import warnings

_TRIES = 5
# Filters of warnings are one for all threads, and so is the depth that Python 3.11's parser has reached.
_one_at_a_time = threading.Lock()


def parse(code: str) -> ast.Module:
    """As `ast.parse`, without warnings; raises what that does: SyntaxError, ValueError, RecursionError, MemoryError.

    For an untrusted program, call it by `services.domain.parser_process`: it holds the interpreter's lock, and its time may be
    quadratic in the length of the code.

    Python 3.11 shares the depth that a parse has reached between all parses of a process, and one that is interrupted
    by another ends in a SystemError, which says nothing of the code (python/cpython#106905).
    """
    for _ in range(_TRIES):
        try:
            with _one_at_a_time, warnings.catch_warnings():
                warnings.simplefilter("ignore")
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
