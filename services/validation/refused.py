"""The validator of hosts without a sandbox: it says why nothing can be validated, and runs nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from services.model import Outcome, Readiness, Verdict
from services.validation.interface import Lease, Limits


class RefusedLease:
    def __init__(self, sentence: str) -> None:
        self._sentence = sentence

    async def validate(self, code: str, *, limits: Limits | None = None) -> Outcome:  # noqa: ARG002  # never run
        return Outcome(Verdict.UNAVAILABLE, detail=self._sentence)


class RefusedValidator:
    """Answers every program with what `readiness` says is missing."""

    def __init__(self, readiness: Readiness) -> None:
        self._readiness = readiness

    @asynccontextmanager
    async def lease(self, *, waiting: Callable[[float], None] | None = None) -> AsyncGenerator[Lease]:  # noqa: ARG002  # nothing to wait for
        yield RefusedLease(self._readiness.missing)

    def readiness(self) -> Readiness:
        return self._readiness
