"""Characters that are not seen, or that change the order in which others are read: found, and shown by their code points.

The set is every format character (general category Cf) and every code point with the property Default_Ignorable_Code_Point
(https://www.unicode.org/Public/16.0.0/ucd/DerivedCoreProperties.txt), besides what has no glyph of its own: private use,
noncharacters, and a few letters and symbols that are drawn as a blank.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

GROWTH = len("⟨U+10FFFF⟩")
"""The most characters that one becomes when it is shown."""

_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORMAT = "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f"
_BLANK = "\u2800\ufffc\U00013441\U00013442\U00016fe4\U0001d159"
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_NONE = "\ufdd0-\ufdef" + "".join(f"{chr(end - 1)}{chr(end)}" for end in range(0xFFFF, 0x110000, 0x10000))
_HIDDEN = f"[{_IGNORABLE}{_FORMAT}{_BLANK}{_PRIVATE}{_NONE}]"

# Emoji that take a variation selector, are joined with others, or are one of the three flags that are spelled with tags.
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u24c2\u25aa-\u25fe\u2600-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_EMOJI = (
    "\U0001f3f4\U000e0067\U000e0062(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074"
    "|\U000e0077\U000e006c\U000e0073)\U000e007f"
    f"|{_PICTURE}(?:[\ufe0e\ufe0f]?\u200d{_PICTURE})*[\ufe0e\ufe0f]?|[0-9#*]\ufe0f\u20e3"
)
# Letters and vowel signs of scripts whose spelling takes joiners: Arabic, those of India, Khmer, Mongolian and others.
_JOINING = "[\u0620-\u06d5\u06ee-\u06ff\u0750-\u077f\u08a0-\u08c9\u0900-\u109f\u1780-\u17b3\u17b6-\u17d3\u1820-\u18aa]"
_SPELLED = f"(?<={_JOINING})[\u200c\u200d](?={_JOINING})"

_ANY = re.compile(f"({_HIDDEN})")
# Without one of these nothing that is not seen stays, and the quicker expression will do.
_KEPT = re.compile("[\u200c\u200d\ufe0e\ufe0f\U000e007f]")
_IN_TEXT = re.compile(f"{_EMOJI}|{_SPELLED}|({_HIDDEN})")
_CONTROLS = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
_IN_CODE = re.compile(f"{_EMOJI}|(\r\n?|\n)|({_HIDDEN}|[{_CONTROLS}])")
_BIDIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_MARK = "⟨U+"


def visible(text: str) -> str:
    """`text` with what is not seen in it shown, such as `⟨U+200B⟩`; emoji and the spelling of words stay as they are."""
    if text.isascii() or not _ANY.search(text):
        return text
    return (_IN_TEXT if _KEPT.search(text) else _ANY).sub(_escaped, text)


def visible_code(code: str) -> str:
    r"""The same of a program, with all control characters, and with each of its line ends as `\n`.

    Python takes a lone carriage return for a line end, where nobody else sees one.
    """
    return _IN_CODE.sub(_escaped_in_code, code)


def name(char: str) -> str:
    """Such as `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    named = unicodedata.name(char, "")
    return f"U+{ord(char):04X} {named}".rstrip()


def hidden_in(code: str) -> Iterator[tuple[int, str]]:
    """The characters that are not seen in a program, in their order, each with its line, which counts from 1."""
    line = 1
    for found in _IN_CODE.finditer(code):
        if found[1]:
            if found[1] == "\r":
                yield line, "\r"
            line += 1
        elif found[2]:
            yield line, found[2]


def editable(code: str) -> str:
    """A program as it is shown to its editor; existing marks stay unchanged."""
    return code if _MARK in code else "\r\n".join(map(visible_code, code.split("\r\n")))


def restored(edited: str, original: str) -> str:
    """What `edited` says once the marks that `editable` made of `original` are characters again."""
    if _MARK in original:
        return edited
    for char in dict.fromkeys(char for _, char in hidden_in(original)):
        edited = edited.replace(_shown(char) + "\n", "\r") if char == "\r" else edited
        edited = edited.replace(_shown(char), char)
    return edited


def changes_order(char: str) -> bool:
    """Whether it makes others appear in another order than they are in."""
    return char in _BIDIRECTIONAL


def _escaped(found: re.Match[str]) -> str:
    return _shown(found[1]) if found[1] else found[0]


def _escaped_in_code(found: re.Match[str]) -> str:
    if found[1]:
        return f"{_shown(found[1])}\n" if found[1] == "\r" else "\n"
    return _shown(found[2]) if found[2] else found[0]


def _shown(char: str) -> str:
    return f"{_MARK}{ord(char):04X}⟩"
