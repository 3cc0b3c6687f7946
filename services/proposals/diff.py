"""What has changed between two programs, as a unified diff without their secrets."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.domain.values import Program
from services.security.redaction import masked
from services.text.invisible_characters import visible_code
from services.text.line_matching import Block, matching

_CONTEXT = 3
_Edit = tuple[Literal["replace", "delete", "insert", "equal"], int, int, int, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """A unified diff, and how many lines it adds and removes; `same` where the codes are equal byte for byte.

    Without a line that differs they may still differ in secrets, which are masked, and in line ends. What is not seen in a
    program is shown in the text.
    """

    text: str
    added: int
    removed: int
    same: bool = False


def changes(before: Program, after: Program) -> Changes:
    """What `after` changes in `before`."""
    old, new = (_lines(visible_code(masked(each.code))) for each in (before, after))
    found = list(_unified(old, new)) if old != new else []
    names = [f"--- approved, sha256 {before.sha256[:12]}", f"+++ proposed, sha256 {after.sha256[:12]}"]
    return Changes(
        "\n".join([*names, *found]) if found else "",
        sum(line.startswith("+") for line in found),
        sum(line.startswith("-") for line in found),
        before.code == after.code,
    )


def _lines(code: str) -> list[str]:
    """Lines as an editor counts them, without what other characters `splitlines` takes for line ends."""
    return code.removesuffix("\n").split("\n")


def _unified(old: list[str], new: list[str]) -> Iterator[str]:
    """The hunks, without the two lines that name the files."""
    edits = _Edits(list(_edits(len(old), len(new), matching(old, new))))
    for group in edits.get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for kind, old_start, old_end, new_start, new_end in group:
            if kind == "equal":
                yield from (f" {line}" for line in old[old_start:old_end])
            else:
                yield from (f"-{line}" for line in old[old_start:old_end])
                yield from (f"+{line}" for line in new[new_start:new_end])


class _Edits(difflib.SequenceMatcher[str]):
    """Edits that are known already, for the grouping of them alone: difflib's search for them takes up to cubic time."""

    def __init__(self, edits: list[_Edit]) -> None:
        super().__init__(None, "", "")
        self._edits = edits

    def get_opcodes(self) -> list[_Edit]:
        return self._edits


def _range(start: int, end: int) -> str:
    """As `patch` reads it: the number of the first line and how many they are, or of the line before where there is none."""
    size = end - start
    return str(end) if size == 1 else f"{start + bool(size)},{size}"


def _edits(old: int, new: int, blocks: list[Block]) -> Iterator[_Edit]:
    """What difflib calls opcodes, from blocks of equal lines."""
    old_at = new_at = 0
    for old_start, new_start, size in [*blocks, (old, new, 0)]:
        if old_at < old_start or new_at < new_start:
            yield "replace", old_at, old_start, new_at, new_start
        old_at, new_at = old_start + size, new_start + size
        if size:
            yield "equal", old_start, old_at, new_start, new_at
