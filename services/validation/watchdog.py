"""Watches a sandbox from outside while a program runs in it, and says when its tree has taken too much."""

from __future__ import annotations

import asyncio
import time
from enum import StrEnum

from services.validation import readings
from services.validation.interface import ValidationLimits

_INTERVAL = 0.1
_OFTEN = 0.02
_NEAR = 0.5
_WEIGHING = 0.5


class Excess(StrEnum):
    """What ended an attempt before its program did."""

    WALL = "wall"
    MEMORY = "memory"
    OUTPUT = "output"
    PROCESSES = "processes"
    HARDWARE = "hardware"


class Watchdog:
    """Looks at the tree below `root` a few times in a second.

    `idle` processes were there before the program; `peak` is the most memory in bytes that was seen, 0 before any look.
    """

    def __init__(self, root: int, limits: ValidationLimits, *, idle: int) -> None:
        self._root = root
        self._limits = limits
        self._idle = idle
        self._weighed = 0.0
        self.peak = 0

    async def watch(self) -> Excess:
        """Return when the tree has more memory or processes than it may."""
        pause = _INTERVAL
        while True:
            await asyncio.sleep(pause)
            excess, share = await asyncio.to_thread(self._look)
            if excess:
                return excess
            pause = _OFTEN if share > _NEAR else _INTERVAL

    def _look(self) -> tuple[Excess | None, float]:
        """What is exceeded, and how near to its limit the memory is."""
        limit = self._limits.memory
        pids = readings.tree(self._root)
        if len(pids) - self._idle > self._limits.processes:
            return Excess.PROCESSES, 1.0
        share = readings.resident(pids) / limit
        if share <= _NEAR and time.monotonic() - self._weighed < _WEIGHING:
            return None, share
        # What forked processes share counts for each of them above; this is slower and right.
        exact = readings.proportional(pids)
        self._weighed = time.monotonic()
        self.peak = max(self.peak, exact)
        return (Excess.MEMORY if exact > limit else None), exact / limit
