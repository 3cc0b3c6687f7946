"""Watches a sandbox from outside while a program runs in it, and says when its tree has taken too much."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum

from services.isolation.ending import end
from services.validation import readings
from services.validation.interface import ValidationLimits

_INTERVAL = 0.1
_OFTEN = 0.02
_NEAR = 0.5
_WEIGHING = 0.5
_PRIORITY = -10


class Excess(StrEnum):
    """What ended an attempt before its program did."""

    WALL = "wall"
    MEMORY = "memory"
    OUTPUT = "output"
    PROCESSES = "processes"
    HARDWARE = "hardware"


def _come_first() -> None:
    """Before what is watched, where the system allows it: as root, whose processes have no other limit."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)


_LOOKS = ThreadPoolExecutor(64, "watchdog", initializer=_come_first)


class Watchdog:
    """Looks at the tree below `root` a few times in a second.

    `idle` processes were there before the program; `peak` is the most memory in bytes that was seen, 0 before any look;
    `bombed` says that it has ended the tree itself, for its number of processes.
    """

    def __init__(self, root: int, limits: ValidationLimits, *, idle: int) -> None:
        self._root = root
        self._limits = limits
        self._idle = idle
        self._weighed = 0.0
        self.peak = 0
        self.bombed = False

    async def watch(self) -> Excess:
        """Return when the tree has more memory or processes than it may."""
        over = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(_LOOKS, self._watch, over)
        finally:
            over.set()

    def _watch(self, over: threading.Event) -> Excess:
        """In a thread of its own, which has its turn even where the event loop is starved."""
        pause = _INTERVAL
        while not over.wait(pause):
            excess, share = self._look()
            if excess:
                return excess
            pause = _OFTEN if share > _NEAR else _INTERVAL
        return Excess.WALL  # nobody asks any more

    def _look(self) -> tuple[Excess | None, float]:
        """What is exceeded, and how near to its limit the memory is."""
        limit = self._limits.memory
        most = self._idle + self._limits.processes
        pids = readings.tree(self._root, most)
        if len(pids) > most:
            # Thousands more would be there by the time the event loop got its turn.
            self.bombed = True
            end(self._root, pids[1:])
            return Excess.PROCESSES, 1.0
        share = readings.resident(pids) / limit
        if share <= _NEAR and time.monotonic() - self._weighed < _WEIGHING:
            return None, share
        # What forked processes share counts for each of them above; this is slower and right.
        exact = readings.proportional(pids)
        self._weighed = time.monotonic()
        self.peak = max(self.peak, exact)
        return (Excess.MEMORY if exact > limit else None), exact / limit
