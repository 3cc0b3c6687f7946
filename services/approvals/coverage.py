"""What an approval for a thread covers: one program with its inputs, packages, target and resources, for one requester."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from services.approvals.numbers import Skeleton, skeleton
from services.domain.entities import Proposal
from services.domain.parser_process import run_isolated
from services.domain.program_facts import validated_on
from services.domain.values import Verdict, sha256

# What a fingerprint of another version covers is unknown, so it covers nothing.
_VERSION = 3


@dataclass(frozen=True, slots=True)
class Coverage:
    """A proposal's `fingerprint` equals that of an approval for its thread exactly when that covers it.

    Other numbers are covered unless the program does more than calculate; then `exact` names what shows that, such as `open`.
    """

    fingerprint: str
    exact: str = ""


async def isolated_coverage(proposal: Proposal) -> Coverage:
    """As `coverage`, beside the event loop. Raises TooComplex for a program that takes too long to read."""
    return coverage(proposal, await run_isolated(skeleton, proposal.program.code))


def coverage(proposal: Proposal, read: Skeleton | None = None) -> Coverage:
    """Without `read`, the skeleton of its code, this takes some milliseconds, and more for long programs.

    Nothing that was observed while the program ran widens what is covered: a program may know that it is watched.
    """
    program = _skeleton(proposal, read)
    bound = {
        "version": _VERSION,
        "program": sha256(program.text),
        "engine": str(proposal.program.engine),
        "inputs": sorted((each.name, each.sha256, each.size) for each in proposal.inputs),
        "packages": proposal.header.packages,
        "lock": proposal.lock.sha256,
        "arguments": proposal.command_line,
        "target": proposal.target,
        "driver": _amounts(proposal.header.resources),
        "wall": proposal.header.wall,
        "asked": _amounts(proposal.policy.resources),
        "observed": _amounts(proposal.validation.resources),
        "requester": proposal.requester,
        "partial": proposal.validation.verdict is Verdict.PARTIAL,
        **({"checkpoints": proposal.checkpoints.sha256} if proposal.checkpoints else {}),
        **({"hosts": proposal.header.hosts} if proposal.header.hosts else {}),
        **(proposal.provisions.bound if proposal.provisions else {}),
        **({"validated": validated} if (validated := validated_on(proposal)) else {}),
    }
    return Coverage(f"{_VERSION}:{sha256(json.dumps(bound, sort_keys=True))}", program.because)


def _skeleton(proposal: Proposal, read: Skeleton | None) -> Skeleton:
    """With its numbers if it comes with code of its own, which may give any meaning to any number."""
    code = proposal.program.code
    module = next((each.name for each in proposal.inputs if each.name.endswith(".py")), None)
    return (read or skeleton(code)) if module is None else Skeleton(code, f"`{module}`")


def _amounts(resources: Mapping[str, float]) -> list[tuple[str, float]]:
    return sorted((name, float(amount)) for name, amount in resources.items())
