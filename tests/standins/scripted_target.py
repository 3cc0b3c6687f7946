"""A target for fast tests: tells scripted events instead of running anything, and keeps a real target's promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field

from services.domain.errors import RaygenError
from services.domain.values import Outcome, Readiness, Verdict
from services.execution.interface import Event, Finished, Job, Output, Progress
from services.execution.jobs import checked
from services.execution.state import ClusterState, Share

Step = Output | Progress | Finished | asyncio.Event | float
"""What a script is made of: events, a pause in seconds, or something to wait for."""

Script = Callable[[Job], Sequence[Step]]


def prints(*portions: str) -> Script:
    """A script of a program that prints this and passes."""
    steps = [Output(portion) for portion in portions]
    ended = Finished(Outcome(verdict=Verdict.PASSED, stdout="".join(portions), exit_code=0))
    return lambda _: [Progress("RUNNING"), *steps, ended]


@dataclass(slots=True)
class _Run:
    reported: list[Event] = field(default_factory=list[Event])
    news: asyncio.Condition = field(default_factory=asyncio.Condition)
    work: asyncio.Task[None] | None = None

    @property
    def ended(self) -> bool:
        return bool(self.reported) and isinstance(self.reported[-1], Finished)

    async def tell(self, event: Event) -> None:
        async with self.news:
            if not self.ended:
                self.reported.append(event)
                self.news.notify_all()


class ScriptedCluster:
    """What outlives a bot: the jobs by submission ID, in the order of their coming."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.runs: dict[str, _Run] = {}

    async def aclose(self) -> None:
        work = [run.work for run in self.runs.values() if run.work is not None]
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)


class ScriptedTarget:
    """One bot's view of a scripted cluster; `trouble`, once set, is raised by every call."""

    def __init__(
        self, script: Script, *, cluster: ScriptedCluster | None = None, name: str = "scripted"
    ) -> None:
        self.name = name
        self.address = "http://scripted.invalid"
        self.cluster = cluster or ScriptedCluster()
        self.trouble: RaygenError | None = None
        self._script = script

    async def aclose(self) -> None:
        await self.cluster.aclose()

    async def submit(self, job: Job) -> bool:
        self._check()
        if checked(job.submission_id) in self.cluster.jobs:
            return False
        self.cluster.jobs[job.submission_id] = job
        run = self.cluster.runs[job.submission_id] = _Run()
        run.work = asyncio.create_task(_play(run, self._script(job), job.wall_limit))
        return True

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        run = self.cluster.runs.get(submission_id)
        if self.trouble is not None or run is None:
            reason = (
                self.trouble.public if self.trouble else f"The target {self.name} has no record of this run."
            )
            yield Finished(Outcome(verdict=Verdict.UNAVAILABLE, detail=reason))
            return
        read = 0
        while read == 0 or not isinstance(run.reported[read - 1], Finished):
            async with run.news:
                await run.news.wait_for(lambda seen=read: len(run.reported) > seen)
            yield run.reported[read]
            read += 1

    async def stop(self, submission_id: str) -> bool:
        self._check()
        run = self.cluster.runs.get(submission_id)
        if run is None or run.ended:
            return False
        await _cut(run, Verdict.STOPPED)
        return True

    async def readiness(self) -> Readiness:
        missing = self.trouble.public if self.trouble else ""
        return Readiness(f"target {self.name}", ready=not missing, missing=missing)

    async def state(self) -> ClusterState:
        problem = self.trouble.public if self.trouble else ""
        return (
            ClusterState(problem, "2.60.0", 1, {"CPU": Share(0, 2)}) if not problem else ClusterState(problem)
        )

    def _check(self) -> None:
        if self.trouble is not None:
            raise self.trouble


async def _play(run: _Run, steps: Sequence[Step], wall_limit: float) -> None:
    try:
        async with asyncio.timeout(wall_limit):
            for step in steps:
                match step:
                    case asyncio.Event():
                        await step.wait()
                    case int() | float():
                        await asyncio.sleep(step)
                    case _:
                        await run.tell(step)
    except TimeoutError:
        await _cut(run, Verdict.TIMED_OUT)
    if not run.ended:
        await run.tell(Finished(Outcome(verdict=Verdict.PASSED, stdout=_text(run), exit_code=0)))


async def _cut(run: _Run, verdict: Verdict) -> None:
    await run.tell(Finished(Outcome(verdict=verdict, stdout=_text(run))))


def _text(run: _Run) -> str:
    return "".join(event.text for event in run.reported if isinstance(event, Output))
