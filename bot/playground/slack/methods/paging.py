"""Pages of a list by cursor, as all of Slack's list methods give them."""

import base64
import binascii
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.methods.call import Call

Json = dict[str, Any]


def page(call: Call, found: list[Any], *, default: int, most: int) -> tuple[list[Any], Json]:
    """The part of `found` that the call asks for, and what the response says about the rest."""
    limit = call.number("limit", default, most)
    start = _position(call.text("cursor"))
    end = start + limit
    more = end < len(found)
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if more else ""
    return found[start:end], {"has_more": more, "response_metadata": {"next_cursor": cursor}}


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        prefix, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if prefix == "next":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")
