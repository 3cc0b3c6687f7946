"""Slack's escaping: nothing that a program prints can notify, link, or leave its block."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.blocks.mrkdwn import (
    escape,
    escaped,
    escaped_length,
    fallback,
    literal,
    quoted,
    shorten,
)

PIECES = ["<", ">", "&", "!", "@", "`", "```", "\n", " ", "a", "amp;", "\u200b", "😀", "\ud800", "\x00"]
HOSTILE = st.lists(st.sampled_from(PIECES)).map("".join)
TEXTS = st.one_of(st.text(st.characters()), HOSTILE)
LIMITS = st.integers(-3, 60)
BARE_AMPERSAND = re.compile(r"&(?!amp;|lt;|gt;)")


def harmless(text: str) -> bool:
    """Whether Slack would read all of `text` as text."""
    text.encode()
    return "<" not in text and ">" not in text and not BARE_AMPERSAND.search(text)


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@pytest.mark.parametrize(
    "text", ["<!channel>", "<@U123>", "<https://evil.test|bank>", "<#C1>", "a & b", "&lt;!here&gt;"]
)
def test_control_sequences_stay_text(text: str) -> None:
    assert harmless(escape(text))
    assert unescape(escape(text)) == text
    assert escaped(text, 100) == escape(text)


@given(TEXTS)
def test_escape_is_harmless_and_its_length_known(text: str) -> None:
    assert harmless(escape(text))
    assert len(escape(text)) == escaped_length(text)


@given(TEXTS, LIMITS)
def test_escaped_text_fits_and_is_harmless(text: str, limit: int) -> None:
    shown = escaped(text, limit)
    assert len(shown) <= max(limit, 0)
    assert harmless(shown)


@given(st.text(), LIMITS)
def test_shorten_fits(text: str, limit: int) -> None:
    shown = shorten(text, limit)
    assert len(shown) <= max(limit, 0) or shown == text == ""
    assert shown == text or limit < 1 or shown.endswith("…")


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\r", "\x85", "\u2028", "\u2029"])
def test_a_name_does_not_begin_a_line_of_its_own(end: str) -> None:
    assert literal(f"gpu{end}approved by @ada", 100) == "gpu\ufffdapproved by @ada"


def test_shorten_prefers_a_words_end() -> None:
    assert shorten("estimate pi with a hundred tasks", 21) == "estimate pi with a…"
    assert shorten("estimate pi", 11) == "estimate pi"
    assert shorten("abcdefghijklmnop", 8) == "abcdefg…"
    assert shorten("one two", 4) == "one…"


def test_entities_are_never_cut() -> None:
    for limit in range(1, 30):
        assert harmless(escaped("a<b" * 20, limit))
        assert unescape(escaped("<" * 40, limit)).rstrip("…").replace("<", "") == ""
    assert len(escaped("<" * 40, 9)) == 9


@given(TEXTS, st.integers(20, 90))
def test_a_fallback_is_bounded_in_bytes_and_never_empty(text: str, limit: int) -> None:
    shown = fallback(escape(text), limit)
    assert 0 < len(shown.encode()) <= limit
    assert harmless(shown)


def test_a_fallback_never_cuts_a_mention() -> None:
    assert fallback("asked by <@UENGINEER> " * 3, 36) == "asked by <@UENGINEER> asked by …"


def test_enormous_text_is_cut_quickly_to_size() -> None:
    assert len(escaped("<`" * 1_000_000, 3000)) in range(2990, 3001)


@pytest.mark.parametrize(
    "text",
    [
        "TypeError: Mean.__init__() takes 1 positional argument",
        "got *args and **kwargs",
        "was ~12~ 14",
        ":fire: drill",
        "> quoted",
        "an open ` backtick",
        "`code` and _more_",
    ],
)
def test_what_slack_would_format_is_shown_as_code(text: str) -> None:
    assert literal(text, 200) == f"`{escape(text).replace('`', 'ˋ')}`"


@pytest.mark.parametrize(
    "text", ["snake_case of 2*3*4 = 24", "5 * 4", "~5 nodes", "at 12:30:45", "use `x_`", "a < b"]
)
def test_what_slack_shows_as_it_is_stays_as_it_is(text: str) -> None:
    assert literal(text, 200) == escape(text)


def test_only_the_lines_that_need_it_become_code() -> None:
    assert literal("first\nuse __all__\n", 200) == "first\n`use __all__`\n"
    assert quoted("a `b`\nc", 200) == "`a ˋbˋ…`"


@given(st.lists(st.sampled_from([*PIECES, "*", "_", "~", ":", "b"])).map("".join), st.integers(8, 60))
def test_a_literal_fits_and_leaves_nothing_to_format(text: str, limit: int) -> None:
    shown = literal(text, limit)
    assert len(shown) <= limit
    assert harmless(shown)
    bare = re.sub(r"`[^`\n]+`", ".", shown)
    assert "`" not in bare
    assert not re.search(r"(?<!\w)([*_~])(?=\S).+?(?<=\S)\1(?!\w)", bare)
