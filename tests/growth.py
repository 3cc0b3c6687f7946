"""How the cost of something grows with the size of what it is given: double the size may cost about double."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from typing import Any

# CPU seconds that tell a measurement from noise, and far less than a person would notice.
_CLEAR = 0.04
_STEP = 1.5
# The exponent of the growth: 1 is linear, 2 is quadratic.
_LINEAR = 1.5
_REPEATS = 4


def growth(work: Callable[[Any], object], make: Callable[[int], Any], *, most: int) -> float:
    """The exponent by which CPU time grows up to size `most`; 0 where even that size costs next to nothing.

    Sizes rise slowly, so that work that explodes is noticed while it still ends.
    """
    size = 16.0
    measured: list[tuple[int, float]] = []
    while True:
        at = min(int(size), most)
        measured.append((at, _cost(work, make(at))))
        if measured[-1][1] >= _CLEAR:
            break
        if at == most:
            return 0.0
        size *= _STEP
    # Against a size of a quarter, where the exponent shows as a factor.
    smaller = next(n for n, _ in reversed(measured) if n <= max(at / 4, 16))
    before = min(_cost(work, make(smaller)) for _ in range(_REPEATS))
    now = min(_cost(work, make(at)) for _ in range(_REPEATS))
    return math.log(now / before) / math.log(at / smaller) if at > smaller and now >= _CLEAR / 2 else 0.0


def grows_linearly(work: Callable[[Any], object], make: Callable[[int], Any], *, most: int) -> bool:
    """Whether `work` costs about twice as much for twice the size, up to size `most`; a suspicion is measured again."""
    return any(growth(work, make, most=most) < _LINEAR for _ in range(3))


def _cost(work: Callable[[Any], object], value: Any) -> float:
    begin = time.thread_time()
    work(value)
    return time.thread_time() - begin


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
