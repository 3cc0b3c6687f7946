"""What kind of place a channel is, for rules that name channels."""

from __future__ import annotations

DIRECT, API = "direct", "api"


def channel_kind(channel: str) -> str:
    """`direct`, `api`, or nothing for a channel."""
    if channel.startswith("api:"):
        return API
    return DIRECT if channel.startswith("D") else ""
