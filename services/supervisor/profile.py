"""The prompt of a generator for each engine that it writes programs for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from services.domain.values import Engine
from services.supervisor import prompt


@dataclass(frozen=True, slots=True)
class Profile:
    """An engine with its system prompt.

    `label` names the prompt's version. `untried` says why programs of this engine can't be run here before people see
    them; empty where they can.
    """

    system: str
    engine: Engine = Engine.RAY
    label: str = ""
    untried: str = ""

    @classmethod
    def of(cls, engine: Engine, *, untried: str = "") -> Self:
        """The profile that raygen ships for an engine."""
        shipped = prompt(f"generator-{engine}")
        return cls(shipped.text, engine, shipped.label, untried)

    def noting(self, text: str) -> Self:
        """The same with another paragraph at the end of its prompt; an empty one is none."""
        return replace(self, system=f"{self.system.rstrip()}\n\n{text}\n") if text else self
