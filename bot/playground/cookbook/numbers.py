"""Finds the numbers in a sentence, however people write them, with the words that stand around each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_SMALL = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty",
)
_WORDS = {word: value for value, word in enumerate(_SMALL)} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SCALES = {
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
    "hundred": 1e2,
    "thousand": 1e3,
    "million": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}


def _digits(word: re.Match[str]) -> str:
    return str(_WORDS[word[1]])


def _power(found: re.Match[str]) -> str:
    return str(int(found[1]) ** min(int(found[2]), 30))


_SPELLINGS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"<[@#!][^>]*>", " "),
    (r"(\d)\s*[x×]\s*(?=\d)", r"\1 by "),
    (r"\b(\d{1,9})\s*(?:\^|\*\*)\s*(\d{1,3})\b", _power),
    (r"\bin flight\b", "in-flight"),
    (r"\bhalf a (?=million|billion|thousand)", "0.5 "),
    (r"\b(?:a|one) dozen\b", "12"),
    (r"\ba (?=hundred|thousand|million|billion)", "1 "),
    (rf"\b({'|'.join(_WORDS)})\b(?!-)", _digits),
)
_NUMBER = re.compile(
    r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+|\d[\d_]*|(?=\.\d))(?:\.\d+)?(?:e[+-]?\d+)?"
    r"(?:(?P<short>[kmb])\b|\s?(?P<scale>hundred|thousand|million|billion|trillion)\b)?(?!\w)",
)
_PAUSES = frozenset(re.findall(r"\S+", "and with in over using on by for from then but , ; . ( ) ? !"))
_OPENS = re.compile(r"\b(?:from|between|numbers)\s*$")
_TO = re.compile(r"\s*(?:to|through|and|until|up to|-|–|\.\.+)\s*")
_WORD = re.compile(r"[a-z][a-z'-]*|[,;.()?!]")
_NEAR, _LARGEST = 4, 1e15


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the words before it (nearest first) and after it, up to the next pause.

    `opens` marks the lower end of a span such as "from 1 to 100"; the next number is the upper one.
    """

    value: float
    before: tuple[str, ...]
    after: tuple[str, ...]
    each: bool = False
    opens: bool = False

    @property
    def number(self) -> int | float:
        """A whole number as an int."""
        return int(self.value) if float(self.value).is_integer() else self.value


def plain(text: str) -> str:
    """The text in lower case, without mentions, its numbers in digits."""
    said = text.lower()
    for pattern, replacement in _SPELLINGS:
        said = re.sub(pattern, replacement, said)
    return said


def quantities(text: str) -> tuple[Quantity, ...]:
    """Every number of the text in order."""
    said = plain(text)
    found = list(_NUMBER.finditer(said))
    ends = [0, *(match.end() for match in found)]
    starts = [*(match.start() for match in found[1:]), len(said)]
    return tuple(
        Quantity(
            value=_value(match),
            before=_near(reversed(_WORD.findall(said[ends[at] : match.start()]))),
            after=_near(_WORD.findall(said[match.end() : starts[at]])),
            each=re.search(r"\b(?:each|per|apiece)\b", said[match.end() : starts[at]]) is not None,
            opens=at + 1 < len(found)
            and _OPENS.search(said[max(0, match.start() - 16) : match.start()]) is not None
            and _TO.fullmatch(said[match.end() : starts[at]]) is not None,
        )
        for at, match in enumerate(found)
    )


def _value(match: re.Match[str]) -> float:
    scale = match["short"] or match["scale"]
    digits = match.group().removesuffix(scale or "").strip().replace(",", "").replace("_", "")
    value = float(digits) * _SCALES.get(scale or "", 1.0)
    return min(max(value, -_LARGEST), _LARGEST)


def _near(words: Iterable[str]) -> tuple[str, ...]:
    near: list[str] = []
    for word in words:
        if word in _PAUSES or len(near) == _NEAR:
            break
        near.append(word)
    return tuple(near)
