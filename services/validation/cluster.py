"""The validator of those who isolate by other means: programs run as jobs on a Ray cluster that is there for it."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import replace

from services.domain.errors import RaygenError, TargetUnavailable
from services.domain.values import InputFile, Outcome, Verdict
from services.execution.interface import Finished, Job, Output, Target
from services.text.formatting import human_seconds
from services.validation.elsewhere import Elsewhere, cut
from services.validation.interface import BARE, Setup, ValidationLimits

_GRACE = 10.0
_STOP_LIMIT = 15.0
_SILENT = "The validation cluster did not confirm in time that it runs the program. Try again in a minute."
_PAUSE = 10.0
_IMPATIENCE = 0.5


class ClusterValidator(Elsewhere):
    """Validates on `target`, as an async context manager.

    What keeps a program from doing harm is that cluster's own isolation. Its Jobs API has no limits but the time.
    """

    def __init__(self, target: Target, *, where: str, limits: ValidationLimits | None = None) -> None:
        super().__init__(
            "The validation cluster", where=where, limits=limits, pause=_PAUSE, impatience=_IMPATIENCE
        )
        self._target = target

    async def problem(self) -> str:
        found = await self._target.readiness()
        return "" if found.ready else found.missing

    async def validate(
        self, code: str, inputs: tuple[InputFile, ...], setup: Setup, limits: ValidationLimits
    ) -> Outcome:
        outcome = await tried(self._target, validation_job(code, inputs, limits.wall, setup))
        return replace(cut(outcome, limits), where=self.where)


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
        lock=setup.environment.lock,
        arguments=setup.arguments,
        checkpoints=setup.checkpoints,
    )


async def tried(
    target: Target, job: Job, *, grace: float = _GRACE, stop_limit: float = _STOP_LIMIT
) -> Outcome:
    """What comes of the job, which is over when this returns; what was printed is there whatever happens.

    The job is stopped at its wall limit, at the latest `grace` seconds after that from here, which takes at most
    `stop_limit` seconds. A cluster that does not say whether it has taken the job is asked to stop it all the same.
    """
    printed: list[str] = []
    taken = False
    began = time.monotonic()
    try:
        async with asyncio.timeout(job.wall_limit + grace):
            await target.submit(job)
            taken = True
            return await _followed(target, job.submission_id, printed)
    except TimeoutError:
        stopped = await _stopped(target, job, "".join(printed), stop_limit, began)
        return stopped if taken else Outcome(verdict=Verdict.UNAVAILABLE, detail=_SILENT)
    except TargetUnavailable as error:
        await _stopped(target, job, "", stop_limit, began)
        return Outcome(verdict=Verdict.UNAVAILABLE, detail=error.public)
    except RaygenError as error:
        return Outcome(verdict=Verdict.UNAVAILABLE, detail=error.public)
    except asyncio.CancelledError:
        await asyncio.shield(target.stop(job.submission_id))
        raise


async def _followed(target: Target, submission_id: str, printed: list[str]) -> Outcome:
    outcome = Outcome(verdict=Verdict.UNAVAILABLE, detail="The validation cluster lost the program.")
    async for event in target.follow(submission_id):
        if isinstance(event, Finished):
            outcome = event.outcome
        elif isinstance(event, Output):
            printed.append(event.text)
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
