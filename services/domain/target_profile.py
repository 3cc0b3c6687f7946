"""What a target has, as one small job on it has found: its Python, its Ray, its packages and its hardware."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from services.domain.locks import Lock


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

    def has_lock(self, lock: Lock) -> bool:
        """Whether it has all of a lock, each package in its exact version."""
        return all(self.has(each.name, each.version) for each in lock.packages)

    def satisfies(self, requirement: str) -> bool:
        """Whether it has a package in a version that fits, such as for `polars>=1`; extras are unknown, so they don't fit."""
        try:
            asked = Requirement(requirement)
        except InvalidRequirement:
            return False
        there = self.packages.get(canonicalize_name(asked.name))
        return (
            there is not None
            and not asked.extras
            and not asked.url
            and asked.specifier.contains(there, prereleases=True)
        )

    def lacking(self, requirements: Iterable[str], lock: Lock) -> tuple[str, ...]:
        """What a program with this lock asks for and would have to be installed: names of the lock, then requirements."""
        locked = {each.name for each in lock.packages}
        absent = [each.name for each in lock.packages if not self.has(each.name, each.version)]
        unlocked = [text for text in requirements if _name(text) not in locked and not self.satisfies(text)]
        return tuple(dict.fromkeys((*absent, *unlocked)))

    def runs(self, requires_python: str) -> bool:
        """Whether its Python is among the versions that a program runs on; true where one of both is unknown."""
        try:
            return not self.python or SpecifierSet(requires_python).contains(self.python, prereleases=True)
        except InvalidSpecifier:
            return True


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return ""


def minor(version: str) -> str:
    """Such as `3.11` of `3.11.2`."""
    return ".".join(version.split(".")[:2])
