"""Characters that are not seen: shown in every label and in code, named by the policy, and left where writing needs them."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack.blockkit import check as blockkit
from handlers.blocks import mrkdwn, primitives, programs, tasks
from handlers.blocks.forms import field, form, paragraph, read_only
from handlers.blocks.table import table
from services.domain.values import Grade, Program, Table
from services.driver.wrapper.driver import parsed
from services.policy import check
from services.proposals.diff import changes
from services.text.invisible_characters import GROWTH, editable, restored, visible, visible_code
from tests import builders
from tests.unit.blocks.test_blocks import RULES, every_message_is_accepted, every_view, seen

# Default_Ignorable_Code_Point of Unicode 16, as its DerivedCoreProperties.txt lists it.
IGNORABLE = (
    "00AD 034F 061C 115F-1160 17B4-17B5 180B-180D 180E 180F 200B-200F 202A-202E 2060-2064 2065 2066-206F 3164 FE00-FE0F"
    " FEFF FFA0 FFF0-FFF8 1BCA0-1BCA3 1D173-1D17A E0000 E0001 E0002-E001F E0020-E007F E0080-E00FF E0100-E01EF E01F0-E0FFF"
)


def points(listed: str) -> set[int]:
    spans = [tuple(int(end, 16) for end in span.split("-")) for span in listed.split()]
    return {point for span in spans for point in range(span[0], span[-1] + 1)}


NONE = {point for plane in range(17) for point in (plane * 0x10000 + 0xFFFE, plane * 0x10000 + 0xFFFF)}
FORMAT = {point for point in range(0x110000) if unicodedata.category(chr(point)) == "Cf"}
ALL = [chr(point) for point in sorted(points(IGNORABLE) | FORMAT | NONE | {0x2800, 0xE000, 0xF8FF, 0x10FFFD})]
FEW = st.lists(st.sampled_from(ALL), min_size=1, max_size=6, unique=True)
BIDIRECTIONAL = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

LABELS: dict[str, Callable[[str], Any]] = {
    "escape": mrkdwn.escape,
    "escaped": lambda text: mrkdwn.escaped(text, 200),
    "literal": lambda text: mrkdwn.literal(text, 200),
    "literal as code": lambda text: mrkdwn.literal(f"*{text}*", 200),
    "quoted": lambda text: mrkdwn.quoted(text, 200),
    "spoken": mrkdwn.spoken,
    "plain": mrkdwn.plain,
    "fallback": mrkdwn.fallback,
    "section": primitives.mrkdwn,
    "context": primitives.context,
    "paragraph": primitives.prose,
    "preformatted": primitives.preformatted,
    "output": primitives.output,
    "code": primitives.code,
    "button": lambda text: primitives.button(text, "a", "v", confirm=(text, text)),
    "option": lambda text: primitives.option(text, "v"),
    "field": lambda text: field("f", text, paragraph(placeholder=text), text),
    "form": lambda text: form("f", text, text, []),
    "look": lambda text: read_only(text, []),
    "table": lambda text: table(Table((text,), ((text,),), 1, 1), room=3000),
}


def shown(char: str) -> str:
    return f"⟨U+{ord(char):04X}⟩"


@pytest.mark.parametrize("name", LABELS)
def test_every_character_that_is_not_seen_is_shown_in_a_label(name: str) -> None:
    for char in ALL:
        reported = seen(LABELS[name](f"a{char}b"))
        assert char not in reported, ascii(char)
        assert shown(char) in reported, ascii(char)


@settings(max_examples=12, deadline=None)
@given(FEW)
def test_nothing_is_hidden_in_any_message_or_view(chars: list[str]) -> None:
    text = "a" + "b".join(chars) + "c"
    every_message_is_accepted(text)
    for view in every_view(text):
        blockkit.view(view, RULES, kind="modal")
        assert not set(chars) & set(seen(view)), ascii(text)


@settings(max_examples=4, deadline=None)
@given(st.sampled_from(ALL), st.sampled_from(["", "\n", "x"]))
def test_a_flood_of_them_fits(char: str, between: str) -> None:
    every_message_is_accepted(f"{char}{between}" * 3000)


@settings(max_examples=80, deadline=None)
@given(FEW, st.sampled_from(["x = 'a{}b'", "x = 1  # a{}b", "def f():\n    '''a{}b'''\nf()", "a{}b = 1"]))
def test_the_policy_names_them_with_their_lines(chars: list[str], where: str) -> None:
    code = "print(1)\n" + where.format("c".join(chars))
    findings = {(finding.line, finding.rule, finding.message) for finding in check(code).findings}
    line = 2 + where.partition("{}")[0].count("\n")
    for char in chars:
        rule = "bidi-control" if char in BIDIRECTIONAL else "invisible-character"
        assert any(found[:2] == (line, rule) and f"U+{ord(char):04X}" in found[2] for found in findings), (
            ascii(char)
        )


def test_the_warnings_of_them_come_first_and_others_are_counted() -> None:
    code = "".join(f"import os\nos.system('{number}')\n" for number in range(9)) + "x = 1  # \u202e"
    proposal = builders.proposal(program=Program("t", "p", code), policy=check(code))
    lines = [
        line for line in seen(tasks.proposed(builders.card(proposal)).blocks).split("\n") if "Policy:" in line
    ]
    assert "line 19" in lines[0]
    assert "U+202E RIGHT-TO-LEFT OVERRIDE" in lines[0]
    assert lines[-1] == "Policy: and 5 more warnings"


def test_a_card_shows_them_and_keeps_the_code_and_its_hash() -> None:
    program = Program("t", "p", "access = 'user\u202e \u2066# admin\u2069 \u2066'\n")
    card = tasks.proposed(builders.card(builders.proposal(program=program)))
    assert "access = 'user⟨U+202E⟩ ⟨U+2066⟩# admin⟨U+2069⟩ ⟨U+2066⟩'" in seen(card.blocks)
    assert program.sha256[:12] in seen(card.blocks)
    assert program.code == "access = 'user\u202e \u2066# admin\u2069 \u2066'\n"


def test_a_carriage_return_ends_a_line_on_the_card_as_it_does_in_python() -> None:
    assert visible_code("# a\rimport os\r\nb\n") == "# a⟨U+000D⟩\nimport os\nb\n"


def test_a_diff_shows_what_alone_has_changed() -> None:
    found = changes(Program("t", "p", "a = 1\n"), Program("t", "p", "a\u115f = 1\n"))
    assert "+a⟨U+115F⟩ = 1" in found.text.split("\n")
    assert (found.added, found.removed) == (1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "⚠\ufe0f done",
        "👩\u200d🔬",
        "🤷🏼\u200d♂\ufe0f",
        "1\ufe0f\u20e3",
        "☎\ufe0e",
        "می\u200cخواهم",
        "क्\u200dष",
        "🇩🇪",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
        "ordinary, größer, 日本語",
    ],
)
def test_what_writing_needs_stays(text: str) -> None:
    assert visible(text) == text
    assert mrkdwn.literal(text, 100) == text


@pytest.mark.parametrize("text", ["⚠\ufe0f", "👩\u200d🔬", "1\ufe0f\u20e3"])
def test_emoji_in_code_are_nothing_to_warn_of(text: str) -> None:
    assert visible_code(f"print('{text}')") == f"print('{text}')"
    assert not check(f"print('{text}')").findings


@pytest.mark.parametrize(
    "text",
    ["a\u200db", "\u200d🔬", "⚠\ufe0f\ufe0f", "x\ufe0f", "می\u200c", "🏴\U000e0061\U000e007f", "1\ufe0f2"],
)
def test_what_only_looks_like_that_is_shown(text: str) -> None:
    assert "⟨U+" in visible(text)


@given(st.text(st.characters(codec=None) | st.sampled_from(ALL), max_size=80))
def test_to_show_it_is_done_once_and_grows_by_so_much(text: str) -> None:
    assert visible(visible(text)) == visible(text)
    assert visible_code(visible_code(text)) == visible_code(text)
    assert len(visible(text)) <= GROWTH * len(text)


@given(
    st.text(
        st.characters(codec="utf-8") | st.sampled_from([*ALL, "\r", "\n", "⟨", "⟩", "U", "+"]), max_size=80
    )
)
def test_what_is_edited_has_its_characters_back(code: str) -> None:
    assert restored(editable(code), code) == code


def test_an_edit_around_them_keeps_them() -> None:
    code = "x = 'a\u200bb'\n"
    view = programs.edit(builders.proposal(program=Program("t", "p", code))).view
    (typed,) = [block["element"]["initial_value"] for block in view["blocks"]]
    assert typed == "x = 'a⟨U+200B⟩b'"
    assert programs.joined({"code_0": typed + "  # more"}, code) == "x = 'a\u200bb'  # more\n"


def test_warnings_are_bounded() -> None:
    findings = check("x = 1  # \u200b\u200c\u202e\n" * 5000).findings
    assert len(findings) == 50
    assert {finding.grade for finding in findings} == {Grade.WARN}


@pytest.mark.parametrize("encoding", ["utf-7", "unicode_escape", "cp037", "utf-16"])
def test_a_program_runs_as_the_text_that_was_shown_whatever_encoding_it_declares(
    encoding: str, tmp_path: Path
) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        f"# coding: {encoding}\n# +AAo-hidden() \\u000ahidden()\nprint('shown')\n", encoding="utf-8"
    )
    assert [type(node) for node in parsed(str(program)).body] == [ast.Expr]
    assert check(program.read_text(encoding="utf-8")).refused
