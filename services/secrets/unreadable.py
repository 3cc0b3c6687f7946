"""Why a value can't be read."""

from __future__ import annotations


class Unreadable(Exception):
    """The reason, as the end of `The secret NAME can't be read: …`, without a full stop."""
