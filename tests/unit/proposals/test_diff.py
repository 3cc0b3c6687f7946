"""The diff between two programs is true, bounded, and without secrets."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.values import Program
from services.proposals.diff import Changes, changes
from tests.growth import calls

KEY = "xoxb-" + "1234567890abcdef"
HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def between(before: str, after: str) -> Changes:
    return changes(Program("t", "p", before), Program("t", "p", after))


def patched(before: str, diff: str) -> str:
    """What `patch` makes of it; fails where the diff does not fit."""
    old = before.removesuffix("\n").split("\n")
    new: list[str] = []
    at = 0
    for line in diff.split("\n")[2:]:
        if hunk := HUNK.fullmatch(line):
            start = int(hunk[1]) - (hunk[2] != "0")
            new += old[at:start]
            at = start
        elif line[0] == "+":
            new.append(line[1:])
        else:
            assert old[at] == line[1:]
            at += 1
            new += [line[1:]] if line[0] == " " else []
    return "\n".join([*new, *old[at:]])


lines = st.lists(st.sampled_from(["a", "b", "", "+x", "-y", "--- z", "@@ -1 +1 @@", "\\ q"]), max_size=30)


@given(lines, lines)
@settings(max_examples=200)
def test_the_old_program_with_its_changes_is_the_new_one(old: list[str], new: list[str]):
    before, after = "\n".join(old), "\n".join(new)
    found = between(before, after)
    if found.text:
        assert patched(before, found.text) == after.removesuffix("\n")
        body = found.text.split("\n")[2:]
        assert found.added == sum(line.startswith("+") for line in body)
        assert found.removed == sum(line.startswith("-") for line in body)
    else:
        assert before.removesuffix("\n") == after.removesuffix("\n")
    assert found.same == (before == after)


@pytest.mark.parametrize(("head", "tail"), [(0, 0), (1, 2), (10, 10)])
def test_what_is_too_long_to_compare_is_reported_as_replaced(head: int, tail: int):
    common, ends = [f"h{n}" for n in range(head)], [f"t{n}" for n in range(tail)]
    before = "\n".join([*common, *[f"old {n}" for n in range(900)], *ends])
    after = "\n".join([*common, *[f"new {n}" for n in range(800)], *ends])
    found = between(before, after)
    assert (found.added, found.removed) == (800, 900)
    assert patched(before, found.text) == after
    assert len(found.text.split("\n")) == 2 + 1 + 1700 + min(head, 3) + min(tail, 3)


def test_a_long_program_with_a_small_change_has_a_small_diff():
    before = [f"line {n}" for n in range(5000)]
    found = between("\n".join(before), "\n".join([*before[:2000], "new", *before[2000:]]))
    assert (found.added, found.removed) == (1, 0)
    assert len(found.text.split("\n")) == 2 + 1 + 7


def test_secrets_are_masked_and_a_change_of_nothing_else_is_no_line():
    found = between("a\n", f"token = '{KEY}'\n")
    assert KEY not in found.text
    assert "[masked: Slack token]" in found.text
    other = between(f"token = '{KEY}'\n", f"token = '{KEY}99'\n")
    assert (other.text, other.same) == ("", False)


@pytest.mark.parametrize("kinds", [2, 3, 10, 100, 2000])
@pytest.mark.parametrize("size", [199, 700, 2000])
def test_a_comparison_takes_a_bounded_number_of_steps(kinds: int, size: int):
    """Few kinds of lines in another order each time are the worst case."""
    chance = random.Random(kinds * size)
    old, new = ("\n".join(f"x{chance.randrange(kinds)}" for _ in range(size)) for _ in range(2))
    assert calls(lambda: between(old, new)) < 1_200_000
    assert patched(old, between(old, new).text) == new
