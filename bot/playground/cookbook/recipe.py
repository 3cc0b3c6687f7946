"""What a recipe is: a program, the words that ask for it, and the numbers that people may choose in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.playground.cookbook import constants, sources

Value = constants.Value


@dataclass(frozen=True, slots=True)
class Knob:
    """A constant that the prompt may set: the nouns that mean it, and the values that make sense.

    `bare` takes a number without a noun; `many` takes all numbers; `each` names the knob whose value multiplies
    "1000 … each"; `size` marks what is made smaller when a program takes too long.
    """

    name: str
    nouns: str = ""
    low: float = 1
    high: float = 1000
    bare: bool = False
    many: bool = False
    each: str | None = None
    size: bool = False

    def means(self, word: str) -> bool:
        return bool(self.nouns) and re.fullmatch(self.nouns, word) is not None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A constant that is text; the first group of `pattern` is what the prompt says it should be."""

    name: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What a first draft gets wrong, and the error by which it is recognised."""

    right: str
    wrong: str
    error: str


@dataclass(frozen=True, slots=True)
class Variant:
    """Another program for the same task; `cues` are the words that ask for just this one."""

    program: str
    cues: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Recipe:
    """One task that the cookbook knows; `cues` ask for it, `hints` only decide between two that are asked for."""

    program: str
    purpose: str
    cues: str
    example: str
    hints: str = ""
    knobs: tuple[Knob, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    mistake: Mistake | None = None
    variants: tuple[Variant, ...] = field(default=())

    @property
    def title(self) -> str:
        return constants.title(sources.source(self.program))

    @property
    def purposes(self) -> Mapping[str, str]:
        """The purpose of each of its programs, by the program's name."""
        return {self.program: self.purpose} | {other.program: other.purpose for other in self.variants}

    def score(self, text: str) -> int:
        """How much of `text` asks for this recipe; 0 when nothing does."""
        asked = sum(len(match.group()) for match in re.finditer(self.cues, text, re.IGNORECASE))
        if not asked or not self.hints:
            return asked
        return asked + 2 * len(re.findall(self.hints, text, re.IGNORECASE))

    def knob(self, name: str) -> Knob | None:
        return next((knob for knob in self.knobs if knob.name == name), None)
