"""What a run waits for, in words: demands that no node meets, beside what the cluster has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.output import human_bytes, human_resource

Resources = Mapping[str, float]
"""Amounts by Ray's names: CPU, GPU, memory (in bytes), and custom ones."""

_BYTES = frozenset({"memory", "object_store_memory"})


@dataclass(frozen=True, slots=True)
class Capacity:
    """What each living node has, and how much of it all is in use as far as that is known."""

    nodes: tuple[Resources, ...]
    used: Resources = field(default_factory=dict[str, float])

    @property
    def total(self) -> Resources:
        names = {name for node in self.nodes for name in node}
        return {name: sum(node.get(name, 0.0) for node in self.nodes) for name in names}

    def most(self, name: str) -> float:
        """The greatest amount on one node."""
        return max((node.get(name, 0.0) for node in self.nodes), default=0.0)


def waiting(demands: Sequence[Resources], capacity: Capacity, *, busy: bool = True) -> str:
    """Such as “waiting for 4 GPUs; the cluster has 2”; empty when nothing can be said for sure.

    What can never be met comes first. With `busy`, what others hold just now is told as well.
    """
    plain = ({name: amount for name, amount in demand.items() if _plain(name)} for demand in demands)
    wanted = [demand for demand in plain if demand] if capacity.nodes else []
    tellers = (_never, _nowhere, _taken) if busy else (_never, _nowhere)
    for tell in tellers:
        for demand in wanted:
            if sentence := tell(demand, capacity):
                return f"waiting for {sentence}"
    return ""


def _never(demand: Resources, capacity: Capacity) -> str:
    total = capacity.total
    for name, amount in demand.items():
        have = total.get(name, 0.0)
        if amount > have:
            return f"{human_resource(name, amount)}; the cluster has {_short(name, have) if have else 'none'}"
    return ""


def _nowhere(demand: Resources, capacity: Capacity) -> str:
    """Nodes lend nothing to each other."""
    for name, amount in demand.items():
        if amount > capacity.most(name):
            return f"{human_resource(name, amount)} on one node; no node has more than {_short(name, capacity.most(name))}"
    if all(any(amount > node.get(name, 0.0) for name, amount in demand.items()) for node in capacity.nodes):
        every = " and ".join(human_resource(name, amount) for name, amount in demand.items())
        return f"{every} on one node; no node has all of that"
    return ""


def _taken(demand: Resources, capacity: Capacity) -> str:
    total = capacity.total
    for name, amount in demand.items():
        used, have = capacity.used.get(name, 0.0), total.get(name, 0.0)
        if amount + used > have:
            return f"{human_resource(name, amount)}; {_short(name, used)} of the cluster's {_short(name, have)} in use"
    return ""


def _plain(name: str) -> bool:
    """Not one of Ray's own: of a placement group, a node's address, or an implicit label."""
    return "_group_" not in name and ":" not in name and not name.startswith("implicit_resource")


def _short(name: str, amount: float) -> str:
    return human_bytes(int(amount)) if name in _BYTES else f"{amount:g}"
