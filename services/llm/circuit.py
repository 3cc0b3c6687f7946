"""Keeps a throttled model out for as long as its service asked, so that no other request waits for it in vain."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_LONGEST = 300.0


@dataclass(slots=True)
class Circuit:
    """What is known of each model's willingness; shared by all tasks of a process.

    `first` is the pause, in seconds as those of `clock`, after a refusal that names none.
    """

    clock: Callable[[], float] = time.monotonic
    first: float = 1.0
    _until: dict[str, float] = field(default_factory=dict[str, float])
    _strikes: dict[str, int] = field(default_factory=dict[str, int])

    def wait(self, name: str) -> float:
        """Seconds until the model may be asked; 0 when it may be now."""
        return max(0.0, self._until.get(name, 0.0) - self.clock())

    def throttled(self, name: str, retry_after: float | None) -> None:
        """Leave it alone for `retry_after` seconds, or for longer each time when the service gives no figure."""
        strikes = self._strikes[name] = self._strikes.get(name, 0) + 1
        pause = self.first * 2 ** (strikes - 1) if retry_after is None else retry_after
        self._until[name] = self.clock() + min(max(pause, 0.0), _LONGEST)

    def answered(self, name: str) -> None:
        self._strikes.pop(name, None)
        self._until.pop(name, None)
