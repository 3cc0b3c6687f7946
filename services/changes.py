"""What has changed between two programs, as a unified diff without their secrets."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from services.invisible import visible_code
from services.model import Program
from services.secrets import masked

_CONTEXT = 3
# Beyond so many pairs of lines a comparison would take seconds; then what lies between equal ends is told as replaced.
_PAIRS = 500_000


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
    head, tail = _ends(old, new)
    if (len(old) - head - tail) * (len(new) - head - tail) <= _PAIRS:
        yield from list(difflib.unified_diff(old, new, n=_CONTEXT, lineterm=""))[2:]
        return
    start = max(head - _CONTEXT, 0)
    old_end, new_end = len(old) - tail, len(new) - tail
    after = old[old_end : old_end + _CONTEXT]
    sizes = [end - start + len(after) for end in (old_end, new_end)]
    yield f"@@ -{start + 1},{sizes[0]} +{start + 1},{sizes[1]} @@"
    yield from (f" {line}" for line in old[start:head])
    yield from (f"-{line}" for line in old[head:old_end])
    yield from (f"+{line}" for line in new[head:new_end])
    yield from (f" {line}" for line in after)


def _ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines are equal at both beginnings, and how many after those at both ends."""
    short = min(len(old), len(new))
    head = next((at for at in range(short) if old[at] != new[at]), short)
    room = short - head
    tail = next((at for at in range(room) if old[-1 - at] != new[-1 - at]), room)
    return head, tail
