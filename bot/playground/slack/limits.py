"""Rate limits and injected faults: how the Web API misbehaves, on purpose."""

import math
import time
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from bot.playground.slack.rules import RateLimit


class RateLimiter:
    """Sliding windows per method, and per channel where the rule says so."""

    def __init__(self, limits: Mapping[str, RateLimit]) -> None:
        self._limits = limits
        self._calls: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, method: str, channel: str) -> int | None:
        """Count a call; the seconds to wait when it is one too many."""
        limit = self._limits.get(method) or self._limits.get("*")
        if limit is None:
            return None
        calls = self._calls[method, channel if limit.per == "channel" else ""]
        now = time.monotonic()
        while calls and calls[0] <= now - limit.seconds:
            calls.popleft()
        if len(calls) >= limit.calls:
            return max(1, math.ceil(calls[0] + limit.seconds - now))
        calls.append(now)
        return None


@dataclass(slots=True)
class Fault:
    """The next `times` calls of `method` (`*`: any) go wrong.

    `error` is a Slack code (`ratelimited` comes as HTTP 429), `status` a bare HTTP status, `hang` seconds of
    silence first. With `after`, the call is carried out and only its answer is lost.
    """

    method: str
    times: int = 1
    error: str | None = None
    status: int | None = None
    hang: float = 0.0
    retry_after: int = 1
    after: bool = False


class Faults:
    def __init__(self) -> None:
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        self._planned.append(fault)

    def clear(self) -> None:
        self._planned.clear()

    def take(self, method: str) -> Fault | None:
        """The fault that this call meets, used up by it."""
        fault = next((one for one in self._planned if one.method in (method, "*")), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.times <= 0:
            self._planned.remove(fault)
        return fault
