"""What stands in a message that somebody points at: its words, and the program among them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, cast

from services.domain.parsing import parse

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_LINK = re.compile(r"<((?:https?|mailto):[^|<>]+)(?:\|([^<>]*))?>")
_FENCED = re.compile(r"```(?:[ \t]*(?:python|py)[ \t]*\n)?(.*?)```", re.DOTALL)
_LANGUAGE = re.compile(r"\A\s*(?:python|py)[ \t]*\n")
# A traceback is longer than most programs; what is longer still is not looked into.
_LOOKED_AT = 200_000
# A message of Slack's has 40,000 characters at most; the parser takes a tenth of a second for the worst of that length.
_PARSED = 40_000


def text(raw: str) -> str:
    """What a person typed: Slack's links and entities undone."""
    plain = _LINK.sub(lambda link: link[2] or link[1], raw)
    for entity, character in _ENTITIES:
        plain = plain.replace(entity, character)
    return plain


def said(message: dict[str, Any]) -> str:
    """All words of a message: its text or, where an app says more there, its blocks, and what is attached to it."""
    written = text(str(message.get("text") or "")).strip()
    shown = "\n".join(_words(message.get("blocks"))).strip()
    parts = [max(written, shown, key=len)]
    for attached in cast("list[dict[str, Any]]", message.get("attachments") or ()):
        blocks = "\n".join(_words(attached.get("blocks") or attached.get("message_blocks"))).strip()
        lines = [text(str(attached.get(name) or "")) for name in ("pretext", "title", "text")]
        parts.append("\n".join(filter(None, lines)) or blocks or text(str(attached.get("fallback") or "")))
    return "\n\n".join(filter(None, parts))[:_LOOKED_AT]


def program(message: dict[str, Any], words: str) -> str:
    """The longest code block that is Python, else the longest one; all words where they are a program themselves."""
    blocks = list(_preformatted(message.get("blocks"))) + _FENCED.findall(words)
    blocks = [_LANGUAGE.sub("", block).strip("\n").rstrip() for block in blocks]
    blocks = [block for block in blocks if block.strip()]
    if not blocks:
        return words if _imports(words) else ""
    # Longest first, so that few are parsed; and no more than so much in all.
    blocks.sort(key=len, reverse=True)
    room = _PARSED
    for block in blocks:
        if len(block) <= room:
            room -= len(block)
            if _parsed(block) is not None:
                return block
    return blocks[0]


def _parsed(code: str) -> ast.Module | None:
    try:
        return parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imports(code: str) -> bool:
    """Words are rarely Python, and hardly ever with an import."""
    tree = _parsed(code) if len(code) <= _PARSED else None
    return tree is not None and any(isinstance(each, ast.Import | ast.ImportFrom) for each in tree.body)


def _preformatted(block: Any) -> Iterator[str]:
    if isinstance(block, list):
        for each in cast("list[Any]", block):
            yield from _preformatted(each)
    elif isinstance(block, dict):
        found = cast("dict[str, Any]", block)
        if found.get("type") == "rich_text_preformatted":
            yield "".join(_inline(found))
        else:
            yield from _preformatted(found.get("elements"))
            yield from _preformatted(found.get("message"))
            yield from _preformatted(found.get("blocks"))


def _words(block: Any) -> Iterator[str]:
    """The words of blocks, a line for each text; what a rich text says in one breath stays together."""
    if isinstance(block, list):
        for each in cast("list[Any]", block):
            yield from _words(each)
        return
    if not isinstance(block, dict):
        return
    found = cast("dict[str, Any]", block)
    kind = found.get("type")
    if kind in {"rich_text_section", "rich_text_preformatted", "rich_text_quote"}:
        line = "".join(_inline(found))
        yield f"```\n{line}\n```" if kind == "rich_text_preformatted" else line
    elif kind in {"actions", "context_actions"}:
        return
    elif isinstance(found.get("text"), str):
        yield text(found["text"])
    else:
        for name in ("text", "fields", "elements", "blocks", "message"):
            yield from _words(found.get(name))


def _inline(block: dict[str, Any]) -> Iterator[str]:
    for each in cast("list[dict[str, Any]]", block.get("elements") or ()):
        match each.get("type"):
            case "user":
                yield f"<@{each.get('user_id')}>"
            case "emoji":
                yield f":{each.get('name')}:"
            case _:
                yield str(each.get("text") or each.get("url") or "")
