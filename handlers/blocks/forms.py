"""The parts that every form is made of."""

from __future__ import annotations

from typing import Any

from handlers.blocks.mrkdwn import plain, shorten
from handlers.blocks.primitives import Block

FIELD_LIMIT = 3000
"""The most characters that a text field of Slack's takes."""
_ERROR = 1000


def form(
    callback_id: str, title: str, submit: str, blocks: list[Block], metadata: str = ""
) -> dict[str, Any]:
    """A modal with fields; `metadata` comes back with them."""
    view = {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": plain(title)},
        "submit": {"type": "plain_text", "text": plain(submit)},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": blocks,
    }
    return {**view, "private_metadata": metadata} if metadata else view


def read_only(title: str, blocks: list[Block]) -> dict[str, Any]:
    """A modal without fields."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": plain(title)},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }


def field(block_id: str, label: str, element: Block, hint: str = "") -> Block:
    """An element that has to be filled in, with its label."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": plain(label)},
        "element": element,
    }
    return {**block, "hint": {"type": "plain_text", "text": plain(hint)}} if hint else block


def problem(sentence: str) -> str:
    """A sentence as Slack shows it below a field, where nothing is markup: without the backticks of inline code."""
    return shorten(plain(sentence).replace("`", ""), _ERROR)


def paragraph(limit: int = FIELD_LIMIT, placeholder: str = "") -> Block:
    """Room for text of several lines."""
    element: Block = {"type": "plain_text_input", "action_id": "text", "multiline": True, "max_length": limit}
    return (
        {**element, "placeholder": {"type": "plain_text", "text": plain(placeholder)}}
        if placeholder
        else element
    )
