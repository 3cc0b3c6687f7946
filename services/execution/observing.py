"""Observes a run besides its log: tasks by state, what it waits for, and whether a stop is stuck; at bounded cost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass

from services.domain.errors import RaygenError
from services.domain.values import TaskCount
from services.execution.api import RayApi
from services.execution.capacity import Capacity, waiting, waiting_for_group
from services.execution.stopping import Stopper
from services.execution.wire import JobDetails
from services.text.formatting import human_seconds

_SHARE = 10
_UNPLACED = "PENDING_NODE_ASSIGNMENT"
_SUPERVISOR = "_ray_internal_job_actor_{}"
_STUCK = "Stop was requested {} ago, but the run is still going"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds before the first look and between looks; a dear look is followed by a pause of ten times its cost."""

    first: float
    every: float


class RunObserver:
    """What can be seen of one submission; `tasks` and `note` are as of the last look."""

    def __init__(self, api: RayApi, submission_id: str, stopper: Stopper, rhythm: Rhythm) -> None:
        self._api = api
        self._id = submission_id
        self._stopper = stopper
        self._rhythm = rhythm
        self.tasks: tuple[TaskCount, ...] = ()
        self.note = ""

    async def observe(self, details: Callable[[], JobDetails | None]) -> None:
        """Look again and again; runs until it is cancelled."""
        await asyncio.sleep(self._rhythm.first)
        while True:
            began = time.monotonic()
            if (now := details()) is not None:
                await self._look(now)
            await asyncio.sleep(max(self._rhythm.every, _SHARE * (time.monotonic() - began)))

    async def _look(self, details: JobDetails) -> None:
        # What a proxy does not pass on, or another version of Ray reports differently, is not shown.
        with contextlib.suppress(RaygenError, LookupError, TypeError, ValueError, AttributeError):
            if details.job_id:
                self.tasks = await self._api.tasks(details.job_id)
            stuck = await self._stopper.stuck()
            self.note = _STUCK.format(human_seconds(round(stuck))) if stuck else await self._waiting(details)

    async def _waiting(self, details: JobDetails) -> str:
        if details.status == "PENDING":
            demands = await self._api.unplaced_actors(_SUPERVISOR.format(self._id))
            return waiting(demands, await self._capacity(busy=True)) if demands else ""
        if details.job_id is None:
            return ""
        demands = await self._api.unplaced_tasks(details.job_id) if self._count(_UNPLACED) else []
        groups = await self._api.unplaced_groups(details.job_id)
        if not (demands or groups):
            return ""
        # A program that has the machine busy itself is at work and not waiting.
        busy = not self._count("RUNNING")
        capacity = await self._capacity(busy=busy)
        sentences = [waiting_for_group(group, capacity, busy=busy) for group in groups]
        return next(filter(None, sentences), "") or waiting(demands, capacity, busy=busy)

    async def _capacity(self, *, busy: bool) -> Capacity:
        nodes = [node.resources_total for node in await self._api.nodes() if node.alive]
        return Capacity(tuple(nodes), await self._api.used() if busy else {})

    def _count(self, state: str) -> int:
        return sum(task.count for task in self.tasks if task.state == state)
