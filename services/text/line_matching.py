"""Equal lines of two texts: a longest common subsequence by Myers' algorithm, in a bounded number of steps.

Source: Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

# They take some 50 ms. Where more would be needed, what lies between equal ends counts as replaced.
_STEPS = 150_000

Block = tuple[int, int, int]
"""Where equal lines begin in the old and in the new text, and how many they are."""


def matching(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The blocks of equal lines, in order."""
    head, tail = _ends(old, new)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    # What one text alone has can't be matched: without those lines there is little left to compare.
    common = set(middle_old) & set(middle_new)
    places_old = [at for at, line in enumerate(middle_old, head) if line in common]
    places_new = [at for at, line in enumerate(middle_new, head) if line in common]
    found = _common([old[at] for at in places_old], [new[at] for at in places_new])
    pairs = [
        *((at, at) for at in range(head)),
        *((places_old[left], places_new[right]) for left, right in found),
        *((len(old) - at, len(new) - at) for at in range(tail, 0, -1)),
    ]
    return _blocks(pairs)


def _ends(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines are equal at both beginnings, and how many after those at both ends."""
    short = min(len(old), len(new))
    head = next((at for at in range(short) if old[at] != new[at]), short)
    room = short - head
    tail = next((at for at in range(room) if old[-1 - at] != new[-1 - at]), room)
    return head, tail


def _common(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """The places of a longest common subsequence; none where finding it takes too many steps."""
    numbers: dict[str, int] = {}
    left = [numbers.setdefault(line, len(numbers)) for line in old]
    right = [numbers.setdefault(line, len(numbers)) for line in new]
    # By diagonal (place in old - place in new): how far in `old` the edits so far can come.
    farthest = {1: 0}
    history: list[dict[int, int]] = []
    steps = 0
    for edits in range(len(left) + len(right) + 1):
        history.append(dict(farthest))
        for diagonal in range(-edits, edits + 1, 2):
            down = diagonal == -edits or (
                diagonal != edits and farthest[diagonal - 1] < farthest[diagonal + 1]
            )
            at = farthest[diagonal + 1] if down else farthest[diagonal - 1] + 1
            begin = at
            while at < len(left) and at - diagonal < len(right) and left[at] == right[at - diagonal]:
                at += 1
            farthest[diagonal] = at
            if at >= len(left) and at - diagonal >= len(right):
                return _path(history, len(left), len(right))
            steps += 1 + at - begin
        steps += len(farthest) // 8
        if steps > _STEPS:
            break
    return []


def _path(history: list[dict[int, int]], at_old: int, at_new: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for edits in range(len(history) - 1, -1, -1):
        farthest, diagonal = history[edits], at_old - at_new
        down = diagonal == -edits or (diagonal != edits and farthest[diagonal - 1] < farthest[diagonal + 1])
        before = diagonal + 1 if down else diagonal - 1
        from_old = farthest[before]
        from_new = from_old - before
        while at_old > max(from_old, 0) and at_new > max(from_new, 0):
            at_old, at_new = at_old - 1, at_new - 1
            pairs.append((at_old, at_new))
        at_old, at_new = from_old, from_new
    return pairs[::-1]


def _blocks(pairs: list[tuple[int, int]]) -> list[Block]:
    if not pairs:
        return []
    starts = [0, *(at for at, (one, two) in enumerate(pairwise(pairs), 1) if two != (one[0] + 1, one[1] + 1))]
    return [(*pairs[start], end - start) for start, end in pairwise([*starts, len(pairs)])]
