"""Data that programs read and write by name: connections, and masked samples of what they hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

NAME = re.compile(r"[a-z][a-z0-9_-]{0,62}(?:\.[a-z0-9_-]{1,63})*")
"""A connection's name; tables that were discovered in a catalog are `catalog.table`."""
MOUNT = "/data"
"""Where samples are in the sealed cluster: each in a folder of its connection's name."""
_MB = 1000**2


def is_local(url: str) -> bool:
    """Whether a location is a path on a machine, and not a service's."""
    return url.startswith("file:") or "://" not in url


class Access(StrEnum):
    """What programs may do with a connection."""

    READ = "read"
    WRITE = "write"


class Origin(StrEnum):
    """Where the credentials come from with which raygen takes samples."""

    CHAIN = "chain"
    """The usual places of the service, such as AWS's credential chain or libpq's password file."""
    ENVIRONMENT = "environment"
    FILE = "file"
    SECRET = "secret"  # noqa: S105  # the word in the file
    NONE = "none"
    """No credentials: what everybody can read."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """A reference to credentials; the value itself is read when a sample is taken, and never stored."""

    origin: Origin = Origin.CHAIN
    name: str = ""
    """The environment variable, the file, the secret, or the profile of a chain; empty for the chain's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLimits:
    """How much a sample holds at most."""

    rows: int = 1000
    """Rows of each table."""
    files: int = 20
    """Files that rows are taken from, or that are copied."""
    size: int = 50 * _MB
    """Bytes of all files of the sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A data set, table or database by name, as an operator describes it."""

    name: str
    """Its name in headers, on cards and in settings, such as `sales`."""
    kind: str
    """What is there, such as `parquet` or `postgres`: a name in `services.data.registry`."""
    url: str
    """Where it is for a run on the target; it has no password."""
    source: str = ""
    """Where raygen itself reads it, if not at `url`."""
    description: str = ""
    """What it holds, for people and models."""
    access: frozenset[Access] = frozenset({Access.READ})
    """What programs may do with it."""
    targets: frozenset[str] = frozenset()
    """Targets whose runs may use it; empty for all."""
    people: frozenset[str] = frozenset()
    """IDs of users who may use it; empty for everyone."""
    channels: frozenset[str] = frozenset()
    """IDs of channels in which it may be used; empty for all."""
    variable: str = ""
    """The environment variable that has its location; empty for the one that its name gives."""
    limits: SampleLimits = field(default_factory=SampleLimits)
    """How much a sample holds at most."""
    masked: tuple[str, ...] = ()
    """Columns whose values are masked: names or patterns such as `*_email`, with dots for nested ones."""
    left_out: tuple[str, ...] = ()
    """Columns that samples don't have, written in the same way."""
    plain: tuple[str, ...] = ()
    """Columns that are not searched for what looks personal or secret, written in the same way."""
    credentials: Credentials = field(default_factory=Credentials)
    """With what raygen reads it for a sample."""
    refresh: timedelta | None = timedelta(days=1)
    """The age at which a sample is taken anew; None for never."""
    tables: tuple[str, ...] = ()
    """Tables of a database or catalog: names or patterns; empty for all that can be read."""
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    """Settings of the kind, such as `region`, `endpoint` or those of an Iceberg catalog; none is a secret."""

    @property
    def environment(self) -> str:
        """The environment variable in which a program finds the location, such as `SALES_URL`."""
        return self.variable or self.name.replace("-", "_").replace(".", "_").upper() + "_URL"

    @property
    def place(self) -> str:
        """Where raygen itself reads it."""
        return self.source or self.url

    @property
    def mount(self) -> str:
        """The folder in the sealed cluster in which its sample is."""
        return f"{MOUNT}/{self.name}"

    def usable(self, *, user: str, channel: str) -> bool:
        """Whether this person may use it there."""
        return (not self.people or user in self.people) and (not self.channels or channel in self.channels)

    def usable_on(self, target: str) -> bool:
        """Whether runs on this target may use it."""
        return not self.targets or target in self.targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sample, as it is after masking."""

    name: str
    """Its name, with dots for nested ones."""
    type: str
    """As its format writes it, such as `int64`, `list<string>` or `character varying(20)`."""
    nulls: int = 0
    """How many of the sample's rows have no value in it."""
    low: str = ""
    """The smallest value as text; empty where there is none, or no order."""
    high: str = ""
    """The largest."""
    values: tuple[str, ...] = ()
    """A few of the values, as text."""
    masked: str = ""
    """Why values were masked: `name`, or what was found in it, such as `e-mail`; empty where none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableProfile:
    """What a sample has of one table; a connection of files in one format is one table without a name."""

    name: str = ""
    """The table's name in its database, such as `public.orders`."""
    columns: tuple[Column, ...] = ()
    """Without those that were left out."""
    rows: int = 0
    """How many rows the sample has."""
    total_rows: int | None = None
    """How many rows there are in all; None where that is unknown."""
    exact: bool = False
    """Whether that number is exact, and not an estimate."""
    partitions: tuple[str, ...] = ()
    """The columns by which its files are in folders, such as `country=de`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFile:
    """One file of a sample."""

    path: str
    """Relative to the sample's folder, with slashes."""
    sha256: str
    """Of its bytes."""
    size: int
    """In bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProfile:
    """What is in a sample, and about how much there is in all."""

    tables: tuple[TableProfile, ...] = ()
    """One for files in one format, several for a database, none for files of any kind."""
    total_files: int | None = None
    """How many files there are in all; None where that is unknown, or there are none."""
    total_size: int | None = None
    """Bytes of all of them."""
    exact: bool = True
    """Whether these two are exact; a listing ends at a limit."""

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables)

    @property
    def total_rows(self) -> int | None:
        """Of all tables; None where that of one is unknown."""
        totals = [table.total_rows for table in self.tables if table.total_rows is not None]
        return sum(totals) if totals and len(totals) == len(self.tables) else None

    @property
    def schema(self) -> dict[str, str]:
        """The types by column, as `table.column` where tables have names."""
        return {
            f"{table.name}.{column.name}" if table.name else column.name: column.type
            for table in self.tables
            for column in table.columns
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaChange:
    """How the schema differs from that of the sample before."""

    added: tuple[str, ...] = ()
    """Columns that are new."""
    removed: tuple[str, ...] = ()
    """Columns that are gone."""
    retyped: tuple[str, ...] = ()
    """Columns of another type, such as `amount: int64 -> double`."""
    noticed: datetime
    """When the sample was taken that showed it."""

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.retyped)

    @classmethod
    def between(cls, old: Mapping[str, str], new: Mapping[str, str], noticed: datetime) -> SchemaChange:
        """What differs between the types by column of two samples."""
        return cls(
            added=tuple(name for name in new if name not in old),
            removed=tuple(name for name in old if name not in new),
            retyped=tuple(
                f"{name}: {old[name]} -> {type_}"
                for name, type_ in new.items()
                if name in old and old[name] != type_
            ),
            noticed=noticed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A masked sample of a connection, stored by the hash of its content."""

    connection: str
    """The connection's name."""
    sha256: str
    """Of its files with their paths, and of its profile: what an approval is bound to."""
    taken: datetime
    """When it was taken, in UTC."""
    profile: SampleProfile
    """What is in it."""
    files: tuple[SampleFile, ...] = ()
    """Its files."""
    root: str = ""
    """What a program gets as the location, relative to the sample's folder; empty for the folder itself."""
    change: SchemaChange | None = None
    """The latest change of the schema, if there was one since the first sample."""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(each.size for each in self.files)

    def age(self, now: datetime) -> timedelta:
        """How long ago it was taken."""
        return now - self.taken
