"""`round` to digits as CPython does it: Monty's own multiplies, rounds and divides, which makes 2.68 of 2.675.

Text with so many digits is what both make alike, exactly and with halves to even. What this doesn't know raises a
TypeError, which leaves the snippet to CPython; and it is out of the reach of other names that a snippet gives away.
"""

from __future__ import annotations

import re

ROUND = """
def round(number, ndigits=None, *, _float=float, _int=int, _kind=type, _round=round):
    if ndigits is None:
        return _round(number)
    if _kind(ndigits) is _int and ndigits >= 0:
        if _kind(number) is _float:
            return _float(f"{number:.{ndigits}f}")
        if _kind(number) is _int:
            return number
    raise TypeError
"""
_CALLED = re.compile(r"\bround\b")


def rounds(code: str) -> bool:
    """Whether a snippet may need it."""
    return _CALLED.search(code) is not None
