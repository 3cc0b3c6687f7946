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


@dataclass(frozen=True, slots=True)
class AdmissionLimits:
    """None and empty mean no limit. `channels` and `workspaces` hold for Slack alone; the API has its tokens.

    With `workspaces` both the place and the person must be of one of them.
    """

    user_rate: Rate | None = None
    channel_rate: Rate | None = None
    user_tasks: int | None = None
    channel_tasks: int | None = None
    day: Day = field(default_factory=Day)
    user_day: Day = field(default_factory=Day)
    channels: Collection[str] = ()
    workspaces: Collection[str] = ()
