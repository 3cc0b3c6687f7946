"""The validator of hosts without a sandbox: it says why nothing can be validated, and runs nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from services.domain.checkpoints import CheckpointFile
from services.domain.values import InputFile, Outcome, Readiness, Verdict
from services.validation.interface import BARE, Setup, ValidationLease, ValidationLimits, Waiting


class RefusedLease:
    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    async def validate(
        self,
        code: str,  # noqa: ARG002  # never run
        setup: Setup = BARE,  # noqa: ARG002  # as above
        *,
        limits: ValidationLimits | None = None,  # noqa: ARG002  # as above
    ) -> Outcome:
        return Outcome(verdict=Verdict.UNAVAILABLE, detail=self._sentence)


class RefusedValidator:
    """Answers every program with what `readiness` says is missing."""

    where = ""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),  # noqa: ARG002  # nothing is run
        checkpoints: Sequence[CheckpointFile] = (),  # noqa: ARG002  # nothing is run
        waiting: Waiting | None = None,  # noqa: ARG002  # nothing to wait for
    ) -> AsyncGenerator[ValidationLease]:
        yield RefusedLease(self._readiness.missing)

    def readiness(self) -> Readiness:
        return self._readiness
