"""Requests that the sealed cluster can never grant, as its GCS lists them (`inside/demand.py`), for people."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from services.domain.untrusted_data import from_json
from services.text.formatting import human_resource, plural

_LISTED = 5
_NAME = 60
_TYPE = "accelerator_type:"
_GROUPS = {"PACK", "SPREAD", "STRICT_PACK", "STRICT_SPREAD"}


@dataclass(frozen=True, slots=True)
class Demand:
    """`asked` is what the cluster `has` less of, by Ray's name of the resource; `what` is `task` or a group's strategy."""

    what: str = "task"
    nodes: int = 1
    asked: Mapping[str, float] = field(default_factory=dict[str, float])
    has: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def sentence(self) -> str:
        """Such as `It asks for 8 GPUs on one node; the sealed cluster has 4 virtual GPUs.`"""
        if not self.asked:
            return f"It asks for a placement group on {plural(self.nodes, 'node')}; the sealed cluster has one node."
        asked = _listed([_amount(name, amount) for name, amount in self.asked.items()])
        if self.what != "task":
            asked = f"a placement group of {asked}"
        elif not all(name.startswith(_TYPE) for name in self.asked):
            asked = f"{asked} on one node"
        has = [_amount(name, amount, virtual=True) for name, amount in self.has.items() if amount]
        return f"It asks for {asked}; the sealed cluster has {_listed(has) or 'none'}."


def demand(note: bytes) -> Demand | None:
    """A note of it; None where it is another."""
    try:
        kind, found = from_json(note)
    except (ValueError, TypeError):
        return None
    if kind != "infeasible" or not isinstance(found, dict):
        return None
    fields = cast("dict[str, Any]", found)
    what, nodes = fields.get("what"), fields.get("nodes")
    return Demand(
        what if what in _GROUPS else "task",
        nodes if isinstance(nodes, int) else 1,
        _amounts(fields.get("asked")),
        _amounts(fields.get("has")),
    )


def _amounts(value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        return {}
    return {
        "".join(char if char.isprintable() else "?" for char in str(name))[:_NAME]: float(amount)
        for name, amount in sorted(cast("dict[str, object]", value).items())[:_LISTED]
        if isinstance(amount, int | float) and math.isfinite(amount)
    }


def _amount(name: str, amount: float, *, virtual: bool = False) -> str:
    if name.startswith(_TYPE):
        return f"the accelerator type {name.removeprefix(_TYPE)}"
    if virtual and name == "GPU":
        return f"{amount:g} virtual {'GPU' if amount == 1 else 'GPUs'}"
    return human_resource(name, amount)


def _listed(parts: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))
