"""Whether a program that met the wall limit was still making progress, as seen from outside of it.

It counts as progress when, in the last half of the time, it has written something, a Ray task has finished, or its
processes took a fifth of a CPU. A program that sleeps or waits for what never comes does none of these; Ray's own
processes take a few hundredths of a CPU.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from services.text.formatting import human_seconds
from services.validation import readings

LAST = 0.5
"""The share of the time in which progress counts."""
_SHARE = 0.2


def rest(ran: float, expects: float) -> str:
    """What is not proven of a program that made progress until its time was up, both in seconds."""
    return f"It ran for {human_seconds(ran)} without a failure and expects {human_seconds(expects)}. The rest was not run."


@dataclass(frozen=True, slots=True)
class Progress:
    """What was seen in the last `window` seconds: output, finished tasks, and seconds of CPU time."""

    window: float = 0.0
    wrote: bool = False
    finished: bool = False
    cpu: float = 0.0

    @property
    def made(self) -> bool:
        return self.window > 0 and (self.wrote or self.finished or self.cpu >= _SHARE * self.window)

    @property
    def lacking(self) -> str:
        return f"in the last {human_seconds(self.window)} it wrote nothing, finished no Ray task and used little CPU time"


class ProgressWatch:
    """Looks at the tree below `root` from half the `wall` limit on, in seconds."""

    def __init__(self, root: int, wall: float) -> None:
        self._root = root
        self._wall = wall
        self._from = time.monotonic() + (1 - LAST) * wall
        self._cpu: dict[int, float] = {}
        self._wrote = self._finished = 0.0

    def wrote(self) -> None:
        self._wrote = time.monotonic()

    def finished(self) -> None:
        self._finished = time.monotonic()

    async def watch(self) -> None:
        """Take the measure that the end is compared with."""
        await asyncio.sleep((1 - LAST) * self._wall)
        self._cpu = await self._times()

    async def _times(self) -> dict[int, float]:
        """None are known where a program leaves this process no thread to look with, as a fork bomb may."""
        try:
            return await asyncio.to_thread(readings.processor_times, self._root)
        except RuntimeError:
            return {}

    async def seen(self) -> Progress:
        """What came since half the limit; CPU time that could not be measured counts as none."""
        now = await self._times()
        spent = sum(max(used - self._cpu.get(pid, 0.0), 0.0) for pid, used in now.items())
        return Progress(
            window=LAST * self._wall,
            wrote=self._wrote >= self._from,
            finished=self._finished >= self._from,
            cpu=spent if self._cpu else 0.0,
        )
