"""Which numbers of a program may be others without its being another program."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from services.approvals.calculation import Calculation, More
from services.domain.parsing import parse

_LARGEST = 256 * 1024
_LITERAL = re.compile(r"[0-9.][0-9A-Za-z_.]*(?:(?<=[eE])[+-][0-9_]+[jJ]?)?")
# The only character that no program can hold.
_BLANK = "\0"


@dataclass(frozen=True, slots=True)
class Skeleton:
    """A program's text without the numbers that may be others.

    All of its numbers are in there where it does more than calculate, and `because` says of what, such as `open`.
    """

    text: str
    because: str = ""


def skeleton(code: str) -> Skeleton:
    """Two programs with the same skeleton are the same but for numbers that can't become names, code or resources.

    Text counts as it is, with comments, header and spaces. Numbers within f-strings stay, as do those that say what a task,
    an actor or the cluster needs. Linear in the length of `code`; what is longer than 256 KiB keeps its numbers.
    """
    try:
        return Skeleton(_without(code, _free(code)))
    except More as more:
        return Skeleton(code, str(more))
    except RecursionError:
        return Skeleton(code, "its depth")


def _free(code: str) -> list[ast.Constant]:
    if len(code) > _LARGEST:
        raise More("its length")
    if any(char in code for char in "\r\f\v\ufeff\0"):
        raise More("unusual line ends")
    if any("coding" in line and line.lstrip().startswith("#") for line in code.split("\n", 2)[:2]):
        raise More("an encoding declaration")
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise More("text that isn't Python") from None
    return Calculation.of(tree).numbers(tree)


def _without(code: str, numbers: list[ast.Constant]) -> str:
    lines = [line.encode() for line in code.split("\n")]
    places = sorted(
        ((each.lineno - 1, each.col_offset, each.end_col_offset or 0) for each in numbers), reverse=True
    )
    pieces: dict[int, list[bytes]] = {}
    for line, start, end in places:
        rest = pieces.setdefault(line, [lines[line]])
        last = rest.pop()
        if not _LITERAL.fullmatch(last[start:end].decode(errors="replace")):
            raise More("a number that can't be located")
        rest += [last[end:], last[:start]]
    for line, parts in pieces.items():
        lines[line] = _BLANK.encode().join(reversed(parts))
    return b"\n".join(lines).decode()
