"""What a sentence asks to set in a program: numbers by their nouns, doublings and halvings, and quoted texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.playground.cookbook import numbers
from bot.playground.cookbook.constants import Value
from bot.playground.cookbook.numbers import Quantity
from bot.playground.cookbook.recipe import Knob, Phrase

# Words that may follow a number without giving it a meaning: "make it 1000 now, please".
_FILLERS = frozenset(
    re.findall(
        r"\w+",
        "instead please now this time times again thanks total at all of it to be the a ray me number numbers "
        "more additional extra fewer less",
    )
)
_SIGNS = {"more": 1, "additional": 1, "extra": 1, "fewer": -1, "less": -1}
_MOST = 1000
_FACTORS = (
    (r"\b(?:double|twice)\b", 2.0),
    (r"\b(?:triple|thrice)\b", 3.0),
    (r"\b(?:halve|half)\b(?! a )", 0.5),
)
_TIMES = re.compile(r"\b(\d{1,9})\s*(?:x|times)\b(?= (?:as many|more|the|larger|bigger))")
_SEED = Knob("SEED", "seed", low=0, high=2**31)


@dataclass(frozen=True, slots=True)
class Changes:
    """The constants to set, and what had to be said about them because they were out of range."""

    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.values)


def asked(
    text: str, knobs: Sequence[Knob], phrases: Sequence[Phrase], present: Mapping[str, Value]
) -> Changes:
    """What `text` sets among these knobs, given the constants that the program has now."""
    knobs = [knob for knob in (*knobs, _SEED) if knob.name in present]
    wanted = dict(_relative(text, knobs, present))
    wanted |= _absolute(_TIMES.sub(" ", numbers.plain(text)), knobs, present)
    values: dict[str, Value] = {}
    notes: list[str] = []
    for knob in knobs:
        if knob.name not in wanted:
            continue
        values[knob.name], note = _fitted(knob, wanted[knob.name], present[knob.name])
        notes += [note] if note else []
    for phrase in phrases:
        if found := re.search(phrase.pattern, text, re.IGNORECASE):
            values[phrase.name] = next(group for group in found.groups() if group is not None).strip()
    return Changes(values, tuple(notes))


def knobs_of(present: Mapping[str, Value]) -> tuple[Knob, ...]:
    """Knobs for a program that is in no recipe, guessed from the names of its constants."""
    numeric = [name for name, value in present.items() if isinstance(value, int | float)]
    return tuple(Knob(name, _nouns(name), low=-1e12, high=1e12, bare=len(numeric) == 1) for name in numeric)


def _nouns(name: str) -> str:
    words = [word for word in name.lower().split("_") if word not in {"num", "n", "max", "min", "of", "per"}]
    return "|".join(f"{word.removesuffix('s')}(?:es|s)?" for word in words) or name.lower()


Wanted = dict[str, float | list[float]]


def _absolute(text: str, knobs: Sequence[Knob], present: Mapping[str, Value]) -> Wanted:
    wanted: Wanted = {}
    left: list[Quantity] = []
    for quantity in _spread(text, many=any(knob.many for knob in knobs)):
        knob = _meant(quantity, knobs)
        if knob is None:
            left.append(quantity)
        elif knob.many:
            wanted[knob.name] = [*_listed(wanted.get(knob.name)), quantity.value]
        elif knob.name not in wanted:
            wanted[knob.name] = _amount(quantity, knob, present) * _multiple(quantity, knob, wanted, present)
    for knob in knobs:
        if knob.many and knob.bare and left:
            wanted[knob.name] = [*_listed(wanted.get(knob.name)), *(quantity.value for quantity in left)]
            left = []
        elif knob.bare and knob.name not in wanted:
            free = [quantity for quantity in left if _FILLERS.issuperset(quantity.after)]
            if free:
                wanted[knob.name] = _amount(free[0], knob, present)
                left.remove(free[0])
    return wanted


def _spread(text: str, *, many: bool) -> list[Quantity]:
    """The quantities; of a span only its upper end, or all of its numbers where many are wanted."""
    found = numbers.quantities(text)
    spread: list[Quantity] = []
    for at, quantity in enumerate(found):
        if not quantity.opens:
            spread.append(quantity)
        elif many:
            last = min(int(found[at + 1].value), int(quantity.value) + _MOST)
            spread += [replace(quantity, value=value) for value in range(int(quantity.value), last)]
    return spread


def _meant(quantity: Quantity, knobs: Sequence[Knob]) -> Knob | None:
    for word in (*quantity.after, *quantity.before):
        for knob in knobs:
            if knob.means(word):
                return knob
    return None


def _listed(value: float | list[float] | None) -> list[float]:
    return value if isinstance(value, list) else []


def _amount(quantity: Quantity, knob: Knob, present: Mapping[str, Value]) -> float:
    """The quantity, or the present value and so many more or fewer."""
    now = present[knob.name]
    sign = next((_SIGNS[word] for word in quantity.after[:1] if word in _SIGNS), 0)
    return now + sign * quantity.value if sign and isinstance(now, int | float) else quantity.value


def _multiple(quantity: Quantity, knob: Knob, wanted: Wanted, present: Mapping[str, Value]) -> float:
    if not quantity.each or knob.each is None:
        return 1.0
    other = wanted.get(knob.each, present.get(knob.each))
    return float(other) if isinstance(other, int | float) else 1.0


def _relative(text: str, knobs: Sequence[Knob], present: Mapping[str, Value]) -> Iterator[tuple[str, float]]:
    said = numbers.plain(text)
    factor = next((factor for pattern, factor in _FACTORS if re.search(pattern, said)), None)
    if found := _TIMES.search(said):
        factor = float(found[1])
    if factor is None:
        return
    words = re.findall(r"[a-z-]+", said)
    named = [knob for knob in knobs if any(knob.means(word) for word in words)]
    for knob in named or [knob for knob in knobs if knob.bare and not knob.many]:
        value = present[knob.name]
        if isinstance(value, int | float):
            yield knob.name, value * factor


def _fitted(knob: Knob, wanted: float | list[float], present: Value) -> tuple[Value, str]:
    """The wanted value in the type of the present one and within the knob's range, with a note if it was not."""
    if isinstance(wanted, list):
        note = (
            f"You gave {len(wanted):,} numbers. The program uses the first {_MOST:,}."
            if len(wanted) > _MOST
            else ""
        )
        return [_whole(value) for value in wanted[:_MOST]], note
    fitted = min(max(wanted, knob.low), knob.high)
    value = round(fitted) if isinstance(present, int) else float(fitted)
    if fitted == wanted:
        return value, ""
    name = knob.name.replace("_", " ").lower()
    why = "to finish quickly on a small cluster" if fitted < wanted else "the smallest that makes sense"
    return value, f"You asked for {_whole(wanted):,} as {name}. The program uses {value:,}, {why}."


def _whole(value: float) -> int | float:
    return int(value) if float(value).is_integer() else value
