"""What a run waits for, as a sentence: demands that no node meets, and what the cluster has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.text.formatting import human_bytes, human_resource

Resources = Mapping[str, float]
"""Amounts by Ray's names: CPU, GPU, memory (in bytes), and custom ones."""

WAITING = "waiting for "
_CLUSTER = "; the cluster has "
_NODE = "; no node has "
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


def in_vain(note: str) -> bool:
    """Whether a note of `waiting` or `waiting_for_group` is about more than the cluster has, however busy it is."""
    return note.startswith(WAITING) and any(lack in note for lack in (_CLUSTER, _NODE))


def waiting(demands: Sequence[Resources], capacity: Capacity, *, busy: bool = True) -> str:
    """Such as “waiting for 4 GPUs; the cluster has 2”; empty when nothing can be said for sure.

    What can never be met comes first. With `busy`, resources that others use now are named as well.
    """
    plain = ({name: amount for name, amount in demand.items() if _plain(name)} for demand in demands)
    wanted = [demand for demand in plain if demand] if capacity.nodes else []
    descriptions = (_never, _nowhere, _taken) if busy else (_never, _nowhere)
    for describe in descriptions:
        for demand in wanted:
            if sentence := describe(demand, capacity):
                return f"{WAITING}{sentence}"
    return ""


def waiting_for_group(bundles: Sequence[Resources], capacity: Capacity, *, busy: bool = True) -> str:
    """Such as “waiting for a placement group of 2 × {CPU: 4}; the cluster has 2 CPUs”, of one that is not placed yet.

    Without `busy` it is empty when the group waits only for what others hold just now.
    """
    if not (bundles and capacity.nodes):
        return ""
    reason = _why_not(bundles, capacity)
    if not (reason or busy):
        return ""
    return f"{WAITING}a placement group of {_spelled(bundles)}" + (reason or _why_not_yet(bundles, capacity))


def _why_not(bundles: Sequence[Resources], capacity: Capacity) -> str:
    for name, amount in _together(bundles).items():
        have = capacity.total.get(name, 0.0)
        if amount > have:
            return f"{_CLUSTER}{human_resource(name, have) if have else f'no {name}'}"
    for bundle in bundles:
        if not any(
            all(node.get(name, 0.0) >= amount for name, amount in bundle.items()) for node in capacity.nodes
        ):
            return f"{_NODE}all of {_bundle(bundle)}"
    return ""


def _why_not_yet(bundles: Sequence[Resources], capacity: Capacity) -> str:
    for name, amount in _together(bundles).items():
        used, have = capacity.used.get(name, 0.0), capacity.total.get(name, 0.0)
        if amount + used > have:
            return f"; {_short(name, used)} of the cluster's {human_resource(name, have)} in use"
    return ""


def _together(bundles: Sequence[Resources]) -> Resources:
    names = dict.fromkeys(name for bundle in bundles for name in bundle)
    return {name: sum(bundle.get(name, 0.0) for bundle in bundles) for name in names}


def _spelled(bundles: Sequence[Resources]) -> str:
    """Equal bundles as one, with their number."""
    counts = Counter(map(_bundle, bundles))
    return " and ".join(f"{count} × {bundle}" if count > 1 else bundle for bundle, count in counts.items())


def _bundle(bundle: Resources) -> str:
    return "{" + ", ".join(f"{name}: {_short(name, amount)}" for name, amount in bundle.items()) + "}"


def _never(demand: Resources, capacity: Capacity) -> str:
    total = capacity.total
    for name, amount in demand.items():
        have = total.get(name, 0.0)
        if amount > have:
            return f"{human_resource(name, amount)}{_CLUSTER}{_short(name, have) if have else 'none'}"
    return ""


def _nowhere(demand: Resources, capacity: Capacity) -> str:
    """Nodes lend nothing to each other."""
    for name, amount in demand.items():
        if amount > capacity.most(name):
            return f"{human_resource(name, amount)} on one node{_NODE}more than {_short(name, capacity.most(name))}"
    if all(any(amount > node.get(name, 0.0) for name, amount in demand.items()) for node in capacity.nodes):
        every = " and ".join(human_resource(name, amount) for name, amount in demand.items())
        return f"{every} on one node{_NODE}all of that"
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
