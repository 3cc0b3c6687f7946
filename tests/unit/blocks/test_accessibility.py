"""Nothing is said by a picture, a colour or an emoji alone: every block builder, with any words, on every surface."""

from __future__ import annotations

import inspect
import pkgutil
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from types import CodeType, FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import blocks
from handlers.blocks.primitives import Message
from tests.unit.blocks.test_untrusted_text import SURFACES, markups

Json = dict[str, Any]
EMOJI = re.compile(r":[a-z][a-z0-9_+-]*:")
_CODE = re.compile(r"`[^`]*`")
WORD = re.compile(r"[^\W\d_]{2,}")
# What a colour says, said by the first word of the button, too.
STYLES = {"primary": {"Approve"}, "danger": {"Stop", "End"}}


def elements(node: Any) -> Iterator[Json]:
    """Every object of a message or view."""
    match node:
        case Message():
            yield from elements(node.blocks)
        case list():
            for child in node:
                yield from elements(child)
        case dict():
            yield node
            for child in node.values():
                yield from elements(child)
        case _:
            return


def check(sent: Any) -> None:
    for each in elements(sent):
        match each.get("type"):
            case "image":
                assert WORD.search(each.get("alt_text", "")), each
            case "button":
                words = EMOJI.sub("", each["text"]["text"])
                assert WORD.search(words), each
                assert words.split()[0] in STYLES.get(each.get("style", ""), {words.split()[0]}), each
                if "confirm" in each:
                    assert WORD.search(each["confirm"]["text"]["text"]), each
            case "feedback_buttons":
                for vote in ("positive_button", "negative_button"):
                    assert WORD.search(each[vote]["text"]["text"]), each
                    assert WORD.search(each[vote]["accessibility_label"]), each
            case "option" | "radio_buttons" | "checkboxes" | "static_select":
                assert all(WORD.search(one["text"]["text"]) for one in each.get("options", ())), each
            case _:
                continue
    for line in marked(sent):
        assert WORD.search(EMOJI.sub("", line)), line


def marked(sent: Any) -> list[str]:
    """The lines of markup with an emoji of ours in them."""
    lines = [_CODE.sub("code", line) for text in markups(sent) for line in text.splitlines()]
    return [line for line in lines if EMOJI.search(line)]


@given(st.sampled_from(sorted(SURFACES)), st.text(max_size=80))
@settings(max_examples=300, deadline=None)
def test_words_say_what_emoji_styles_and_pictures_do(surface: str, text: str):
    check(SURFACES[surface](text))


@pytest.mark.parametrize("surface", sorted(SURFACES))
@pytest.mark.parametrize("text", ["", "\n", "\x85", "\u2028x\n\n", "\n*_`"])
def test_words_say_it_beside_few_words_and_odd_lines(surface: str, text: str):
    check(SURFACES[surface](text))


@pytest.mark.parametrize("surface", sorted(SURFACES))
def test_a_screen_reader_is_given_words(surface: str):
    check(SURFACES[surface](""))
    sent = SURFACES[surface]("plain words")
    if isinstance(sent, Message):
        assert WORD.search(EMOJI.sub("", sent.text)), "in the place of the blocks"


def test_two_states_differ_in_more_than_their_emoji():
    """Of all lines of all surfaces, none is another one but for its emoji."""
    found: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for surface in SURFACES.values():
        for line in marked(surface("plain words")):
            found[EMOJI.sub("", line).strip()].add(tuple(EMOJI.findall(line)))
    assert len(found) > 15
    assert {line: emoji for line, emoji in found.items() if len(emoji) > 1} == {}


@cache
def builders() -> dict[CodeType, str]:
    """Every function of handlers/blocks that others may call and that gives blocks."""
    found: dict[CodeType, str] = {}
    for module in pkgutil.iter_modules(blocks.__path__):
        loaded = import_module(f"{blocks.__name__}.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            gives = str(function.__annotations__.get("return", ""))
            ours = function.__module__ == loaded.__name__ and not name.startswith("_")
            if ours and re.search(r"Message|Block|Look\b|dict\[str, Any\]", gives):
                found[function.__code__] = f"{module.name}.{name}"
    return found


def test_every_builder_is_among_the_surfaces():
    """Else the tests above would say nothing of it."""
    called: set[CodeType] = set()

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            called.add(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        for surface in SURFACES.values():
            surface("plain words")
    finally:
        sys.setprofile(before)
    assert sorted(name for code, name in builders().items() if code not in called) == []
