"""Slack's escaping: foreign text stays text in mrkdwn, whatever it holds, and never exceeds its room.

Slack reads `<…>` as mentions, links and broadcasts, and `&` as the start of an entity; with those three characters
escaped, nothing in a text can notify or link. Code and output go into rich text blocks, where nothing is markup.
"""

from __future__ import annotations

import re

from services.text.invisible_characters import visible

_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_GROWTH = {"&": 4, "<": 3, ">": 3}
_BROKEN_ENTITY = re.compile(r"&[a-z]*$")
# What can't be sent, and line ends that only some programs take for such.
_UNFIT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_OURS = re.compile(r"<(?:@[UW][A-Z0-9]+|#[CG][A-Z0-9]+)>")
_ELLIPSIS = "…"
# What Slack may read as the beginning or the end of bold, italics or struck text, as an emoji, or as a quotation.
_FORMAT = re.compile(r"(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|:[a-z][\w+-]*:|^&gt;|`")
_STRUCK, _STRUCK_END = re.compile(r"(?<!\w)~\S"), re.compile(r"(?<=\S)~(?!\w)")
_CODE = re.compile(r"(?<![\w`])`[^`]+`(?![\w`])")


def escape(text: str) -> str:
    """`text` so that mrkdwn shows it as it is: `<!channel>`, `<@U…>` and links stay text."""
    return _whole(text).translate(_ENTITIES)


def escaped_length(text: str) -> int:
    """How many characters `escape(text)` has: what Slack's limits count."""
    return len(_whole(text)) + sum(growth * text.count(char) for char, growth in _GROWTH.items())


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters of unescaped text, ending in an ellipsis at a word's end where one is near."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    return _at_word(text[: limit - 1], text[limit - 1]) + _ELLIPSIS


def escaped(text: str, limit: int) -> str:
    """`text` escaped for mrkdwn in at most `limit` characters, cut at a word and never inside an entity."""
    if limit < 1:
        return ""
    # What is left of more would be cut anyway: nothing becomes shorter by being shown or escaped.
    whole = _whole(text[: limit + 1])
    if escaped_length(whole) <= limit:
        return escape(whole)
    end = _fitting(whole, limit - 1)
    return escape(_at_word(whole[:end], whole[end])) + _ELLIPSIS


def literal(text: str, limit: int) -> str:
    """`text` for mrkdwn, as it is: escaped, and where Slack would format a line of it, that line as inline code.

    For foreign words amid markup of ours, such as names and titles; at most `limit` characters. Mrkdwn has no other way
    to say that `__init__` is not in italics. What stands between backticks already stays as it is.
    """
    whole = escaped(text, limit)
    if not any(map(_formatted, whole.split("\n"))):
        return whole
    room = max(limit - 2 * (text.count("\n") + 1), limit // 2 - 2)
    lines = escaped(text, room).split("\n")
    return "\n".join(f"`{line.replace('`', 'ˋ')}`" if _formatted(line) else line for line in lines)


def quoted(text: str, limit: int) -> str:
    """The first line of `text` as inline code, in at most `limit` characters."""
    first, _, rest = text.strip().partition("\n")
    return f"`{escaped(first.replace('`', 'ˋ') + (_ELLIPSIS if rest else ''), limit - 2)}`"


def spoken(sentence: str) -> str:
    """A sentence of ours, in which foreign names may stand, for mrkdwn that one person alone sees.

    Nobody is notified by it, so the mentions of people and channels in it stay; everything else stays text.
    """
    parts = [*map(escape, _OURS.split(sentence))]
    mentions = [*_OURS.findall(sentence), ""]
    return "".join(part + mention for part, mention in zip(parts, mentions, strict=True))


def plain(text: str) -> str:
    """`text` for where nothing is markup, such as rich text and labels, with nothing in it that is not seen."""
    return _whole(text)


def fallback(markup: str, limit: int = 3900) -> str:
    """Markup as the text that stands for a whole message: at most `limit` UTF-8 bytes, never empty, nothing cut in two."""
    markup = _whole(markup).strip() or "…"
    if len(markup.encode()) <= limit:
        return markup
    cut = markup.encode()[: limit - len(_ELLIPSIS.encode())].decode(errors="ignore")
    broken = cut.find("<", cut.rfind(">") + 1)
    return _BROKEN_ENTITY.sub("", cut if broken < 0 else cut[:broken]) + _ELLIPSIS


def _whole(text: str) -> str:
    """Without control characters, rare line ends and halves of surrogate pairs; what is not seen is shown by its code point."""
    if not text.isprintable():
        text = _UNFIT.sub("\ufffd", text)
    return visible(text)


def _formatted(line: str) -> bool:
    line = _CODE.sub(".", line)
    if _FORMAT.search(line):
        return True
    begin = _STRUCK.search(line)
    return begin is not None and _STRUCK_END.search(line, begin.end()) is not None


def _fitting(text: str, room: int) -> int:
    """How many characters of `text` have at most `room` once escaped."""
    used = 0
    for place, char in enumerate(text[: room + 1]):
        used += 1 + _GROWTH.get(char, 0)
        if used > room:
            return place
    return min(len(text), max(room, 0))


def _at_word(kept: str, following: str) -> str:
    """`kept` without its last, broken word, unless that would cost more than a third of it."""
    if following.isspace():
        return kept.rstrip()
    start = max(kept.rfind(" "), kept.rfind("\n"))
    return kept[:start].rstrip() if start * 3 >= len(kept) * 2 and start > 0 else kept
