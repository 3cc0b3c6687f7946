"""Which validator a program gets: that of its target, where it has a validation cluster of its own, or the usual one."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from services.domain.checkpoints import CheckpointFile
from services.domain.values import InputFile, Outcome, Readiness, Verdict
from services.validation.interface import BARE, Setup, ValidationLease, ValidationLimits, Validator, Waiting

_Leasing = Callable[[], Awaitable[ValidationLease]]
_SEALED = "in the sealed cluster"


class TargetValidator:
    """Validates with `own`, the validator of one target; where that can't, with `usual`, and the outcome says so."""

    def __init__(self, target: str, own: Validator, usual: Validator) -> None:
        self._target = target
        self._own = own
        self._usual = usual

    @property
    def where(self) -> str:
        return self._own.where

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        checkpoints: Sequence[CheckpointFile] = (),
        waiting: Waiting | None = None,
    ) -> AsyncGenerator[ValidationLease]:
        async with AsyncExitStack() as stack:

            async def usual() -> ValidationLease:
                leased = self._usual.lease(inputs=inputs, checkpoints=checkpoints, waiting=waiting)
                return await stack.enter_async_context(leased)

            own = await stack.enter_async_context(
                self._own.lease(inputs=inputs, checkpoints=checkpoints, waiting=waiting)
            )
            instead = f"Validated {self._usual.where or _SEALED}, not on the validation cluster of the target {self._target}"
            yield _Lease(own, usual, instead)

    def readiness(self) -> Readiness:
        return self._own.readiness()


class _Lease:
    """Once the validation cluster was out of reach, later attempts of the task don't wait for it again."""

    def __init__(self, own: ValidationLease, usual: _Leasing, instead: str) -> None:
        self._own = own
        self._usual = usual
        self._instead = instead
        self._other: ValidationLease | None = None
        self._remark = ""

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        if self._other is None:
            outcome = await self._own.validate(code, setup, limits=limits)
            if outcome.verdict not in {Verdict.UNAVAILABLE, Verdict.UNTRIED}:
                return outcome
            self._other = await self._usual()
            self._remark = f"{self._instead}: {_continued(outcome.detail or 'It failed.')}"
        outcome = await self._other.validate(code, setup, limits=limits)
        return replace(outcome, remarks=(self._remark, *outcome.remarks))


def _continued(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def validator_of(target: str, own: Mapping[str, Validator], usual: Validator) -> Validator:
    """The validator for programs whose target is `target`; `own` are those of targets, by name."""
    found = own.get(target)
    return usual if found is None else TargetValidator(target, found, usual)
