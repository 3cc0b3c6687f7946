"""The limits that admission holds requests to."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from services.tasks.rate_limit import Rate


@dataclass(frozen=True, slots=True)
class Day:
    """What may be spent from midnight to midnight (UTC): tokens of all kinds, and money where prices are known."""

    tokens: int | None = None
    money: float | None = None

    def __bool__(self) -> bool:
        return self.tokens is not None or self.money is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionLimits:
    """Which requests are taken; None and empty mean no limit."""

    user_rate: Rate | None = None
    """Requests of one person in a period."""
    channel_rate: Rate | None = None
    """Requests in one channel in a period."""
    user_tasks: int | None = None
    """Unfinished requests of one person."""
    channel_tasks: int | None = None
    """Unfinished requests in one channel."""
    day: Day = field(default_factory=Day)
    """What all together may spend a day."""
    user_day: Day = field(default_factory=Day)
    """What one person may spend a day."""
    channels: Collection[str] = ()
    """Slack channels that requests are taken from; the API has its tokens instead."""
    workspaces: Collection[str] = ()
    """Slack workspaces that both the channel and the person must be of; the API has its tokens instead."""
