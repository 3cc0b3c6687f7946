"""Single fields of a driver's facts: each is read by itself, within bounds, and says whether anything had to be changed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, cast

NAME = 200
COUNT = 10**15
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Characters that are letters or symbols to Unicode and show nothing.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


class Reader:
    """Reads values of any kind; `changed` says that a text was shortened or written with escapes."""

    def __init__(self) -> None:
        self.changed = False

    def text(self, value: object, limit: int) -> str | None:
        """Any text, with what can't be encoded escaped; None for what is no text."""
        return self._shortened(value, _encodable(value), limit) if isinstance(value, str) else None

    def name(self, value: object, limit: int = NAME) -> str | None:
        """The same in one line, with everything escaped that would not be seen or would move what is around it."""
        return self._shortened(value, visible(value), limit) if isinstance(value, str) else None

    def _shortened(self, value: str, encodable: str, limit: int) -> str:
        shown = encodable if len(encodable) <= limit else f"{encodable[: limit - 1]}…"
        self.changed = self.changed or shown != value
        return shown

    def names(self, value: object, most: int) -> tuple[tuple[str, ...], int, bool]:
        """Names once each, how many more there are, and whether all of `value` could be read."""
        items = cast("list[Any]", value) if isinstance(value, list) else []
        read = [name for item in items if (name := self.name(item))]
        found = tuple(dict.fromkeys(read[:most]))
        return found, len(read) - len(found), isinstance(value, list) and len(read) == len(items)

    def amounts(self, value: object, most: int) -> tuple[dict[str, float], bool]:
        """Finite amounts by name, and whether all of `value` could be read."""
        items = as_mapping(value)
        found = {
            name: amount
            for key, encodable in items.items()
            if (name := self.name(key)) and (amount := number(encodable)) is not None
        }
        whole = isinstance(value, dict) and len(found) == len(items) <= most
        return dict(list(found.items())[:most]), whole


def visible(text: str) -> str:
    r"""`text` in one line that shows all of it: `\n`, `\u202e`, and `\xff` for a byte that is no UTF-8."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _shows(char) else _escaped(char) for char in text)


def number(value: object, low: float = 0.0) -> float | None:
    """A finite number from `low` on; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not low <= value <= COUNT or not math.isfinite(value):
        return None
    return float(value)


def count(value: object) -> int | None:
    """A whole number from 0 on; None for anything else."""
    found = number(value)
    return int(found) if found is not None and found == int(found) else None


def as_mapping(value: object) -> Mapping[str, Any]:
    """`value` if it is an object of JSON, else an empty one."""
    return cast("Mapping[str, Any]", value) if isinstance(value, dict) else {}


def as_list(value: object, most: int) -> list[Any]:
    """The first items of `value` if it is a list of JSON, else none."""
    return cast("list[Any]", value)[:most] if isinstance(value, list) else []


def _shows(char: str) -> bool:
    return char.isprintable() and char not in _BLANK


def _encodable(text: str) -> str:
    return text if text.isascii() else _SURROGATE.sub(lambda found: _escaped(found[0]), text)


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a name that is no UTF-8, as Python has it
        return f"\\x{code - 0xDC00:02x}"
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
