"""A run while its target is followed: what people see of it, and that a wish to stop it reaches a target that is away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from services.domain.entities import Proposal, Run, Session
from services.domain.errors import TargetUnavailable
from services.execution.interface import Target
from services.notifications.events import RunContinues, RunProgressed, RunView
from services.notifications.notifier import Notifier

_AGAIN = 2.0
_HOUR = 3600.0


@dataclass(slots=True)
class RunMonitor:
    """One run as it is shown; `insist` is set when its target could not be asked to stop it.

    `since` is when it started, or before that began to wait, in POSIX seconds; `notified` is set once the target
    has said something of it.
    """

    run: Run
    proposal: Proposal
    session: Session
    notifier: Notifier
    view: RunView = field(default_factory=lambda: RunView("PENDING", "", 0.0))
    insist: asyncio.Event = field(default_factory=asyncio.Event)
    since: float = 0.0
    notified: asyncio.Event = field(default_factory=asyncio.Event)

    async def show(self, view: RunView) -> None:
        self.view = view
        await self.notifier.notify(RunProgressed(self.run, self.proposal, self.session, view))

    async def stop_asked(self, user: str) -> None:
        """Show that a stop was requested; the first person to ask is named."""
        if self.run.stopped_by is None:
            self.run = replace(self.run, stopped_by=user)
            await self.show(self.view)

    @asynccontextmanager
    async def insisting(self, target: Target) -> AsyncGenerator[None]:
        """Tells the target again and again as long as it does not hear, until the context ends."""
        task = asyncio.create_task(self._insist(target))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    @asynccontextmanager
    async def announcing(self) -> AsyncGenerator[None]:
        """Says that it is still going after 1, 2, 4, 8 hours and so on, until the context ends."""
        task = asyncio.create_task(self._announce())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})

    async def _announce(self) -> None:
        announced = 0
        await self.notified.wait()
        while True:
            elapsed = max(time.time() - self.since, 0.0)
            hours, pause = milestone(elapsed)
            if hours > announced:
                announced = hours
                view = replace(self.view, elapsed=elapsed)
                with contextlib.suppress(Exception):  # the next one may get through; the run goes on
                    await self.notifier.notify(
                        RunContinues(self.run, self.proposal, self.session, view, hours)
                    )
            await asyncio.sleep(pause)

    async def _insist(self, target: Target) -> None:
        await self.insist.wait()
        while not await requested_stop(target, self.run.id):  # noqa: ASYNC110  # what is waited for is another machine
            await asyncio.sleep(_AGAIN)


def milestone(elapsed: float) -> tuple[int, float]:
    """The last of 1, 2, 4, 8, … hours that has passed, 0 before the first, and the seconds until the next."""
    hours, following = 0, 1
    while elapsed >= following * _HOUR:
        hours, following = following, 2 * following
    return hours, following * _HOUR - elapsed


async def requested_stop(target: Target, run_id: str) -> bool:
    """Whether the target could be asked; False when it can't be reached."""
    try:
        await target.stop(run_id)
    except TargetUnavailable:
        return False
    return True
