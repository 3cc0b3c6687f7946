"""The workshop: generate, check, validate, and repair from the real error, a bounded number of times."""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self

from services.domain.checkpoints import FROM_THE_START, Resumed
from services.domain.destination import NOWHERE, Destination
from services.domain.errors import BudgetSpent, ModelUnavailable, SealUnavailable
from services.domain.locks import NO_LOCK, Lock
from services.domain.parameters import NOTHING_GIVEN, Given, Parameter
from services.domain.progress import OnStage, Phase, Stage
from services.domain.provisions import NO_PROVISIONS, Provisions
from services.domain.values import (
    Attempt,
    Engine,
    InputFile,
    Origin,
    Outcome,
    PolicyReport,
    Program,
    Verdict,
)
from services.environments.interface import Environments
from services.supervisor import evidence
from services.supervisor.generator import GenerationRequest, Generator
from services.supervisor.meter import Meter
from services.text.formatting import human_seconds
from services.validation.by_target import validator_of
from services.validation.examine import Check, Examined, examine
from services.validation.interface import BARE, Setup, ValidationLease, ValidationLimits, Validator
from services.validation.packages import Packages
from services.validation.supplies import NO_SUPPLIES, Supplies

_TAIL = 2000
_NONE: Mapping[str, Validator] = MappingProxyType({})
# Seconds between two updates while packages are installed.
_OFTEN = 2.0


@dataclass(frozen=True, slots=True)
class Tried:
    """An attempt as it goes: its draft, and once that was examined, what came of it; `number` counts from 1."""

    number: int
    program: Program | None
    outcome: Outcome | None = None
    policy: PolicyReport = field(default_factory=PolicyReport)


