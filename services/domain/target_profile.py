"""What a target has, as one small job on it has found: its Python, its Ray, its packages and its hardware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from packaging.specifiers import InvalidSpecifier, SpecifierSet


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProfile:
    """The environment of a target's programs at one time."""

    session: str = ""
    """The cluster's session that it was found in; another session may have another environment."""
    python: str = ""
    """Its version of Python, such as `3.11.2`."""
    ray: str = ""
    """Its version of Ray."""
    packages: Mapping[str, str] = field(default_factory=dict[str, str])
    """Versions by normalized name; those that are the same on all nodes that answered."""
    answered: int = 1
    """How many nodes answered."""
    nodes: int = 1
    """How many nodes it had."""
    gpus: float = 0.0
    """GPUs of all nodes together."""
    accelerators: tuple[str, ...] = ()
    """Accelerator types by Ray's names, such as `A100`."""
    memory: int = 0
    """Bytes that Ray has for tasks on the node with the most; 0 where that is unknown."""
    own: bool = False
    """It is raygen's own cluster, where programs have what they were validated with."""

    def has(self, name: str, version: str) -> bool:
        """Whether it has exactly that version; a build of it, such as `2.5+cu124`, is the same version."""
        there = self.packages.get(name)
        return there is not None and SpecifierSet(f"=={version}").contains(there, prereleases=True)

    def runs(self, requires_python: str) -> bool:
        """Whether its Python is among the versions that a program runs on; true where one of both is unknown."""
        try:
            return not self.python or SpecifierSet(requires_python).contains(self.python, prereleases=True)
        except InvalidSpecifier:
            return True


def minor(version: str) -> str:
    """Such as `3.11` of `3.11.2`."""
    return ".".join(version.split(".")[:2])
