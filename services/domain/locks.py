"""The packages that a program runs with beyond what is installed already, pinned by version and hash."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.values import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class LockedPackage:
    """One distribution of a lock."""

    name: str
    """Its normalized name, such as `scikit-learn`."""
    version: str
    """The exact version."""
    size: int | None = None
    """Bytes of its wheel; None where the index does not say."""
    yanked: bool = False
    """Withdrawn by its maker; it is there since the program asks for exactly this version."""
    asked: bool = False
    """The program itself asks for it, not only another package."""

    @property
    def pin(self) -> str:
        """Such as `polars==1.35.0`."""
        return f"{self.name}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What is installed for a program; empty where it needs nothing that is not there."""

    requirements: str = ""
    """A requirements file: each line pins a version with the hashes of its files, as pip and uv read it."""
    packages: tuple[LockedPackage, ...] = ()
    """The same by name, for people."""
    python: str = ""
    """The version of Python that it was resolved for, such as `3.11`."""

    @property
    def sha256(self) -> str:
        """The identity that an approval is bound to; empty for an empty lock."""
        return sha256(f"{self.python}\n{self.requirements}") if self.packages else ""

    @property
    def size(self) -> int:
        """Bytes of all wheels whose size is known."""
        return sum(each.size or 0 for each in self.packages)

    def __bool__(self) -> bool:
        return bool(self.packages)


NO_LOCK = Lock()