OnAttempt = Callable[[Tried], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class BuildResult:
    """What the workshop ended with: the last program, even if it does not work, and its evidence.

    `failed` are the drafts before it, shortened; `cut` says why there were no more attempts, when it was neither success
    nor their number; `prompt` names the version of the generator's prompt; `lock` is what was installed for the program, and
    `provisions` are its data and secrets.
    """

    program: Program | None
    outcome: Outcome
    policy: PolicyReport = field(default_factory=PolicyReport)
    attempts: int = 0
    model: str = ""
    cut: str = ""
    failed: tuple[Attempt, ...] = ()
    prompt: str = ""
    lock: Lock = NO_LOCK
    provisions: Provisions = NO_PROVISIONS


class Workshop:
    """Turns an order into a program that has been seen to work; implements Inspecting.

    `own_validators` are those of targets with a validation cluster of their own, by the targets' names.
    """

    def __init__(
        self,
        generator: Generator,
        check: Check,
        validator: Validator,
        environments: Environments | None = None,
        *,
        attempts: int = 5,
        own_validators: Mapping[str, Validator] = _NONE,
        supplies: Supplies = NO_SUPPLIES,
    ) -> None:
        self._generator = generator
        self._check = check
        self._validator = validator
        self._environments = environments
        self._attempts = attempts
        self._own_validators = own_validators
        self._supplies = supplies

    @property
    def engines(self) -> tuple[Engine, ...]:
        """What programs can be had for; the first is the default."""
        return self._generator.engines

    async def make(
        self,
        order: GenerationRequest,
        on_stage: OnStage,
        meter: Meter | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> BuildResult:
        """Draft until one passes, the same error comes twice, or the attempts or the budget are used up.

        Raises ModelUnavailable and BudgetSpent when there was no draft at all, and SealUnavailable when nothing can be
        validated.
        """
        meter, report = meter or Meter(), on_attempt or _unreported
        drafting = self._generator.start(order, meter)
        made, feedback = (
            BuildResult(None, Outcome(verdict=Verdict.UNAVAILABLE), prompt=drafting.profile.label),
            None,
        )
        async with self._bench(on_stage, order.files, order.destination) as bench:
            for attempt in range(1, self._attempts + 1):
                await on_stage(_drafting_stage(attempt, made.outcome))
                meter.attempts = attempt
                try:
                    draft = await drafting.draft(feedback)
                except (ModelUnavailable, BudgetSpent) as error:
                    if made.program is None:
                        raise
                    return replace(made, cut=error.public)
                await report(Tried(attempt, draft.program))
                if draft.program is None:
                    examined = Examined(Outcome(verdict=Verdict.FAILED, detail=draft.problem))
                else:
                    examined = await bench.inspect(draft.program, attempt, order.given, order.declared)
                outcome, policy = examined.outcome, examined.policy
                await report(Tried(attempt, draft.program, _shortened(outcome), policy))
                before = made
                made = replace(
                    before,
                    program=draft.program or before.program,
                    outcome=outcome,
                    policy=policy,
                    attempts=attempt,
                    model=drafting.model,
                    lock=examined.lock,
                    provisions=examined.provisions,
                )
                if outcome.proposable:
                    break
                failed = Attempt(draft.program.code if draft.program else "", _shortened(outcome), policy)
                made = replace(made, failed=(*before.failed, failed))
                if attempt > 1 and evidence.signature(before.outcome) == evidence.signature(outcome):
                    return replace(made, cut="The same error occurred twice.")
                feedback = evidence.for_generator(attempt, outcome, policy)
        return made

    async def inspect(
        self,
        program: Program,
        on_stage: OnStage,
        files: Sequence[InputFile] = (),
        origin: Origin | None = None,  # noqa: ARG002  # the interface's
        given: Given = NOTHING_GIVEN,
        *,
        resumed: Resumed = FROM_THE_START,
        destination: Destination = NOWHERE,
    ) -> BuildResult:
        """Check and validate a program that a person wrote; it is not repaired."""
        async with self._bench(on_stage, files, destination, resumed) as bench:
            examined = await bench.inspect(program, 1, given)
        return BuildResult(
            program,
            examined.outcome,
            examined.policy,
            attempts=1,
            lock=examined.lock,
            provisions=examined.provisions,
        )

    def _bench(
        self,
        on_stage: OnStage,
        files: Sequence[InputFile],
        destination: Destination,
        resumed: Resumed = FROM_THE_START,
    ) -> _Bench:
        return _Bench(
            self._generator,
            self._check,
            validator_of(
                destination.target if destination.own_validation else "",
                self._own_validators,
                self._validator,
            ),
            on_stage,
            files=files,
            resumed=resumed,
            environments=self._environments,
            supplies=self._supplies,
            destination=destination,
        )


class _Bench:
    """Where one task's attempts are inspected; its sealed cluster is leased when first needed."""

    def __init__(
        self,
        generator: Generator,
        check: Check,
        validator: Validator,
        on_stage: OnStage,
        *,
        files: Sequence[InputFile],
        resumed: Resumed,
        environments: Environments | None,
        supplies: Supplies,
        destination: Destination,
    ) -> None:
        self._resumed = resumed
        self._generator = generator
        self._check = check
        self._validator = validator
        self._environments = environments
        self._supplies = supplies
        self._destination = destination
        self._on_stage = on_stage
        self._files = files
        self._stack = AsyncExitStack()
        self._lease: ValidationLease | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self._stack.aclose()

    async def inspect(
        self,
        program: Program,
        attempt: int,
        given: Given = NOTHING_GIVEN,
        declared: Sequence[Parameter] = (),
    ) -> Examined:
        why_not = self._generator.profile(program.engine).untried

        async def lease() -> ValidationLease:
            if why_not:
                return _Untried(why_not)
            await self._on_stage(self._validating(program, attempt))
            return await self._leased(attempt)

        packages = None if why_not else self._packages(attempt)
        examined = await examine(
            program.code,
            self._check,
            lease,
            self._files,
            given,
            declared=declared,
            packages=packages,
            supplies=self._found(attempt),
        )
        if examined.outcome.verdict is Verdict.UNAVAILABLE:
            raise SealUnavailable(examined.outcome.detail)
        return examined

    def _validating(self, program: Program, attempt: int) -> Stage:
        where = self._validator.where
        return Stage(Phase.VALIDATING, attempt, where=where, sha256=program.sha256 if where else "")

    def _found(self, attempt: int) -> Supplies:
        async def on_progress(note: str) -> None:
            await self._on_stage(Stage(Phase.SAMPLING, attempt, note))

        return replace(self._supplies, asker=self._destination, on_progress=on_progress)

    def _packages(self, attempt: int) -> Packages:
        reported = -math.inf

        async def on_progress(note: str) -> None:
            nonlocal reported
            if time.monotonic() - reported >= _OFTEN:
                reported = time.monotonic()
                await self._on_stage(Stage(Phase.INSTALLING, attempt, note))

        known = self._destination.profile
        return Packages(
            environments=self._environments,
            on_progress=on_progress,
            installed=known.packages if known is not None and not known.own else {},
            lock=self._resumed.lock,
        )

    async def _leased(self, attempt: int) -> ValidationLease:
        if self._lease is None:

            async def waiting(estimate: float) -> None:
                await self._on_stage(Stage(Phase.WAITING, attempt, f"about {human_seconds(estimate)}"))

            self._lease = await self._stack.enter_async_context(
                self._validator.lease(
                    inputs=self._files, checkpoints=self._resumed.checkpoints, waiting=waiting
                )
            )
        return self._lease


@dataclass(frozen=True, slots=True)
class _Untried:
    """Stands for a validation where there can be none."""

    why: str

    async def validate(
        self,
        code: str,  # noqa: ARG002  # the interface's
        setup: Setup = BARE,  # noqa: ARG002  # as above
        *,
        limits: ValidationLimits | None = None,  # noqa: ARG002  # as above
    ) -> Outcome:
        return Outcome(verdict=Verdict.UNTRIED, detail=self.why)


async def _unreported(_: Tried) -> None:
    """Report to no one."""


def _shortened(outcome: Outcome) -> Outcome:
    """What of a failed attempt is kept for people to look at."""
    stdout, stderr = outcome.stdout[-_TAIL:], outcome.stderr[-_TAIL:]
    return replace(outcome, stdout=stdout, stderr=stderr, artifacts=())


def _drafting_stage(attempt: int, last: Outcome) -> Stage:
    if attempt == 1:
        return Stage(Phase.WRITING, attempt)
    return Stage(Phase.REPAIRING, attempt, evidence.plain(last))
