"""The generator's role: finds or changes a program, and repairs it from the error that came back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from bot.playground.cookbook import changes, constants, evidence, recipes, sources
from bot.playground.cookbook.changes import Changes
from bot.playground.cookbook.constants import Value
from bot.playground.cookbook.dialogue import Answer, Dialogue, Say, Use
from bot.playground.cookbook.evidence import Commission
from bot.playground.cookbook.recipe import Knob, Recipe

TOOL = "submit_program"
CHANGE = "Change the program “{title}”: {wish}"

_CHANGE = re.compile(r"^Change the program “(?P<title>[^”]+)”: (?P<wish>.*)$", re.DOTALL)
_TOO_MUCH = re.compile(r'verdict="(?:timed_out|out_of_memory)"')
_SMALLER = 10
_LISTED = 10


@dataclass(frozen=True, slots=True)
class Draft:
    """A program on its way: the code, where it came from, and what a person must know about it."""

    code: str
    recipe: Recipe | None = None
    program: str = ""
    notes: tuple[str, ...] = field(default=())

    def changed(self, wanted: Changes) -> Draft:
        code = constants.replace(self.code, wanted.values)
        return replace(self, code=code, notes=(*self.notes, *wanted.notes))


def answer(dialogue: Dialogue) -> Answer:
    """The next whole program, or a plain sentence when the cookbook has none."""
    order = evidence.commission(dialogue.turns)
    draft = write(order)
    if draft is None:
        return Answer((Say("The cookbook has no recipe for this request."),))
    draft = _after(order.errors, draft)
    arguments = {
        "title": constants.title(draft.code)[:120] or "Changed program",
        "purpose": " ".join([_purpose(draft), *draft.notes])[:600],
        "code": draft.code,
    }
    return Answer((Use(TOOL, arguments),))


def write(order: Commission) -> Draft | None:
    """The program that is asked for, as it is before anything has been tried; None when nothing fits."""
    wish = order.request.partition(f"\n\n{evidence.REWORK}")[0]
    change = _CHANGE.match(wish)
    wish = change["wish"] if change else wish
    current = _current(order.current)
    if order.anew:
        return _anew(wish, current)
    asked_for = recipes.fitting(wish)
    if current is None:
        return _fresh(asked_for, wish) if asked_for else None
    if asked_for is None or asked_for is current.recipe:
        return _follow_up(wish, current) or (_fresh(asked_for, wish) if asked_for else None)
    return _fresh(asked_for, wish)


def _current(code: str) -> Draft | None:
    if not code:
        return None
    known = recipes.by_title(constants.title(code))
    return Draft(code.rstrip() + "\n", *known) if known else Draft(code.rstrip() + "\n")


def _fresh(recipe: Recipe, wish: str, program: str | None = None) -> Draft:
    named = next((other.program for other in recipe.variants if _mentions(other.cues, wish)), recipe.program)
    program = program or named
    draft = Draft(sources.source(program), recipe, program)
    return _mistaken(draft.changed(_wanted(wish, draft)))


def _follow_up(wish: str, current: Draft) -> Draft | None:
    """The current program with what the wish changes in it; None when it changes nothing."""
    variant = _variant(wish, current)
    wanted = _wanted(wish, variant or current)
    if variant is None and not wanted:
        return None
    return (variant or current).changed(wanted)


def _variant(wish: str, current: Draft) -> Draft | None:
    """Another program of the same recipe that the wish names, with the present constants carried over."""
    for other in current.recipe.variants if current.recipe else ():
        if other.program != current.program and _mentions(other.cues, wish):
            return _carried(current, other.program)
    return None


def _anew(wish: str, current: Draft | None) -> Draft | None:
    """Another way to do the same: the recipe's next program, or else other random numbers."""
    recipe = (current.recipe if current else None) or recipes.fitting(wish)
    if recipe is None or current is None:
        return _fresh(recipe, wish) if recipe else current
    ways = list(recipe.purposes)
    if current.program in ways and len(ways) > 1:
        return _carried(current, ways[(ways.index(current.program) + 1) % len(ways)])
    seed = constants.read(current.code).get("SEED")
    if isinstance(seed, int):
        note = "The cookbook knows one way to write this; this time it uses other random numbers."
        return current.changed(Changes({"SEED": seed + 1}, (note,)))
    return replace(current, notes=("The cookbook knows only this one way to write it.",))


def _carried(current: Draft, program: str) -> Draft:
    code = constants.replace(sources.source(program), constants.read(current.code))
    return Draft(code, current.recipe, program, current.notes)


def _wanted(wish: str, draft: Draft) -> Changes:
    present = constants.read(draft.code)
    knobs: tuple[Knob, ...] = draft.recipe.knobs if draft.recipe else changes.knobs_of(present)
    return changes.asked(wish, knobs, draft.recipe.phrases if draft.recipe else (), present)


def _mistaken(draft: Draft) -> Draft:
    """A fresh draft as it is first written, which for some recipes is not yet right."""
    mistake = draft.recipe.mistake if draft.recipe else None
    return replace(draft, code=draft.code.replace(mistake.right, mistake.wrong)) if mistake else draft


def _after(errors: tuple[str, ...], draft: Draft) -> Draft:
    """The draft with what the errors so far teach; an error that teaches nothing leaves it as it is."""
    for error in errors:
        mistake = draft.recipe.mistake if draft.recipe else None
        if mistake and mistake.wrong in draft.code and re.search(mistake.error, error):
            draft = replace(draft, code=draft.code.replace(mistake.wrong, mistake.right))
        elif _TOO_MUCH.search(error):
            draft = _smaller(draft)
    return draft


def _smaller(draft: Draft) -> Draft:
    present = constants.read(draft.code)
    values: dict[str, Value] = {}
    for knob in draft.recipe.knobs if draft.recipe else ():
        value = present.get(knob.name)
        if knob.size and isinstance(value, int) and value > knob.low:
            values[knob.name] = max(int(knob.low), value // _SMALLER)
    if not values:
        return draft
    sizes = ", ".join(f"{name.replace('_', ' ').lower()} {value:,}" for name, value in values.items())
    note = f"The size asked for was too much for the validation, so this takes {sizes}."
    return replace(draft, code=constants.replace(draft.code, values), notes=(*draft.notes, note))


def _purpose(draft: Draft) -> str:
    """The recipe's sentence with the constants of the code as it is now."""
    present: Mapping[str, Value] = constants.read(draft.code)
    if draft.recipe is None:
        return f"Changes constants of “{constants.title(draft.code) or 'the program'}” and leaves the rest as it is."
    try:
        return draft.recipe.purposes[draft.program].format_map(_Readable(present))
    except (KeyError, ValueError):
        return f"{draft.recipe.title}, as edited in this thread."


class _Readable(dict[str, object]):
    """Constants as a sentence shows them: lists as words, everything else as it is."""

    def __getitem__(self, name: str) -> object:
        value = super().__getitem__(name)
        if not isinstance(value, list):
            return value
        words = list(map(str, cast("list[object]", value)))
        if len(words) > _LISTED:
            return f"{', '.join(words[:3])}, … and {words[-1]} ({len(words):,} numbers)"
        return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def _mentions(cues: str, text: str) -> bool:
    return re.search(cues, text, re.IGNORECASE) is not None
