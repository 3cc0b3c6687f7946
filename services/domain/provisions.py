"""What a program is given beside its code, files and packages: data connections and secrets, as its approval binds them."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.connections import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundConnection:
    """A data connection as a program was validated with it."""

    name: str
    """Its name."""
    access: frozenset[Access]
    """What the program declares to do with it."""
    kind: str
    """Such as `parquet` or `postgres`."""
    location: str
    """Where the real data is, without credentials."""
    variable: str
    """The environment variable in which a program finds the location."""
    sample: str = ""
    """The sha256 of the sample that it was validated on; empty for one that is only written to."""
    rows: int | None = None
    """Rows, or files, of the sample."""
    total: int | None = None
    """About how many there are in all; None where that is unknown."""
    unit: str = "rows"
    """What `rows` and `total` count: `rows` or `files`."""
    taken_at: float | None = None
    """When the sample was taken, in POSIX seconds."""
    masked: tuple[str, ...] = ()
    """Columns whose values are masked."""
    changed: str = ""
    """How the schema has changed since the sample before, as a sentence; empty where it has not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundSecret:
    """A secret that a program needs."""

    name: str
    """The environment variable."""
    purpose: str = ""
    """What the program says that it is for."""
    on_target: bool = False
    """The target has it already, so nothing is passed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisions:
    """All connections and secrets of a program."""

    connections: tuple[BoundConnection, ...] = ()
    """In the order of its header."""
    secrets: tuple[BoundSecret, ...] = ()
    """In the order of its header."""

    @property
    def bound(self) -> dict[str, object]:
        """What an approval covers of them; what only describes a sample is left out."""
        return {
            "data": sorted(
                (each.name, sorted(each.access), each.kind, each.location, each.variable, each.sample)
                for each in self.connections
            ),
            "secrets": sorted((each.name, each.on_target) for each in self.secrets),
        }

    def __bool__(self) -> bool:
        return bool(self.connections or self.secrets)


NO_PROVISIONS = Provisions()
