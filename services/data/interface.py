"""What the rest of raygen knows of data: sources, from which samples are taken, and the store of these samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from services.domain.connections import Connection, Sample, SampleProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """About how much there is, without reading it."""

    rows: int | None = None
    """Rows of all tables; None where only reading them would show it."""
    files: int | None = None
    """Files in all; None where there are none."""
    size: int | None = None
    """Their bytes."""
    exact: bool = True
    """Whether all numbers are exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampled:
    """What a source has written into a folder."""

    profile: SampleProfile
    """What is in it."""
    root: str = ""
    """What a program gets as the location, relative to the folder; empty for the folder itself."""
    identity: str = ""
    """The hash of what is in it, where the same content is written into other files each time."""


class Source(Protocol):
    """A place of one kind that can be sampled. All methods block, and raise DataUnavailable with a sentence that says what to do."""

    def schema(self) -> Mapping[str, str]:
        """The types by column, as `table.column` where there are several tables; without the columns that are left out."""
        ...

    def estimate(self) -> Estimate:
        """About how much there is."""
        ...

    def sample(self, folder: Path) -> Sampled:
        """Write a masked sample below `folder`, which exists and is empty, in the same format and layout."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The connections that there are, with the tables that catalogs have."""

    connections: Mapping[str, Connection] = field(default_factory=dict[str, Connection])
    """By name; a catalog itself is not among them, its tables are."""
    faults: Mapping[str, str] = field(default_factory=dict[str, str])
    """By the name of a catalog whose tables are unknown, why, as a sentence."""


class Samples(Protocol):
    """Takes samples and keeps them in the artifact store."""

    async def catalog(self) -> Catalog:
        """All connections. The tables of catalogs are looked up now and then."""
        ...

    async def latest(self, name: str) -> Sample | None:
        """The last sample of a connection; None when there is none. Raises ArtifactsUnavailable."""
        ...

    async def take(self, connection: Connection) -> Sample:
        """A new sample, stored. Raises DataUnavailable, and StorageFull."""
        ...

    async def refresh(self) -> Sequence[str]:
        """Take those samples anew that are older than their connection allows, and say which failed, as sentences."""
        ...

    async def write(self, sample: Sample, folder: Path) -> None:
        """Write the files of a sample below `folder`. Raises ArtifactsUnavailable, and LookupError when files are gone."""
        ...
