"""The data of a program: what its header declares, for a person, a channel and a target, as samples in the seal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from services.data.interface import Samples
from services.data.unpacked import UnpackedSamples
from services.domain.connections import Access, Connection, Sample, SchemaChange
from services.domain.destination import Destination
from services.domain.errors import DataRefused
from services.domain.program_header import ACCESSES, DataUse, Script
from services.domain.provisions import BoundConnection
from services.validation.inside import postgres
from services.validation.interface import DataPlace

_DATABASE = "postgres"
OnProgress = Callable[[str], Awaitable[None]]


async def unreported(_: str) -> None:
    """Report to no one."""


@dataclass(frozen=True, slots=True)
class Data:
    """What programs can use by name."""

    samples: Samples
    """All connections and their samples."""
    folders: UnpackedSamples
    """The samples on this machine."""

    async def usable(self, asker: Destination | None) -> dict[str, Connection]:
        """The connections that may be used there, by name; all for an operator, who asks as nobody."""
        catalog = await self.samples.catalog()
        return {
            name: each
            for name, each in catalog.connections.items()
            if asker is None
            or (each.usable(user=asker.user, channel=asker.channel) and each.usable_on(asker.target))
        }

    async def sample(self, connection: Connection, on_progress: OnProgress = unreported) -> Sample:
        """The latest sample of a connection, or its first. Raises DataUnavailable and ArtifactsUnavailable."""
        if sample := await self.samples.latest(connection.name):
            return sample
        await on_progress(connection.name)
        return await self.samples.take(connection)

    async def bound(
        self, header: Script, reads: Collection[str], asker: Destination | None, on_progress: OnProgress
    ) -> tuple[tuple[BoundConnection, ...], tuple[DataPlace, ...]]:
        """The connections of a program and where it finds each in the seal.

        `reads` are the environment variables that it reads. Raises DataRefused for what can't be used, DataUnavailable for
        data that can't be sampled, ArtifactsUnavailable, and OSError.
        """
        if not header.data and not reads:
            return (), ()
        usable = await self.usable(asker)
        declared = {each.name for each in header.data}
        for name, connection in usable.items():
            if connection.environment in reads and name not in declared:
                raise DataRefused(
                    f"The program reads {connection.environment} without declaring the data connection {name}. "
                    f'Add `{name} = "read"` under `[tool.raygen.data]` in its header.'
                )
        found = [await self._one(use, usable, on_progress) for use in header.data]
        return tuple(each for each, _ in found), tuple(place for _, place in found)

    async def _one(
        self, use: DataUse, usable: dict[str, Connection], on_progress: OnProgress
    ) -> tuple[BoundConnection, DataPlace]:
        connection = usable.get(use.name)
        if connection is None:
            names = ", ".join(sorted(usable)) or "none"
            raise DataRefused(
                f"There is no data connection {use.name} for you here. `/raygen data` lists those that you can use: {names}."
            )
        if beyond := use.access - connection.access:
            can = next(words for words, access in ACCESSES.items() if access == connection.access)
            raise DataRefused(
                f"The data connection {use.name} allows {can} only, and the program declares {' and '.join(sorted(beyond))}."
            )
        if connection.kind == _DATABASE and not postgres.is_installed():
            raise DataRefused(
                f"The program uses the database {use.name}, and PostgreSQL isn't installed where programs are validated."
                " Have an operator install it there, such as the package postgresql."
            )
        sample = await self.sample(connection, on_progress) if Access.READ in use.access else None
        place = DataPlace(
            name=use.name,
            variable=connection.environment,
            sample=await self.folders.folder(sample, self.samples) if sample else None,
            root=sample.root if sample else _leaf(connection.url),
            database=connection.kind == _DATABASE,
            writes=use.writes,
        )
        return _described(use, connection, sample), place


def _described(use: DataUse, connection: Connection, sample: Sample | None) -> BoundConnection:
    bound = BoundConnection(
        name=use.name,
        access=use.access,
        kind=connection.kind,
        location=connection.url,
        variable=connection.environment,
        masked=connection.masked,
    )
    if sample is None:
        return bound
    profile = sample.profile
    tables = bool(profile.tables)
    masked = [column.name for table in profile.tables for column in table.columns if column.masked]
    return BoundConnection(
        name=bound.name,
        access=bound.access,
        kind=bound.kind,
        location=bound.location,
        variable=bound.variable,
        sample=sample.sha256,
        rows=profile.rows if tables else len(sample.files),
        total=profile.total_rows if tables else profile.total_files,
        unit="rows" if tables else "files",
        taken_at=sample.taken.timestamp(),
        masked=tuple(dict.fromkeys((*connection.masked, *masked))),
        changed=_changed(sample.change),
    )


def _changed(change: SchemaChange | None) -> str:
    if not change:
        return ""
    kinds: Sequence[tuple[str, Sequence[str]]] = (
        ("new", change.added),
        ("gone", change.removed),
        ("of another type", change.retyped),
    )
    return "; ".join(f"{what}: {', '.join(names)}" for what, names in kinds if names)


def _leaf(url: str) -> str:
    """The last part of a location, which shows whether a file or a folder is written there."""
    return PurePosixPath(urlsplit(url).path).name
