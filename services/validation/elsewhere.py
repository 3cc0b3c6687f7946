"""What all validators have in common whose programs run elsewhere: on a cluster, by a Lambda, behind a gateway."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Self

from services.domain.checkpoints import CheckpointFile
from services.domain.companion_files import companions_of
from services.domain.values import InputFile, Outcome, Readiness, Verdict
from services.validation.interface import BARE, Setup, ValidationLease, ValidationLimits, Waiting
from services.validation.probe import PART

DATA = "give programs data or secrets"
"""What is not done where programs run elsewhere."""


class Elsewhere(ABC):
    """Implements Validator as an async context manager, which goes on asking how it is over there.

    It asks every `pause` seconds, and every `impatience` while something is wrong. `name` is what people call the place, and
    `where` says in a few words where programs run, which is shown with every outcome.
    """

    def __init__(
        self, name: str, *, where: str, limits: ValidationLimits | None, pause: float, impatience: float
    ) -> None:
        self.where = where
        self._limits = limits or ValidationLimits()
        self._problem = f"{name} has not been used yet."
        self._pauses = (impatience, pause)
        self._probe_task: asyncio.Task[None] | None = None

    @abstractmethod
    async def problem(self) -> str:
        """What keeps it from working, in a sentence; empty when nothing does."""

    @abstractmethod
    async def validate(
        self, code: str, inputs: tuple[InputFile, ...], setup: Setup, limits: ValidationLimits
    ) -> Outcome:
        """The outcome of `code` with `inputs` and `setup`, and where it ran; failures are values."""

    async def __aenter__(self) -> Self:
        self._probe_task = asyncio.create_task(self._probe_repeatedly())
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._probe_task is not None
        self._probe_task.cancel()
        await asyncio.gather(self._probe_task, return_exceptions=True)

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        checkpoints: Sequence[CheckpointFile] = (),
        waiting: Waiting | None = None,  # noqa: ARG002  # it is up or not
    ) -> AsyncGenerator[ValidationLease]:
        yield _Lease(self, tuple(inputs), tuple(checkpoints), self._limits)

    def readiness(self) -> Readiness:
        return Readiness(PART, ready=not self._problem, missing=self._problem)

    async def _probe_repeatedly(self) -> None:
        impatience, pause = self._pauses
        while True:
            self._problem = await self.problem()
            await asyncio.sleep(impatience if self._problem else pause)


class _Lease:
    def __init__(
        self,
        validator: Elsewhere,
        inputs: tuple[InputFile, ...],
        checkpoints: tuple[CheckpointFile, ...],
        limits: ValidationLimits,
    ) -> None:
        self._validator = validator
        self._inputs = inputs
        self._checkpoints = checkpoints
        self._limits = limits

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        setup = replace(setup, checkpoints=self._checkpoints)
        return await self._validator.validate(
            code, await companions_of(code, self._inputs), setup, limits or self._limits
        )


def beyond(setup: Setup, name: str) -> Outcome | None:
    """The outcome where `name`, which takes nothing but code, can't run a program with this setup; None where it can."""
    if setup.environment.lock:
        lacks = "install packages"
    elif setup.arguments:
        lacks = "pass arguments to programs"
    elif setup.provided:
        lacks = DATA
    elif setup.checkpoints:
        lacks = "put checkpoints in place"
    else:
        return None
    return lacking(name, lacks)


def lacking(name: str, lacks: str) -> Outcome:
    """The outcome of a program that was not run at `name`, which can't do what `lacks` says."""
    return Outcome(verdict=Verdict.UNTRIED, detail=f"{name} can't {lacks}, so this one was not run there.")


def cut(outcome: Outcome, limits: ValidationLimits) -> Outcome:
    """The outcome within `limits`, of which there is one for output."""
    if len(outcome.stdout) <= limits.output:
        return outcome
    return replace(
        outcome,
        verdict=Verdict.OUTPUT_LIMIT,
        stdout=outcome.stdout[: limits.output],
        detail=f"It printed more than {limits.output:,} characters.",
        truncated=True,
    )
