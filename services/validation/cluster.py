"""The validator of those who isolate by other means: programs run as jobs on a Ray cluster that is there for it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Self

from services.errors import RaygenError
from services.execution.interface import Finished, Job, Target
from services.model import InputFile, Outcome, Readiness, Verdict
from services.output import human_seconds
from services.validation.interface import Lease, Limits, Waiting
from services.validation.probe import PART

_GRACE = 10.0
_PAUSE = 10.0
_IMPATIENCE = 0.5


class ClusterValidator:
    """Validates on `target`, as an async context manager; `where` says in a few words where that is, and is shown with every outcome.

    What keeps a program from doing harm is that cluster's own isolation. Its Jobs API has no limits but the time.
    """

    def __init__(self, target: Target, *, where: str, limits: Limits | None = None) -> None:
        self._target = target
        self._where = where
        self._limits = limits or Limits()
        self._problem = "The validation cluster was not asked yet."
        self._keeper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._keeper = asyncio.create_task(self._keep_asking())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._keeper is not None
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        waiting: Waiting | None = None,  # noqa: ARG002  # a cluster is up or not
    ) -> AsyncGenerator[Lease]:
        yield _ClusterLease(self, tuple(inputs))

    async def validate(self, code: str, inputs: tuple[InputFile, ...], limits: Limits | None) -> Outcome:
        """As a lease of it does."""
        chosen = limits or self._limits
        name = f"raygen-validation-{secrets.token_hex(8)}"
        job = Job(name, code, {"raygen": "validation"}, chosen.wall, inputs)
        try:
            await self._target.submit(job)
            async with asyncio.timeout(chosen.wall + _GRACE):
                outcome = await self._followed(job.submission_id)
        except TimeoutError:
            outcome = await self._stopped(job.submission_id, chosen)
        except RaygenError as error:
            outcome = Outcome(Verdict.UNAVAILABLE, detail=error.public)
        except asyncio.CancelledError:
            await asyncio.shield(self._target.stop(job.submission_id))
            raise
        return replace(cut(outcome, chosen), where=self._where)

    def readiness(self) -> Readiness:
        return Readiness(PART, ready=not self._problem, missing=self._problem)

    async def _keep_asking(self) -> None:
        while True:
            found = await self._target.readiness()
            self._problem = "" if found.ready else found.missing
            await asyncio.sleep(_PAUSE if found.ready else _IMPATIENCE)

    async def _followed(self, submission_id: str) -> Outcome:
        outcome = Outcome(Verdict.UNAVAILABLE, detail="The validation cluster lost the program.")
        async for event in self._target.follow(submission_id):
            if isinstance(event, Finished):
                outcome = event.outcome
        return outcome

    async def _stopped(self, submission_id: str, limits: Limits) -> Outcome:
        await self._target.stop(submission_id)
        return Outcome(Verdict.TIMED_OUT, detail=f"It was stopped after {human_seconds(limits.wall)}.")


class _ClusterLease:
    def __init__(self, validator: ClusterValidator, inputs: tuple[InputFile, ...]) -> None:
        self._validator = validator
        self._inputs = inputs

    async def validate(self, code: str, *, limits: Limits | None = None) -> Outcome:
        return await self._validator.validate(code, self._inputs, limits)


def cut(outcome: Outcome, limits: Limits) -> Outcome:
    if len(outcome.stdout) <= limits.output:
        return outcome
    detail = f"It printed more than {limits.output:,} characters."
    return replace(
        outcome,
        verdict=Verdict.OUTPUT_LIMIT,
        stdout=outcome.stdout[: limits.output],
        detail=detail,
        truncated=True,
    )
