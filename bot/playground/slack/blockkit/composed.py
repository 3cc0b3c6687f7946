"""The rich text that Slack makes of a message's words: whoever reads a message without blocks finds them in one."""

import hashlib
import re
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

FENCED = re.compile(r"```(.+?)```", re.DOTALL)
TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<mark>[^<>\n]+)>"
    r"|(?<![\w:]):(?P<emoji>[a-z0-9_+'-]+):(?![\w:])"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
)
ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def rich_text(text: str) -> Json:
    """One block; the same words give the same identifier."""
    elements: list[Json] = []
    for number, piece in enumerate(FENCED.split(text)):
        if number % 2:
            code = piece.removeprefix("\n").removesuffix("\n")
            elements.append({"type": "rich_text_preformatted", "elements": [_text(code)], "border": 0})
        elif words := piece.strip("\n") if elements else piece.rstrip("\n"):
            elements.append({"type": "rich_text_section", "elements": list(_inline(words))})
    named = hashlib.sha256(text.encode()).hexdigest()[:5]
    return {"type": "rich_text", "block_id": named, "elements": elements}


def _inline(text: str) -> Iterator[Json]:
    position = 0
    for found in TOKEN.finditer(text):
        if found.start() > position:
            yield _text(text[position : found.start()])
        yield _element(str(found.lastgroup), found[str(found.lastgroup)])
        position = found.end()
    if position < len(text):
        yield _text(text[position:])


def _element(kind: str, inner: str) -> Json:
    match kind:
        case "emoji":
            return {"type": "emoji", "name": inner}
        case "mark":
            return _mark(inner)
        case _:
            return {**_text(inner), "style": {kind: True}}


def _mark(inner: str) -> Json:
    """A mention, or a link with or without a label."""
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return {"type": "user", "user_id": target[1:]}
    if target.startswith("#"):
        return {"type": "channel", "channel_id": target[1:]}
    if target.startswith("!subteam^"):
        return {"type": "usergroup", "usergroup_id": target.removeprefix("!subteam^")}
    if target in ("!here", "!channel", "!everyone"):
        return {"type": "broadcast", "range": target[1:]}
    if target.startswith("!"):
        return _text(label or target[1:])
    return {"type": "link", "url": _plain(target), **({"text": _plain(label)} if label else {})}


def _text(text: str) -> Json:
    return {"type": "text", "text": _plain(text)}


def _plain(text: str) -> str:
    for entity, character in ENTITIES:
        text = text.replace(entity, character)
    return text
