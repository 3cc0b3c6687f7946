"""A snippet before it runs: what Python's own parser says, and its last expression set apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.domain.parsing import parse
from services.snippets.fitness import fits

VALUE = "_raygen_value"
# It is read on the event loop, and Python's parser takes 20 ms for the worst of that length.
_LONGEST = 16_000


@dataclass(frozen=True, slots=True)
class Read:
    """The snippet with its last expression kept in the name VALUE, its tree as it was, or what is wrong with it.

    `simple` is one that Monty answers as CPython does.
    """

    code: str
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []), repr=False, compare=False)
    has_value: bool = False
    simple: bool = False
    error: str | None = None

    @property
    def imports(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_imports(self.tree)))


def read(code: str) -> Read:
    # As Python reads a file: its lines are counted by "\n" below.
    code = code.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(code) > _LONGEST:
        return Read(code, error=f"It has more than {_LONGEST:,} characters, which is too long for a snippet.")
    try:
        tree = parse(code)
    except SyntaxError as error:
        return Read(code, error=f"SyntaxError: {error.msg} (line {error.lineno or 1})")
    except (ValueError, RecursionError, MemoryError):
        return Read(code, error="SyntaxError: not valid Python")
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return Read(code, tree, simple=fits(tree))
    lines = code.encode().split(b"\n")
    line = last.lineno - 1
    # Written into the text where the expression begins, so that line numbers stay as they are.
    head, tail = lines[line][: last.col_offset], lines[line][last.col_offset :]
    assert last.end_lineno is not None
    assert last.end_col_offset is not None
    end = last.end_lineno - 1
    if end == line:
        stop = last.end_col_offset - last.col_offset
        lines[line] = head + f"{VALUE} = (".encode() + tail[:stop] + b"\n)" + tail[stop:]
    else:
        lines[line] = head + f"{VALUE} = (".encode() + tail
        lines[end] = lines[end][: last.end_col_offset] + b"\n)" + lines[end][last.end_col_offset :]
    return Read(b"\n".join(lines).decode(), tree, has_value=True, simple=fits(tree))


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
