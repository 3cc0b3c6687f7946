"""How the cost of something grows with the size of what it is given: double the size may cost about double."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

# CPU seconds that are more than a linear pattern ever takes at the sizes of these tests, and enough to be measured.
_SUSPICIOUS = 0.002
_CLEAR = 0.02
# Sizes rise slowly at first, so that work that explodes is noticed while it still ends.
_SIZES = (8, 12, 16, 20, 24, 28, 32, 64, 128, 256, 512, 1024, 2048, 4096)
# The exponent of the growth: 1 is linear, 2 is quadratic.
_LINEAR = 1.5
_REPEATS = 4
# A busy machine disturbs the measurement; what is quadratic fails each of them.
_ATTEMPTS = 3
_FACTOR = 4


def grows_linearly(work: Callable[[Any], object], make: Callable[[int], Any], *, most: int) -> bool:
    """Whether `work` costs about twice as much for twice the size, up to size `most`.

    Where even that size costs next to nothing it does; a suspicion is measured again.
    """
    return (
        all(_cost(work, make(size)) < _CLEAR for size in _SIZES if size < most)
        and (_cost(work, make(most)) < _SUSPICIOUS)
    ) or any(_exponent(work, make, most) < _LINEAR for _ in range(_ATTEMPTS))


def _exponent(work: Callable[[Any], object], make: Callable[[int], Any], most: int) -> float:
    """By which CPU time grows at the first size that takes a clear time, compared with a quarter of it."""
    size = _SIZES[0]
    while _cost(work, make(size)) < _CLEAR and size < most:
        size = min(most, size + max(4, size // 3) if size < 64 else size * 2)
    smaller = max(size // _FACTOR, 4)
    now, before = (min(_cost(work, make(at)) for _ in range(_REPEATS)) for at in (size, smaller))
    return math.log(now / before) / math.log(size / smaller) if now >= _SUSPICIOUS / 2 else 0.0


def _cost(work: Callable[[Any], object], value: Any) -> float:
    begin = time.thread_time()
    work(value)
    return max(time.thread_time() - begin, 1e-9)


def calls(work: Callable[[], object]) -> int:
    """How many calls of functions, Python's own and those in C, the work takes."""
    count = 0

    def note(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
