# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""Catalogs of AWS Glue: each table that raygen can read is a connection of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from services.data.columns import matches
from services.data.credentials import Value
from services.data.file_source import unmatched
from services.domain.connections import NAME, Connection
from services.domain.errors import DataUnavailable

_MOST = 1000
_NOT_IN_A_NAME = re.compile(r"[^a-z0-9_-]")
_FORMATS = (
    ("parquet", "parquet"),
    ("json", "jsonl"),
    ("csv", "csv"),
    ("lazysimple", "csv"),
    ("text", "csv"),
)
_WILD = set("*?[")


def tables(connection: Connection, value: Value) -> Sequence[Connection]:
    """The tables of one database, or of all, by the formats that there are connections for."""
    client = value.client("glue")
    database = connection.url.partition("://")[2].strip("/")
    databases = (
        [database] if database else [each["Name"] for each in _pages(client, "get_databases", "DatabaseList")]
    )
    entries = [
        (name, entry)
        for name in databases
        for entry in _pages(client, "get_tables", "TableList", DatabaseName=name)
        if _wanted(connection, name, entry["Name"])
    ]
    if len(entries) > _MOST:
        raise DataUnavailable(f"`{connection.name}` has more than {_MOST:,} tables. Choose some by `tables`.")
    _require(connection, [entry for _, entry in entries])
    found = [_connection(connection, entry, "" if database else f"{name}.") for name, entry in entries]
    return sorted((each for each in found if each is not None), key=lambda each: each.name)


def _pages(client: Any, operation: str, key: str, **arguments: str) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def _wanted(connection: Connection, database: str, table: str) -> bool:
    names = (table, f"{database}.{table}")
    return not connection.tables or any(
        fnmatchcase(name, pattern) for pattern in connection.tables for name in names
    )


def _connection(catalog: Connection, entry: Mapping[str, Any], prefix: str) -> Connection | None:
    """None for views, and for formats that raygen doesn't read."""
    storage: Mapping[str, Any] = entry.get("StorageDescriptor") or {}
    parameters: Mapping[str, str] = entry.get("Parameters") or {}
    location = str(storage.get("Location") or "").rstrip("/")
    kind = _kind(storage, parameters)
    parts = (prefix + entry["Name"]).lower().split(".")
    name = ".".join([catalog.name, *(_NOT_IN_A_NAME.sub("-", part) for part in parts)])
    if not kind or not location or not NAME.fullmatch(name):
        return None
    options = {key: each for key, each in catalog.options.items() if key in {"region", "endpoint"}}
    if kind == "csv":
        options |= _csv(storage, parameters)
    return replace(
        catalog,
        name=name,
        kind=kind,
        url=location,
        source=parameters.get("metadata_location", "") if kind == "iceberg" else "",
        description=str(entry.get("Description") or catalog.description),
        variable="",
        masked=tuple(map(_optional, catalog.masked)),
        left_out=tuple(map(_optional, catalog.left_out)),
        tables=(),
        options=options,
    )


def _kind(storage: Mapping[str, Any], parameters: Mapping[str, str]) -> str:
    table_format = (
        parameters.get("table_type") or parameters.get("spark.sql.sources.provider") or ""
    ).lower()
    if table_format in {"iceberg", "delta"}:
        return table_format
    serde = (storage.get("SerdeInfo") or {}).get("SerializationLibrary") or ""
    said = " ".join((parameters.get("classification", ""), serde, storage.get("InputFormat") or "")).lower()
    if "orc" in said or "avro" in said:
        return ""
    return next((kind for word, kind in _FORMATS if word in said), "")


def _csv(storage: Mapping[str, Any], parameters: Mapping[str, str]) -> dict[str, str]:
    settings: Mapping[str, str] = (storage.get("SerdeInfo") or {}).get("Parameters") or {}
    skipped = parameters.get("skip.header.line.count") or settings.get("skip.header.line.count") or "0"
    delimiter = settings.get("field.delim") or settings.get("separatorChar") or parameters.get("delimiter")
    found = {"delimiter": delimiter or ",", "header": "true" if skipped != "0" else "false"}
    if skipped == "0":
        found["columns"] = ",".join(column["Name"] for column in storage.get("Columns") or ())
    return found


def _require(connection: Connection, entries: Sequence[Mapping[str, Any]]) -> None:
    """A column that is to be masked has to be in one of the tables."""
    paths = [f"{entry['Name']}.{path}" for entry in entries for path in _paths(entry)]
    named = [name for name in (*connection.masked, *connection.left_out) if not set(name) & _WILD]
    wrong = [name for name in named if not any(matches(name, path) for path in paths)]
    if wrong:
        raise DataUnavailable(unmatched(connection, wrong))


def _paths(entry: Mapping[str, Any]) -> Iterator[str]:
    columns = [
        *((entry.get("StorageDescriptor") or {}).get("Columns") or ()),
        *(entry.get("PartitionKeys") or ()),
    ]
    for column in columns:
        yield column["Name"]
        # What is in structs, such as `struct<home:struct<zip:string>>`.
        for inner in str(column.get("Type") or "").replace("<", " ").replace(",", " ").split():
            yield f"{column['Name']}.{inner.partition(':')[0]}"


def _optional(name: str) -> str:
    """The same as a pattern, which not every table has to have a column for."""
    return f"[{name[0]}]{name[1:]}" if name[:1].isalnum() else name
