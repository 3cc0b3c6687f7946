"""Texts that a regular expression may take long for, made of what it consists of itself."""

from __future__ import annotations

import dataclasses
import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from re import _constants as codes  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownVariableType]
from re import _parser as parser  # pyright: ignore[reportPrivateUsage, reportAttributeAccessIssue, reportUnknownVariableType]
from typing import Any, cast

c: Any = codes
_REPEATS = {c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT}
_SINGLE = {c.LITERAL, c.NOT_LITERAL, c.ANY, c.IN}
_CLASSES = {
    c.CATEGORY_DIGIT: "7",
    c.CATEGORY_WORD: "a",
    c.CATEGORY_SPACE: " ",
    c.CATEGORY_NOT_DIGIT: "a",
    c.CATEGORY_NOT_WORD: "!",
    c.CATEGORY_NOT_SPACE: "a",
}
_ANY = "aA7 _-.:!\n<`\\"
_EXAMPLES = 6


@dataclass(frozen=True, slots=True)
class Attack:
    """A text of any length: `head`, then `piece` again and again, then `tail`."""

    head: str
    piece: str
    tail: str

    def text(self, size: int) -> str:
        return self.head + self.piece * max(1, size // len(self.piece)) + self.tail


def patterns_in(value: object, path: str, depth: int = 4) -> Iterator[tuple[str, re.Pattern[Any]]]:
    """The patterns that a value of a module is or holds, by where they are."""
    if isinstance(value, re.Pattern):
        yield path, cast("re.Pattern[Any]", value)
    elif depth and isinstance(value, tuple | list | set | frozenset):
        for number, each in enumerate(cast("tuple[object, ...]", value)):
            yield from patterns_in(each, f"{path}[{number}]", depth - 1)
    elif depth and isinstance(value, Mapping):
        for name, each in cast("Mapping[object, object]", value).items():
            yield from patterns_in(name, f"{path}.keys", depth - 1)
            yield from patterns_in(each, f"{path}[{name!r}]", depth - 1)
    elif depth and dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from patterns_in(getattr(value, field.name, None), f"{path}.{field.name}", depth - 1)


def has_possessive_group(source: str | bytes, flags: int = 0) -> bool:
    """Whether a pattern has an atomic group, or a possessive repeat of more than one character or class."""
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    tree: Any = parser.parse(text, flags & ~re.UNICODE if isinstance(source, bytes) else flags)  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]

    def found(tree: Any) -> bool:
        return any(
            code is c.ATOMIC_GROUP
            or (code is c.POSSESSIVE_REPEAT and (len(value[2]) != 1 or value[2][0][0] not in _SINGLE))
            or any(map(found, _inner(code, value)))
            for code, value in tree
        )

    return found(tree)


def attacks(pattern: re.Pattern[Any], *, most: int, seed: int = 0) -> list[Attack]:
    """At most so many: of each repetition its own words after what comes before it, and of all words and characters any mix."""
    source: Any = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else str(source)
    tree: Any = parser.parse(
        text, pattern.flags & ~re.UNICODE if isinstance(source, bytes) else pattern.flags
    )  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    repeats = list(_repeats(tree, ""))
    words = list(dict.fromkeys(word for _, inner in repeats for word in inner if word))
    whole = [example for example in _examples(tree, 8) if example]
    letters = list(dict.fromkeys("".join([*words, *whole])))[:24] or ["a"]
    tails = list(dict.fromkeys(["", "\0", "\n!", *_excluded(tree), *letters[:6]]))
    chance = random.Random(seed)
    sure = [
        Attack(head, word, tail) for head, inner in repeats for word in inner for tail in tails[:3] if word
    ]
    sure += [Attack("", word, "") for word in [*words, *whole, *letters]]
    sure += [
        Attack("", word[:end], tail) for word in whole for end in range(1, len(word)) for tail in ("", "\0")
    ]
    mixed: list[Attack] = []
    for _ in range(3 * most):
        piece = "".join(chance.choices([*words, *letters, *whole], k=chance.randint(1, 4)))
        head = chance.choice(["", *(head for head, _ in repeats), chance.choice(letters)])
        mixed.append(Attack(head, piece[:200], chance.choice(tails)))
    found = [*dict.fromkeys(sure)]
    if len(found) > most * 2 // 3:
        found = chance.sample(found, most * 2 // 3)
    return [*dict.fromkeys([*found, *mixed])][:most]


def _examples(tree: Any, most: int = _EXAMPLES) -> list[str]:
    found = [""]
    for code, value in tree:
        more = _node(code, value)
        found = list(dict.fromkeys(before + after for before in found for after in more))[:most]
    return found


def _node(code: Any, value: Any) -> list[str]:  # noqa: PLR0911
    match code:
        case c.LITERAL:
            return [chr(value)]
        case c.NOT_LITERAL:
            return [char for char in _ANY if ord(char) != value][:3]
        case c.ANY:
            return ["a", " "]
        case c.IN:
            return _members(value)
        case c.BRANCH:
            return [example for branch in value[1] for example in _examples(branch, 2)][:12]
        case c.SUBPATTERN:
            return _examples(value[3])
        case c.ATOMIC_GROUP:
            return _examples(value)
        case _ if code in _REPEATS:
            least, _, inner = value
            found = [example * max(least, 1) for example in _examples(inner, 4)]
            return found if least else [*found[:1], "", *found[1:]]
        case _:
            return [""]


def _members(items: Any) -> list[str]:
    if items[0][0] is c.NEGATE:
        refused = set(_members(items[1:])) if len(items) > 1 else set[str]()
        return [char for char in _ANY if char not in refused][:4] or ["é"]
    found: list[str] = []
    for code, value in items:
        if code is c.LITERAL:
            found.append(chr(value))
        elif code is c.RANGE:
            found += [chr(value[0]), chr(value[1])]
        elif code is c.CATEGORY:
            found.append(_CLASSES.get(value, "a"))
    return list(dict.fromkeys(found))[:_EXAMPLES]


def _inner(code: Any, value: Any) -> list[Any]:
    if code in _REPEATS:
        return [value[2]]
    if code is c.SUBPATTERN:
        return [value[3]]
    if code is c.ATOMIC_GROUP:
        return [value]
    if code is c.BRANCH:
        return [*value[1]]
    return [value[1]] if code in {c.ASSERT, c.ASSERT_NOT} else []


def _repeats(tree: Any, head: str) -> Iterator[tuple[str, list[str]]]:
    """What may come before each repetition, and what it repeats."""
    for code, value in tree:
        if code in _REPEATS:
            yield head, _examples(value[2])
        for inner in _inner(code, value):
            yield from _repeats(inner, head)
        head += (_node(code, value) or [""])[0]


def _excluded(tree: Any) -> Iterator[str]:
    """The characters that something must not be, at which a repetition ends."""
    for code, value in tree:
        if code is c.NOT_LITERAL:
            yield chr(value)
        elif code is c.IN and value[0][0] is c.NEGATE:
            yield from (chr(each) for kind, each in value[1:] if kind is c.LITERAL)
        for inner in _inner(code, value):
            yield from _excluded(inner)
