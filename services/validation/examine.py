"""A program's whole examination: the policy reads it, and what the policy does not refuse really runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from services.domain.companion_files import sizes
from services.domain.errors import DataRefused, DataUnavailable
from services.domain.locks import NO_LOCK, Lock
from services.domain.modules import companions, modules
from services.domain.parameters import NOTHING_GIVEN, Given, Parameter
from services.domain.parser_process import TooComplex, run_isolated
from services.domain.program_header import script
from services.domain.provisions import NO_PROVISIONS, Provisions
from services.domain.values import (
    Finding,
    Grade,
    InputFile,
    Outcome,
    PolicyReport,
    Verdict,
)
from services.environments.interface import NO_ENVIRONMENT
from services.observability.tracing import span
from services.policy.together import together
from services.security.redaction import without_secrets
from services.validation.interface import Setup, ValidationLease
from services.validation.packages import Packages
from services.validation.supplies import NO_SUPPLIES, Supplies

Check = Callable[[str], PolicyReport]


@dataclass(frozen=True, slots=True)
class Examined:
    """What came of an examination: the validation's outcome without secrets, the policy's report, what was installed, what
    the program declares and was given, and its data and secrets.
    """

    outcome: Outcome
    policy: PolicyReport = field(default_factory=PolicyReport)
    lock: Lock = NO_LOCK
    parameters: tuple[Parameter, ...] = ()
    given: Given = NOTHING_GIVEN
    provisions: Provisions = NO_PROVISIONS

    def noted(self, *notes: str) -> Examined:
        """With what was done before, such as to a notebook, first among its remarks; empty notes are none."""
        remarks = (*filter(None, notes), *self.outcome.remarks)
        return replace(self, outcome=replace(self.outcome, remarks=remarks))


async def examine(
    code: str,
    check: Check,
    lease: Callable[[], Awaitable[ValidationLease]],
    files: Sequence[InputFile],
    given: Given = NOTHING_GIVEN,
    *,
    declared: Sequence[Parameter] = (),
    packages: Packages | None = None,
    supplies: Supplies = NO_SUPPLIES,
) -> Examined:
    """What came of it; `lease` is called only when there is something to run.

    `given` was chosen for a program that declares the parameters `declared`; what doesn't fit this one is left out.

    `files` are the inputs; of these the Python files that are the program's code are read by the policy like the program.
    What the program needs is installed by `packages`; without them it has what is there. Its data and secrets come from `supplies`.
    Raises BadRequest when that is too much code.
    """
    own = modules(files)
    try:
        policy = await run_isolated(partial(_policy, check, own), code, size=sizes(code, own))
    except TooComplex as error:
        return Examined(Outcome(verdict=Verdict.REFUSED_BY_POLICY, detail=error.public))
    if policy.refused:
        return Examined(Outcome(verdict=Verdict.REFUSED_BY_POLICY, detail=_refusals(policy.findings)), policy)
    header = await run_isolated(script, code)
    if header.problem:
        return Examined(Outcome(verdict=Verdict.FAILED, detail=header.problem), policy)
    environment = await packages.provided(code, header, own) if packages else NO_ENVIRONMENT
    if isinstance(environment, Outcome):
        return Examined(environment, policy)
    try:
        provisions, provided = await supplies.provided(header, policy.environment)
    except (DataRefused, DataUnavailable) as error:
        return Examined(Outcome(verdict=Verdict.FAILED, detail=error.public), policy)
    given = given.fitting(header.parameters, declared)
    arguments = given.of_validation(header.parameters)
    setup = Setup(
        arguments=arguments,
        environment=environment,
        provided=provided,
        wall=header.wall,
        hosts=header.hosts,
        resources=header.resources,
    )
    leased = await lease()
    with span("validation") as opened:
        outcome = without_secrets(await leased.validate(code, setup))
        opened.set_attribute("raygen.verdict", outcome.verdict)
    return Examined(outcome, policy, setup.environment.lock, header.parameters, given, provisions)


def _policy(check: Check, files: Sequence[InputFile], code: str) -> PolicyReport:
    return together(code, companions(code, files), check)


def _refusals(findings: tuple[Finding, ...]) -> str:
    return "; ".join(finding.located for finding in findings if finding.grade is Grade.REFUSE)
