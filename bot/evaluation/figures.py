"""The numbers in a text, however people and programs write them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

Number = float | int

_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?(?:\d{1,3}(?:[,_]\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:[eE][-+]?\d+)?"  # 12, -3.5, 1,234.5, 1e-3
    r"|(?<![\w.])[-+−]?\.\d+"
)


def numbers(text: str) -> list[Number]:
    """All numbers in order; whole ones are exact however long they are."""
    return [_read(match[0]) for match in _NUMBER.finditer(text)]


def shown(number: Number) -> str:
    return f"{number:.6g}" if isinstance(number, float) else str(number)


def near(number: Number, wanted: Number, tolerance: Number) -> bool:
    """Whether they are no further apart than that; whole numbers are exact, others as exact as a computation is."""
    if isinstance(number, int) and isinstance(wanted, int):
        return abs(number - wanted) <= tolerance
    return math.isclose(number, wanted, rel_tol=1e-14, abs_tol=tolerance)


def in_order(found: Sequence[Number], wanted: Sequence[Number], tolerance: Number) -> bool:
    """Whether `wanted` stands in `found` in that order, perhaps with others between."""
    rest = iter(found)
    return all(any(near(number, each, tolerance) for number in rest) for each in wanted)


def _read(text: str) -> Number:
    plain = re.sub(r"[,_]", "", text).replace("−", "-")
    return float(plain) if re.search(r"[.eE]", plain) else int(plain)
