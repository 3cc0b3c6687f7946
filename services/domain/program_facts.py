"""What an approval covers besides the code: what a program requests and reaches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from services.domain.entities import Proposal
from services.domain.values import Verdict, sha256


@dataclass(frozen=True, slots=True)
class ProgramFacts:
    """Facts of a program as far as they are known, from its code and from its validation together.

    `resources` is the most that a task, an actor or the driver asks for; `wall` is in seconds, the longer of what was
    measured and what the program's header expects. `packages` are those it asks for, by name or with their versions. `unknown` names what could not be observed in full (kinds of EVIDENCE,
    and `wall`): there may be more of it than is said here, so rules that ask for it take the strict side. `partial` says that a part of it
    could not be validated. `data` names the connections that it uses, `writes` those that it writes to, and `secrets` what it
    needs of these.
    """

    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    wall: float = 0.0
    hosts: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()
    partial: bool = False
    data: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        policy, seen, header = proposal.policy, proposal.validation, proposal.header
        resources: dict[str, float] = {}
        for asked in (policy.resources, seen.resources, header.resources):
            for name, amount in asked.items():
                resources[name] = max(amount, resources.get(name, 0.0))
        return cls(
            resources=resources,
            wall=max(seen.wall or 0.0, header.wall or 0.0),
            hosts=frozenset((*policy.hosts, *header.hosts, *seen.touched.hosts)),
            packages=frozenset(
                (*header.packages, *(each.name for each in proposal.lock.packages if each.asked))
            ),
            unknown=frozenset(
                (*seen.unknown, *seen.touched.more, *([] if seen.wall is not None else ["wall"]))
            ),
            partial=seen.verdict is Verdict.PARTIAL,
            data=frozenset(each.name for each in header.data),
            writes=frozenset(each.name for each in header.data if each.writes),
            secrets=frozenset(each.name for each in header.secrets),
        )


def binding(proposal: Proposal, user: str) -> str:
    """The sha256 of all that one person's approval is bound to; any change of it needs another decision."""
    header = proposal.header
    resources = {**proposal.policy.resources, **proposal.validation.resources}
    bound = {
        "proposal": proposal.id,
        "code": proposal.program.sha256,
        "engine": str(proposal.program.engine),
        "target": proposal.target,
        "resources": sorted((name, float(amount)) for name, amount in resources.items()),
        "driver": sorted((name, float(amount)) for name, amount in header.resources.items()),
        "packages": header.packages,
        "lock": proposal.lock.sha256,
        "arguments": proposal.command_line,
        "wall": header.wall,
        "unproven": proposal.validation.unproven,
        "inputs": sorted((each.name, each.sha256, each.size) for each in proposal.inputs),
        "approver": user,
        # Only where there are some, so that approvals of earlier versions stay valid.
        **({"checkpoints": proposal.checkpoints.sha256} if proposal.checkpoints else {}),
        **({"hosts": header.hosts} if header.hosts else {}),
        **(proposal.provisions.bound if proposal.provisions else {}),
        **({"validated": validated} if (validated := validated_on(proposal)) else {}),
    }
    return sha256(json.dumps(bound, sort_keys=True))


def validated_on(proposal: Proposal) -> tuple[str, str] | None:
    """Where a validation took place that was not sealed, and on which cluster."""
    outcome = proposal.validation
    return (outcome.where, outcome.cluster) if outcome.where else None


@dataclass(frozen=True, slots=True)
class Grant:
    """What `user` lets run in a thread: the program of a proposal that they saw, when `requester` asks for it on `target`.

    It covers proposals with the same `fingerprint` (`services.approvals.coverage`); other numbers are covered, too, unless
    `exact` names what of the program rules that out. It ends at `expires_at` (POSIX seconds) or when a person ends it.
    """

    id: str
    session_id: str
    proposal_id: str
    target: str
    user: str
    requester: str
    fingerprint: str
    created_at: float
    expires_at: float
    ended_by: str = ""
    exact: str = ""
