"""Reads and sets the capital constants at the top of a program, leaving every other character as it is."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping

Value = int | float | str | bool | list[int] | list[float] | list[str]

_LONG = 10_000


def title(code: str) -> str:
    """The first words of the docstring, up to a colon; empty when there is none."""
    try:
        docstring = ast.get_docstring(ast.parse(code)) or ""
    except SyntaxError:
        return ""
    first = docstring.strip().partition("\n")[0]
    return first.partition(":")[0].strip().rstrip(".")


def read(code: str) -> dict[str, Value]:
    """The constants by name; what is no plain literal is left out."""
    found: dict[str, Value] = {}
    for name, node in _assignments(code):
        try:
            found[name] = ast.literal_eval(node)
        except ValueError:
            continue
    return found


def replace(code: str, values: Mapping[str, Value]) -> str:
    """The program with these constants set; names that it lacks are ignored."""
    lines = code.splitlines(keepends=True)
    # From the bottom up, so that earlier positions stay valid. Positions of the parser count bytes.
    for name, node in reversed(list(_assignments(code))):
        if name not in values:
            continue
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        head = lines[first].encode()[: node.col_offset].decode()
        tail = lines[last].encode()[node.end_col_offset :].decode()
        lines[first : last + 1] = [head + literal(values[name]) + tail]
    return "".join(lines)


def literal(value: Value) -> str:
    """The value as a programmer would write it."""
    match value:
        case bool():
            return repr(value)
        case int() if abs(value) >= _LONG:
            return f"{value:_}"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case list():
            return "[" + ", ".join(literal(item) for item in value) + "]"
        case _:
            return repr(value)


def _assignments(code: str) -> Iterator[tuple[str, ast.expr]]:
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name.isupper():
                yield name, value
            case _:
                continue
