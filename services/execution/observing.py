"""Looks at a run beside its log: tasks by state, what it waits for, and whether a stop is stuck; at bounded cost."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from services.errors import RaygenError
from services.execution.api import RayApi
from services.execution.stopping import Stopper
from services.execution.waiting import Capacity, Resources, waiting
from services.execution.wire import JobDetails
from services.model import TaskCount

_SHARE = 10
_UNPLACED = "PENDING_NODE_ASSIGNMENT"
_SUPERVISOR = "_ray_internal_job_actor_{}"
_STUCK = "It was told to stop {:.0f} s ago and still runs; the cluster does not obey"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds before the first look and between looks; a dear look is followed by a pause of ten times its cost."""

    first: float
    every: float


class Observer:
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
        # What a proxy does not pass on, or another version of Ray tells otherwise, is not shown.
        with contextlib.suppress(RaygenError, LookupError, TypeError, ValueError, AttributeError):
            if details.job_id:
                self.tasks = await self._api.tasks(details.job_id)
            stuck = await self._stopper.stuck()
            self.note = _STUCK.format(stuck) if stuck else await self._waiting(details)

    async def _waiting(self, details: JobDetails) -> str:
        if details.status == "PENDING":
            demands = await self._api.unplaced_actors(_SUPERVISOR.format(self._id))
            return await self._told(demands, busy=True)
        if details.job_id is None or not self._count(_UNPLACED):
            return ""
        # A program that has the machine busy itself is at work and waits for nobody.
        return await self._told(
            await self._api.unplaced_tasks(details.job_id), busy=not self._count("RUNNING")
        )

    async def _told(self, demands: Sequence[Resources], *, busy: bool) -> str:
        if not demands:
            return ""
        nodes = [node.resources_total for node in await self._api.nodes() if node.alive]
        used = await self._api.used() if busy else {}
        return waiting(demands, Capacity(tuple(nodes), used), busy=busy)

    def _count(self, state: str) -> int:
        return sum(task.count for task in self.tasks if task.state == state)
