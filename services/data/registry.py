"""The kinds of connections. A further one is a module and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import parse_qsl

from services.data.credentials import Value
from services.data.faults import explained
from services.data.interface import Estimate, Sampled, Source
from services.data.masking import Masker
from services.domain.connections import Access, Connection
from services.domain.errors import DataUnavailable

Open = Callable[[Connection, Value, Masker], Source]
Discover = Callable[[Connection, Value], Sequence[Connection]]

_FILES = ("s3", "s3a", "gs", "gcs", "https", "http", "file", "")
_SECRETS = ("secret", "token", "password", "credential", "access-key")
_STORAGE = frozenset({"region", "endpoint"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind: how it is opened, and what may be said of it."""

    open: Open | None = None
    discover: Discover | None = None
    """For a catalog, which has tables in place of data."""
    schemes: tuple[str, ...] = _FILES
    """How its URLs begin; empty for a path."""
    options: frozenset[str] = _STORAGE
    """Options that it knows; patterns such as `*` too."""
    example: str = "s3://bucket/folder"
    """A URL as it should be."""
    tables: bool = False
    """Whether it has several tables."""


def _parquet(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.parquet import ParquetSource

    return ParquetSource(connection, value, masker)


def _csv(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.csv_files import CsvSource

    return CsvSource(connection, value, masker)


def _jsonl(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.jsonl import JsonLinesSource

    return JsonLinesSource(connection, value, masker)


def _files(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.any_files import AnyFiles

    return AnyFiles(connection, value, masker)


def _postgres(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.postgres import PostgresSource

    return PostgresSource(connection, value, masker)


def _delta(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.delta import DeltaSource

    return DeltaSource(connection, value, masker)


def _iceberg(connection: Connection, value: Value, masker: Masker) -> Source:
    from services.data.iceberg import IcebergSource

    return IcebergSource(connection, value, masker)


def _glue(connection: Connection, value: Value) -> Sequence[Connection]:
    from services.data.glue import tables

    return tables(connection, value)


KINDS: Mapping[str, Kind] = {
    "parquet": Kind(open=_parquet),
    "csv": Kind(open=_csv, options=_STORAGE | {"columns", "delimiter", "encoding", "header"}),
    "jsonl": Kind(open=_jsonl),
    "files": Kind(open=_files, options=_STORAGE | {"suffixes"}),
    "delta": Kind(open=_delta, schemes=("s3", "s3a", "gs", "file", "")),
    "iceberg": Kind(
        open=_iceberg,
        schemes=("s3", "s3a", "gs", "file", ""),
        options=_STORAGE | {"table", "catalog.*"},
    ),
    "glue": Kind(
        discover=_glue,
        schemes=("glue",),
        options=_STORAGE | {"glue_endpoint"},
        example="glue://database",
        tables=True,
    ),
    "postgres": Kind(
        open=_postgres,
        schemes=("postgresql", "postgres"),
        options=frozenset(),
        example="postgresql://reader@host/database",
        tables=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Explained:
    """A source whose faults are sentences."""

    connection: Connection
    opening: Callable[[], Source]

    def schema(self) -> Mapping[str, str]:
        with explained(self.connection):
            return self.opening().schema()

    def estimate(self) -> Estimate:
        with explained(self.connection):
            return self.opening().estimate()

    def sample(self, folder: Path) -> Sampled:
        with explained(self.connection):
            return self.opening().sample(folder)


def source(connection: Connection, value: Value, masker: Masker) -> Source:
    """Where the data of a connection is. Nothing is read before its first method."""
    kind = KINDS[connection.kind]

    def opening() -> Source:
        if kind.open is None:
            raise DataUnavailable(
                f"`{connection.name}` is a catalog. Use one of its tables: `raygen data list`."
            )
        try:
            return kind.open(connection, value, masker)
        except ImportError as error:
            raise DataUnavailable(_not_installed(connection, error)) from None

    return Explained(connection, opening)


def discovered(connection: Connection, value: Value) -> Sequence[Connection]:
    """The tables of a catalog as connections; of any other, itself. Raises DataUnavailable."""
    discover = KINDS[connection.kind].discover
    if discover is None:
        return (connection,)
    with explained(connection):
        return discover(connection, value)


def fault(connection: Connection) -> str:
    """What is wrong with a connection as it is written, as the end of a sentence; empty when nothing is."""
    kind = KINDS.get(connection.kind)
    if kind is None:
        return f"has an unknown `kind`: use {_listed(list(KINDS))}"
    found = (_fault_of_url(connection, kind, place) for place in (connection.url, connection.place))
    return next(filter(None, found), "") or _fault_of_terms(connection, kind)


def _fault_of_url(connection: Connection, kind: Kind, place: str) -> str:
    scheme, separator, rest = place.partition("://")
    scheme = scheme if separator else ""
    if scheme not in kind.schemes or (not scheme and not place.startswith("/")):
        return f"has a URL of the wrong form for `{connection.kind}`: write one such as `{kind.example}`"
    if ":" in rest.partition("/")[0].rpartition("@")[0]:
        return "has a password in its URL: put it into `credentials`, and give programs a secret for it"
    names = [name.lower() for name, _ in parse_qsl(place.partition("?")[2])]
    if any(word in name for name in names for word in (*_SECRETS, "sig", "key")):
        return "has a secret in its URL: put it into `credentials`, and give programs a secret for it"
    return ""


def _fault_of_terms(connection: Connection, kind: Kind) -> str:
    for option in connection.options:
        if any(word in option.lower() for word in _SECRETS):
            return f"has a secret in its option `{option}`: put it into `credentials`"
        if not any(fnmatchcase(option, known) for known in kind.options):
            known = f"use {_listed(sorted(kind.options))}" if kind.options else "remove it"
            return f"has an option `{option}` that `{connection.kind}` doesn't know: {known}"
    if (
        any(option.startswith("catalog.") for option in connection.options)
        and "table" not in connection.options
    ):
        return "has a catalog, but no option `table`: add one such as `db.sales`"
    if connection.tables and not kind.tables:
        return f"has `tables`, but `{connection.kind}` has no tables: remove them"
    if connection.url.startswith(("http://", "https://")) and Access.WRITE in connection.access:
        return "can't be written to by HTTP: remove `write` from `access`"
    return ""


def _listed(names: Sequence[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return " or ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _not_installed(connection: Connection, error: ImportError) -> str:
    missing = error.name or "a package"
    return f"`{connection.name}` needs {missing}, which is not installed. Run `pip install 'raygen[data]'`."
