"""Follows one job by its Jobs API: log and status side by side, reconnecting, nothing lost and nothing twice."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, replace

from services.domain.errors import RaygenError, TargetUnavailable
from services.execution.api import RayApi
from services.execution.interface import Event, Output, Progress
from services.execution.observing import Rhythm, RunObserver
from services.execution.stopping import Stopper
from services.execution.transcript import Transcript
from services.execution.wire import JobDetails

_STOP_AGAIN = 5.0
_HURRY = 5.0
_SILENT = "the cluster is not responding; retrying"


@dataclass(frozen=True, slots=True)
class PollIntervals:
    """How often to ask, in seconds; `unreachable_after` is how long the cluster may be out of reach, and `checkpoints` how
    long those of an ended job may take.
    """

    log: float = 0.1
    status: float = 0.25
    ending: float = 0.03
    tasks: float = 1.0
    tasks_after: float = 2.0
    retry: float = 0.5
    unreachable_after: float = 60.0
    checkpoints: float = 10.0


class JobUnknown(Exception):
    """The cluster answers, and has no such job."""


def always() -> bool:
    return True


class Follower:
    """One reading of one job; `alive` says False as soon as waiting for the cluster is in vain."""

    def __init__(
        self,
        api: RayApi,
        submission_id: str,
        transcript: Transcript,
        intervals: PollIntervals,
        stopper: Stopper,
        *,
        alive: Callable[[], bool] = always,
    ) -> None:
        self._api = api
        self._id = submission_id
        self._transcript = transcript
        self._intervals = intervals
        self._stopper = stopper
        self._alive = alive
        self._events: asyncio.Queue[Event] = asyncio.Queue(maxsize=64)
        self._hurry = asyncio.Event()
        self._ending = 0.0
        self._stop_again = 0.0
        self._observer = RunObserver(
            api, submission_id, stopper, Rhythm(intervals.tasks_after, intervals.tasks)
        )
        self._reported: Progress | None = None
        self.details: JobDetails | None = None

    @property
    def failures(self) -> bool:
        """Whether tasks of it were seen to have failed, for whatever reason."""
        return any(task.state == "FAILED" for task in self._observer.tasks)

    async def events(self) -> AsyncGenerator[Event]:
        """Output and progress until the job has ended; then `details` and the transcript are complete.

        Raises JobUnknown, TargetRefused, or TargetUnavailable once patience is over.
        """
        async with _companion(self._work()) as work:
            while (event := await self._next(work)) is not None:
                yield event
            await work

    async def _next(self, work: asyncio.Task[None]) -> Event | None:
        """The next event, or None when the work is done and all of it has been reported."""
        if self._events.empty():
            getter = asyncio.ensure_future(self._events.get())
            await asyncio.wait({getter, work}, return_when=asyncio.FIRST_COMPLETED)
            if getter.done():
                return getter.result()
            getter.cancel()
        return None if self._events.empty() else self._events.get_nowait()

    async def _work(self) -> None:
        details = await self._look()
        async with _companion(self._pump()), _companion(self._observer.observe(lambda: self.details)):
            while not details.ended:
                await self._report(details)
                await self._turn(details)
                details = await self._look()
        await self._drain(details)
        await self._report(details)

    async def _turn(self, details: JobDetails) -> None:
        """Wait as long as the state of things allows; see to the wall limit."""
        if details.overdue(self._transcript.started) and time.monotonic() > self._stop_again:
            self._stop_again = time.monotonic() + _STOP_AGAIN
            with contextlib.suppress(RaygenError):
                await self._stopper.stop()
        if self._ending and time.monotonic() < self._ending + _HURRY:
            await asyncio.sleep(self._intervals.ending)
            return
        if self._ending:
            await asyncio.sleep(self._intervals.status)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._hurry.wait(), self._intervals.status)

    async def _look(self) -> JobDetails:
        """The job as it stands; bridges a cluster that is out of reach for a while."""
        limit = time.monotonic() + self._intervals.unreachable_after
        while True:
            try:
                details = await self._api.job(self._id)
            except TargetUnavailable:
                if time.monotonic() > limit or not self._alive():
                    raise
                await asyncio.sleep(self._intervals.retry)
                await self._report_silence()
            else:
                if details is None:
                    raise JobUnknown
                self.details = details
                return details

    async def _pump(self) -> None:
        """Stream the log as it grows; each reconnection skips what was read before."""
        while True:
            node = self.details.driver_node_id if self.details else None
            if node is not None:
                with contextlib.suppress(RaygenError):
                    await self._read(self._api.log(self._id, node, follow=True, interval=self._intervals.log))
            await asyncio.sleep(self._intervals.log)

    async def _drain(self, details: JobDetails) -> None:
        """Read what the stream had not brought when the job ended; workers' last words come after the facts.

        The checkpoints of a program that has not passed come last, from a process that outlives the job.
        """
        limit = time.monotonic() + self._intervals.checkpoints
        while details.driver_node_id is not None:
            try:
                await self._read(self._api.log(self._id, details.driver_node_id, follow=False))
            except RaygenError:
                await self._drain_otherwise()
                break
            missing = self._transcript.watched and self._transcript.checkpoints is None
            if details.status == "SUCCEEDED" or not missing or time.monotonic() > limit:
                break
            await asyncio.sleep(self._intervals.status)
        await self._say(self._transcript.close())

    async def _drain_otherwise(self) -> None:
        """Some proxies pass on the Jobs API only: take the whole log from there if none of it was read."""
        with contextlib.suppress(RaygenError):
            if self._transcript.offset == 0:
                await self._say(self._transcript.feed(await self._api.whole_log(self._id)))
        if self._transcript.facts is None:
            self._transcript.truncated = True

    async def _read(self, log: AsyncGenerator[bytes]) -> None:
        skip = self._transcript.offset
        async with aclosing(log) as chunks:
            async for chunk in chunks:
                fresh, skip = chunk[skip:], max(0, skip - len(chunk))
                await self._say(self._transcript.feed(fresh))
                if self._transcript.facts is not None and not self._hurry.is_set():
                    self._ending = time.monotonic()
                    self._hurry.set()

    async def _say(self, text: str) -> None:
        if text:
            await self._events.put(Output(text))

    async def _report(self, details: JobDetails) -> None:
        message = self._observer.note or (details.message or "" if details.status == "PENDING" else "")
        ran = details.ran(self._transcript.started)
        progress = Progress(details.status, message, self._observer.tasks, ran)
        reported = self._reported
        if reported is None or reported != progress or (reported.ran is None) != (ran is None):
            self._reported = progress
            await self._events.put(progress)

    async def _report_silence(self) -> None:
        if self._reported is not None and self._reported.message != _SILENT:
            self._reported = replace(self._reported, message=_SILENT)
            await self._events.put(self._reported)


@contextlib.asynccontextmanager
async def _companion(work: Coroutine[None, None, None]) -> AsyncGenerator[asyncio.Task[None]]:
    """A task that lives no longer than the block, however the block is left."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task})
