"""What an approval is about, beside the code: what a program asks for, touches and brings along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from services.model import Grade, sha256
from services.records import Proposal

# Two walls of one program are never the same: this much more (as a factor, and in seconds) is no other fact.
_WAVER = 1.5
_WAVER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a program as far as they are known, from its code and from its validation together.

    `resources` is the most that a task, an actor or the driver asks for; `wall` is in seconds, the longer of what was
    measured and what the program's header expects. `warnings` are the rules of the static policy that it offends against;
    `inputs` are its files by name and content. `unknown` names what could not be observed in full (kinds of EVIDENCE,
    and `wall`): there may be more of it than is said here, so rules that ask for it take the strict side.
    """

    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    wall: float = 0.0
    hosts: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    processes: frozenset[str] = frozenset()
    environment: frozenset[str] = frozenset()
    warnings: frozenset[str] = frozenset()
    inputs: frozenset[str] = frozenset()
    unknown: frozenset[str] = frozenset()

    @classmethod
    def of(cls, proposal: Proposal) -> Self:
        policy, seen, header = proposal.policy, proposal.validation, proposal.header
        resources: dict[str, float] = {}
        for asked in (policy.resources, seen.resources, header.resources):
            for name, amount in asked.items():
                resources[name] = max(amount, resources.get(name, 0.0))
        touched = seen.touched
        return cls(
            resources=resources,
            wall=max(seen.wall or 0.0, header.wall or 0.0),
            hosts=frozenset((*policy.hosts, *touched.hosts)),
            packages=frozenset(header.packages),
            files=frozenset((*policy.files, *touched.files)),
            processes=frozenset((*policy.processes, *touched.processes)),
            environment=frozenset((*policy.environment, *touched.environment)),
            warnings=frozenset(each.rule for each in policy.findings if each.grade is Grade.WARN),
            inputs=frozenset(f"{each.name} {each.sha256}" for each in proposal.inputs),
            unknown=frozenset((*seen.unknown, *touched.more, *([] if seen.wall is not None else ["wall"]))),
        )

    def within(self, other: Facts) -> bool:
        """Whether these are the same as those of `other`, or less; never where not all of these could be observed."""
        kinds = ("hosts", "packages", "files", "processes", "environment", "warnings", "inputs")
        return (
            not self.unknown
            and all(amount <= other.resources.get(name, 0.0) for name, amount in self.resources.items())
            and self.wall <= max(other.wall * _WAVER, other.wall + _WAVER_SECONDS)
            and all(getattr(self, kind) <= getattr(other, kind) for kind in kinds)
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
        "inputs": sorted((each.name, each.sha256, each.size) for each in proposal.inputs),
        "approver": user,
    }
    return sha256(json.dumps(bound, sort_keys=True))
