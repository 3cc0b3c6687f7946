"""How many runs may go at once, and the queues that this takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PER_USER = "raygen-runs-per-user"
PER_TARGET = "raygen-runs-per-target"

Place = list[str]
"""A queue and the key of a partition of it; a list, as JSON gives it back."""


@dataclass(frozen=True, slots=True)
class RunLimits:
    """How many runs may go at once on one target, and of what one person asked for; None is no limit.

    `targets` has the limits of those targets, by name, for which `per_target` does not hold.
    """

    per_target: int | None = None
    per_user: int | None = None
    targets: Mapping[str, int] = field(default_factory=dict[str, int])

    def __bool__(self) -> bool:
        return self.per_target is not None or self.per_user is not None or bool(self.targets)

    def queues(self) -> dict[str, int]:
        """All queues with their limits, which hold for each partition."""
        own = {_own_queue(name): limit for name, limit in self.targets.items()}
        shared = {PER_USER: self.per_user, PER_TARGET: self.per_target}
        return own | {name: limit for name, limit in shared.items() if limit is not None}

    def places(self, requester: str, target: str) -> list[Place]:
        """The queues that a run has to pass, each with what it is partitioned by."""
        of_target = _own_queue(target) if target in self.targets else PER_TARGET
        return [place for place in ([PER_USER, requester], [of_target, target]) if place[0] in self.queues()]


def _own_queue(target: str) -> str:
    return f"{PER_TARGET}:{target}"
