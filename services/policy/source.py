"""What a syntax tree doesn't show of a program's text: invisible characters, and another encoding."""

from __future__ import annotations

import re

from services.policy.state import State
from services.text import invisible_characters

_MOST = 50
# PEP 263: a comment in the first line, or in the second after a blank line or another comment.
_COMMENT = re.compile(r"[ \t\f]*+(?:#[^\r\n]*+)?(?:\r\n?|\n)")
_DECLARED = re.compile(r"[ \t\f]*+#[^\r\n]*?coding[:=][ \t]*+([-\w.]{1,60})", re.ASCII)
_UTF_8 = frozenset({"utf-8", "utf8", "u8"})
_BEYOND_ASCII = frozenset({"ascii", "us-ascii", "latin-1", "iso-8859-1", "iso-8859-15", "cp1252"})


def judge(code: str, state: State) -> None:
    """Report where the text does not say what it seems to say."""
    _judge_encoding(code, state)
    seen: set[tuple[int, str]] = set()
    for line, char in invisible_characters.hidden_in(code):
        if (line, char) in seen or char == "\f":  # a page break says nothing to Python
            continue
        seen.add((line, char))
        rule = "bidi-control" if invisible_characters.changes_order(char) else "invisible-character"
        state.report(rule, line, "a carriage return" if char == "\r" else invisible_characters.name(char))
        if len(seen) == _MOST:
            return


def _judge_encoding(code: str, state: State) -> None:
    first = _COMMENT.match(code)
    found = _DECLARED.match(code) or (_DECLARED.match(code, first.end()) if first else None)
    if found is None:
        return
    named = found[1].lower().replace("_", "-")
    if named in _UTF_8 or named.startswith("utf-8-") or (named in _BEYOND_ASCII and code.isascii()):
        return
    state.report("source-encoding", 1 if found.start() == 0 else 2, found[1])
