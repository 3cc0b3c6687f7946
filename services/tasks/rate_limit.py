"""Rate limits: a rolling window over accepted requests."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from services.domain.errors import TooOften
from services.text.formatting import human_seconds, plural

_PERIODS = {"minute": 60.0, "hour": 3600.0, "day": 86_400.0}
_RATE = re.compile(r"\s*(\d{1,6})\s*/\s*(minute|hour|day)\s*")


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `limit` requests in any `period` seconds."""

    limit: int
    period: float
    unit: str = "hour"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """`20/hour`; nothing for an empty text. Raises ValueError for what is no rate."""
        if not text.strip():
            return None
        match = _RATE.fullmatch(text)
        if match is None or int(match[1]) < 1:
            raise ValueError("write a number of requests per `minute`, `hour` or `day`, such as `20/hour`")
        return cls(int(match[1]), _PERIODS[match[2]], match[2])


Asked = Callable[[str, float], Awaitable[Mapping[str, float]]]
"""The tasks (IDs and times) that were begun under a key, such as a person's ID, since a moment."""


@dataclass(slots=True)
class Throttle:
    """Limits the rate of each key. Requests that were accepted but have no row yet count; a repeated request never counts twice."""

    asked: Asked
    rate: Rate | None = None
    whose: str = "You are limited to"
    _taken: dict[str, dict[str, float]] = field(default_factory=dict[str, dict[str, float]])

    async def admit(
        self, key: str, task_id: str, elsewhere: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        """Count a request, with those admitted `elsewhere` (IDs and times). Raises TooOften, which says when to try again."""
        if self.rate is None:
            return
        now = time.time()
        asked = await self.asked(key, now - self.rate.period)
        # Nothing is awaited from here on, so that of two at once the second sees the first.
        taken = self._taken.setdefault(key, {})
        for each in [each for each, at in taken.items() if at <= now - self.rate.period]:
            del taken[each]
        counted = {**taken, **elsewhere, **asked}
        if task_id in counted:
            return
        if len(counted) >= self.rate.limit:
            raise TooOften(
                self._sentence(sorted(counted.values())[-self.rate.limit] + self.rate.period - now)
            )
        taken[task_id] = now

    def forget(self, key: str, task_id: str) -> None:
        """Take back what was counted for a request that was then refused."""
        self._taken.get(key, {}).pop(task_id, None)

    def _sentence(self, left: float) -> str:
        assert self.rate is not None
        return f"{self.whose} {plural(self.rate.limit, 'request')} per {self.rate.unit}. Try again in {human_seconds(max(left, 1))}."
