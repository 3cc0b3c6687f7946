"""A program's whole examination: the policy reads it, and what the policy does not refuse really runs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from services.model import Finding, Grade, Outcome, PolicyReport, Verdict
from services.secrets import without_secrets
from services.tracing import span
from services.validation.interface import Lease

Check = Callable[[str], PolicyReport]


async def examine(
    code: str, check: Check, lease: Callable[[], Awaitable[Lease]]
) -> tuple[Outcome, PolicyReport]:
    """What came of it, without secrets; `lease` is called only when there is something to run."""
    policy = check(code)
    if policy.refused:
        return Outcome(Verdict.REFUSED_BY_POLICY, detail=_refusals(policy.findings)), policy
    leased = await lease()
    with span("validation") as opened:
        outcome = without_secrets(await leased.validate(code))
        opened.set_attribute("raygen.verdict", outcome.verdict)
    return outcome, policy


def _refusals(findings: tuple[Finding, ...]) -> str:
    return "; ".join(
        f"line {finding.line}: {finding.message}" for finding in findings if finding.grade is Grade.REFUSE
    )
