"""What is kept of a text without end: both ends, and how much is missing between them, however it came."""

from __future__ import annotations

import itertools

from hypothesis import example, given
from hypothesis import strategies as st

from services.text.formatting import NOTHING_GONE, Gone, head_and_tail, left_out
from services.text.head_tail_buffer import HeadTailBuffer

TEXTS = st.lists(st.sampled_from(["a", "\n", "☃", "line\n", "\r", "x" * 3000, "y\n" * 9000])).map("".join)


def kept(portions: list[str], limit: int) -> tuple[str, Gone]:
    filled = HeadTailBuffer(limit)
    for portion in portions:
        filled.add(portion)
    return filled.all()


@example("a\n\n", [2], 2)
@given(TEXTS, st.lists(st.integers(0, 100_000), max_size=9), st.integers(2, 40_000))
def test_whatever_the_portions_both_ends_stay_and_nothing_is_gone_uncounted(
    text: str, cuts: list[int], limit: int
) -> None:
    places = [0, *sorted(cut % (len(text) + 1) for cut in cuts), len(text)]
    found, gone = kept([text[start:end] for start, end in itertools.pairwise(places)], limit)
    assert (found, gone) == kept([text], limit)
    if len(text) <= limit:
        assert (found, gone) == (text, NOTHING_GONE)
        return
    assert len(found) <= limit + len(left_out(Gone(10**6, 10**6))) + 2
    head, _, rest = found.partition("… ")
    tail = rest.partition(" …\n")[2]
    assert text.startswith(head)
    assert text.endswith(tail)
    assert gone.lines == text.count("\n") - (head + tail).count("\n")
    assert gone.size == len(text.encode()) - len((head + tail).encode())


def test_an_excerpt_of_it_counts_all_that_is_missing() -> None:
    whole = "".join(f"line {n}\n" for n in range(100_000))
    found, gone = kept([whole], 50_000)
    bare = found.replace(f"{left_out(gone)}\n", "")
    assert head_and_tail(bare, limit=1000, gone=gone) == head_and_tail(whole, limit=1000)
