"""The validator of those who isolate by other means: programs run as jobs on a Ray cluster that is there for it."""

from __future__ import annotations

import asyncio
import math
import secrets
import time
from dataclasses import dataclass, field, replace

from services.domain.errors import RaygenError, TargetUnavailable
from services.domain.values import EVIDENCE, InputFile, Outcome, Verdict, sha256
from services.execution.capacity import WAITING, in_vain
from services.execution.interface import Finished, Job, Output, Progress, Target
from services.text.formatting import human_seconds
from services.validation.elsewhere import DATA, Elsewhere, cut, lacking
from services.validation.interface import BARE, Setup, ValidationLimits
from services.validation.progress import LAST, rest

_NAME = "The validation cluster"
_GRACE = 10.0
_STOP_LIMIT = 15.0
_SILENT = "The validation cluster did not confirm in time that it runs the program. Try again in a minute."
_PAUSE = 10.0
_IMPATIENCE = 0.5


class ClusterValidator(Elsewhere):
    """Validates on `target`, as an async context manager.

    What keeps a program from doing harm is that cluster's own isolation. Its Jobs API has no limits but the time. What a
    program reaches for is known from its own process alone, so none of it counts as observed. `cluster` tells one cluster from another.
    """

    def __init__(
        self, target: Target, *, where: str, limits: ValidationLimits | None = None, cluster: str = ""
    ) -> None:
        super().__init__(_NAME, where=where, limits=limits, pause=_PAUSE, impatience=_IMPATIENCE)
        self._target = target
        self._cluster = cluster

    async def problem(self) -> str:
        found = await self._target.readiness()
        return "" if found.ready else found.missing

    async def validate(
        self, code: str, inputs: tuple[InputFile, ...], setup: Setup, limits: ValidationLimits
    ) -> Outcome:
        if setup.provided:
            return replace(lacking(_NAME, DATA), where=self.where)
        outcome = await tried(self._target, validation_job(code, inputs, limits.wall, setup), wall=setup.wall)
        return replace(cut(outcome, limits), where=self.where, cluster=self._cluster, unknown=EVIDENCE)


def cluster_id(address: str) -> str:
    """Tells the clusters of two addresses apart without saying where they are."""
    return sha256(address)[:16]


@dataclass(slots=True)
class _Seen:
    """What was seen of a job until its `limit`: what it printed, when it last made progress, and what it waits for at last."""

    limit: float
    printed: list[str] = field(default_factory=list[str])
    progressed: float = -math.inf
    finished: int = 0
    waits: str = ""

    def take(self, event: Output | Progress) -> None:
        if isinstance(event, Output):
            self.printed.append(event.text)
            self.progressed = time.monotonic()
            return
        finished = sum(task.count for task in event.tasks if task.state == "FINISHED")
        if finished > self.finished:
            self.finished, self.progressed = finished, time.monotonic()
        if event.ran is None or event.ran < self.limit:  # else it is being stopped
            self.waits = event.message if event.message.startswith(WAITING) else ""

    def explained(self, outcome: Outcome, wall: float | None) -> Outcome:
        """The outcome of a job whose program expects `wall` seconds, where it was stopped at its limit."""
        limit = self.limit
        if outcome.verdict is not Verdict.TIMED_OUT:
            return outcome
        if in_vain(self.waits):
            unproven = f"It waited for {self.waits.removeprefix(WAITING)}. What comes after that was not run."
            return replace(outcome, verdict=Verdict.PARTIAL, detail=None, unproven=(unproven,))
        if self.waits:
            return replace(outcome, detail=f"It was stopped after {human_seconds(limit)}: {self.waits}.")
        if wall is None or wall <= limit or self.progressed < time.monotonic() - LAST * limit:
            return outcome
        return replace(outcome, verdict=Verdict.PARTIAL, detail=None, unproven=(rest(limit, wall),))


def validation_job(code: str, inputs: tuple[InputFile, ...], wall: float, setup: Setup = BARE) -> Job:
    """A job of its own name for one attempt."""
    name = f"raygen-validation-{secrets.token_hex(8)}"
    metadata = {"raygen": "validation"}
    return Job(
        name,
        code,
        metadata,
        wall,
        inputs,
        setup.resources,
        lock=setup.environment.lock,
        arguments=setup.arguments,
        checkpoints=setup.checkpoints,
    )


async def tried(
    target: Target,
    job: Job,
    *,
    wall: float | None = None,
    grace: float = _GRACE,
    stop_limit: float = _STOP_LIMIT,
) -> Outcome:
    """What comes of the job, which is over when this returns; what was printed is there whatever happens.

    A program that expects `wall` seconds, more than its limit, is validated in part where it made progress until it was stopped.
    The job is stopped at its wall limit, at the latest `grace` seconds after that from here, which takes at most
    `stop_limit` seconds. A cluster that does not say whether it has taken the job is asked to stop it all the same.
    """
    seen = _Seen(job.wall_limit)
    taken = False
    began = time.monotonic()
    try:
        async with asyncio.timeout(job.wall_limit + grace):
            await target.submit(job)
            taken = True
            outcome = await _followed(target, job.submission_id, seen)
        return seen.explained(outcome, wall)
    except TimeoutError:
        stopped = await _stopped(target, job, "".join(seen.printed), stop_limit, began)
        if not taken:
            return Outcome(verdict=Verdict.UNAVAILABLE, detail=_SILENT)
        return seen.explained(stopped, wall)
    except TargetUnavailable as error:
        await _stopped(target, job, "", stop_limit, began)
        return Outcome(verdict=Verdict.UNAVAILABLE, detail=of_validation(error.public))
    except RaygenError as error:
        return Outcome(verdict=Verdict.UNAVAILABLE, detail=of_validation(error.public))
    except asyncio.CancelledError:
        await asyncio.shield(target.stop(job.submission_id))
        raise


def of_validation(sentence: str) -> str:
    """What a target cluster's call says, of a validation cluster."""
    return sentence.replace("target cluster", "validation cluster")


async def _followed(target: Target, submission_id: str, seen: _Seen) -> Outcome:
    outcome = Outcome(verdict=Verdict.UNAVAILABLE, detail="The validation cluster lost the program.")
    async for event in target.follow(submission_id):
        if isinstance(event, Finished):
            outcome = event.outcome
        else:
            seen.take(event)
    return outcome


async def _stopped(target: Target, job: Job, printed: str, stop_limit: float, began: float) -> Outcome:
    limit, took = human_seconds(job.wall_limit), time.monotonic() - began
    try:
        async with asyncio.timeout(stop_limit):
            await target.stop(job.submission_id)
    except (TimeoutError, RaygenError):
        # If the cluster no longer responds, it is unknown whether the program took so long.
        detail = f"It took more than {limit}, and the cluster did not confirm that it was stopped."
        return Outcome(verdict=Verdict.UNAVAILABLE, stdout=printed, detail=detail)
    return Outcome(
        verdict=Verdict.TIMED_OUT, stdout=printed, detail=f"It was stopped after {human_seconds(took)}."
    )
