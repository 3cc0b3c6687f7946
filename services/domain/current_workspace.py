"""Which workspace the work at hand is for, where raygen serves several.

Whatever takes in work says it: the listeners by what Slack sends, all later work by its session. It goes along with the
task (of asyncio) that does the work, and with those that this one starts.
"""

from __future__ import annotations

from contextvars import ContextVar

_at_hand: ContextVar[str] = ContextVar("workspace", default="")


def enter(team: str) -> None:
    """From here on the work is for this workspace (Slack's team ID); empty where it is for none, as the API's."""
    _at_hand.set(team)


def current() -> str:
    """The workspace that the work is for; empty if it is unknown."""
    return _at_hand.get()
