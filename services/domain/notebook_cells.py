"""Programs as the cells of a notebook, where no line of theirs means anything else than it does to Python."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from services.domain.notebook_format import Cell
from services.domain.parsing import parse

_MARK = re.compile(r"# %%(?:\s|$)")
_TEXT = "[markdown]"
# Markdown that loads something when it is shown: HTML and pictures.
_LOADING = re.compile(r"<|!\[")
# IPython reads braces, dollars, quotes and tildes in the line of a magic.
_PLAIN_PATH = re.compile(r"\w[\w./-]*", re.ASCII)


def cells_of(code: str) -> list[Cell]:
    """The cells of a program: cut at `# %%` between its statements, else one; what Python can't read runs nowhere.

    Call it by `services.domain.parser_process`.
    """
    code = code.replace("\r\n", "\n").replace("\r", "\n")
    try:
        statements = parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return [Cell("raw", code)]
    lines = code.split("\n")
    inside = {number for each in statements for number in range(_first(each), (each.end_lineno or 0) + 1)}
    marks = [
        number
        for number, line in enumerate(lines, 1)
        if line.startswith("# %%") and number not in inside and _MARK.match(line)
    ]
    made = list(_cut(lines, marks))
    return made or [Cell("code", "")]


def file_cells(name: str, text: str) -> list[Cell]:
    """Cells that write a Python file beside the notebook; one to read where IPython might take its name for another."""
    if not _PLAIN_PATH.fullmatch(name):
        return [Cell("raw", f"# {name}\n{text}")]
    folder = name.rpartition("/")[0]
    made = [Cell("code", f"import os\n\nos.makedirs({folder!r}, exist_ok=True)")] if folder else []
    return [*made, Cell("code", f"%%writefile {name}\n{text}")]


def _first(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _cut(lines: list[str], marks: list[int]) -> Iterator[Cell]:
    for begin, end in zip([0, *marks], [*marks, len(lines) + 1], strict=True):
        rows = lines[begin : end - 1]
        source = "\n".join(rows).strip("\n")
        if not source.strip():
            continue
        if begin and _TEXT in lines[begin - 1] and all(not row or row.startswith("#") for row in rows):
            text = "\n".join(row.removeprefix("#").removeprefix(" ") for row in rows).strip("\n")
            if not _LOADING.search(text):
                yield Cell("markdown", text)
                continue
        yield Cell("code", source)
