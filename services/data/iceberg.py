# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false, reportUnknownParameterType=false, reportMissingParameterType=false
# pyarrow has no types.
"""Iceberg tables, by their folder or by a catalog: rows of their current files, written as a new table with the same partitions.

Iceberg writes whole paths into its metadata, so a sample is written for the place at which it is mounted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError
from pyiceberg.io.pyarrow import ArrowScan, PyArrowFile, PyArrowFileIO, schema_to_pyarrow
from pyiceberg.table import FileScanTask, StaticTable, Table
from pyiceberg.transforms import VoidTransform

from services.data.arrow_masking import kept_schema, masked_table, paths
from services.data.columns import Columns, Rule
from services.data.credentials import Value
from services.data.file_source import unmatched
from services.data.filesystems import Place
from services.data.interface import Estimate, Sampled
from services.data.masking import Masker
from services.data.parquet import empty, part_of
from services.data.spread import evenly, filled, shares
from services.data.tables import aws_keys, no_table, sampled
from services.domain.connections import Connection, Origin
from services.domain.errors import DataUnavailable
from services.domain.untrusted_data import from_json

_VERSION = re.compile(r"v?(\d{1,18})(?:-[^/]{1,200})?\.(?:gz\.)?metadata\.json")
_ID = b"PARQUET:field_id"
_CATALOG = "catalog."
_SUFFIX = ".metadata.json"


class IcebergSource:
    """A table; with options `catalog.…` and `table` one of a catalog, else by its folder or metadata file."""

    def __init__(self, connection: Connection, value: Value, masker: Masker) -> None:
        self.connection = connection
        self.columns = Columns(connection, masker)
        self._value = value

    def schema(self) -> Mapping[str, str]:
        self._require()
        return {field.name: str(field.type) for field in kept_schema(self._schema, self.columns)}

    def estimate(self) -> Estimate:
        snapshot = self._table.current_snapshot()
        summary = snapshot.summary if snapshot else None
        numbers = dict(summary.additional_properties) if summary else {}
        deleted = numbers.get("total-delete-files", "0") != "0"
        return Estimate(
            rows=int(numbers.get("total-records", 0)),
            files=int(numbers.get("total-data-files", 0)),
            size=int(numbers.get("total-files-size", 0)),
            exact=not deleted,
        )

    def sample(self, folder: Path) -> Sampled:
        self._require()
        masked = masked_table(self._rows(), self.columns)
        if not masked.num_rows:
            raise DataUnavailable(empty(self.connection.name))
        partitions = self._write(masked, folder)
        about = self.estimate()
        made = sampled(
            masked,
            self.columns,
            partitions=partitions,
            total_rows=about.rows,
            exact=about.exact,
            files=about.files or 0,
            size=about.size,
        )
        # A program gets a file where it gets one on the target.
        is_file = self.connection.url.endswith(_SUFFIX)
        return replace(made, root="metadata/v1.metadata.json" if is_file else "")

    @property
    def _properties(self) -> dict[str, str]:
        """Of the storage."""
        if (
            not self.connection.place.startswith("s3")
            or self._value.connection.credentials.origin is Origin.NONE
        ):
            return {}
        names = {
            "key": "s3.access-key-id",
            "secret": "s3.secret-access-key",
            "token": "s3.session-token",
            "region": "s3.region",
            "endpoint": "s3.endpoint",
        }
        return {names[name]: part for name, part in aws_keys(self._value).items()}

    @cached_property
    def _table(self) -> Table:
        options = self.connection.options
        catalog = {
            name.removeprefix(_CATALOG): each for name, each in options.items() if name.startswith(_CATALOG)
        }
        if not catalog:
            return StaticTable.from_metadata(self._metadata(), self._properties)
        if self._value.text.startswith("{"):
            catalog |= {str(name): str(each) for name, each in from_json(self._value.text).items()}
        name = catalog.pop("name", self.connection.name)
        try:
            return load_catalog(name, **self._properties, **catalog).load_table(options["table"])
        except (NoSuchTableError, NoSuchNamespaceError):
            raise no_table(self.connection, "Iceberg") from None

    def _metadata(self) -> str:
        """The newest metadata file."""
        place = self.connection.place
        if place.endswith(_SUFFIX):
            return place
        try:
            listing = Place(self._value, f"{place.rstrip('/')}/metadata").listing()
        except (FileNotFoundError, DataUnavailable):
            raise no_table(self.connection, "Iceberg") from None
        found = [
            (int(version[1]), file.relative)
            for file in listing.files
            if (version := _VERSION.fullmatch(file.relative))
        ]
        if not found:
            raise no_table(self.connection, "Iceberg")
        return f"{place.rstrip('/')}/metadata/{max(found)[1]}"

    @cached_property
    def _schema(self) -> Any:
        return schema_to_pyarrow(self._table.schema())

    def _require(self) -> None:
        if wrong := self.columns.unmatched(paths(self._schema)):
            raise DataUnavailable(unmatched(self.connection, wrong))

    def _rows(self) -> Any:
        limits = self.connection.limits
        tasks = sorted(
            self._table.scan().plan_files(), key=lambda task: (str(task.file.partition), task.file.file_path)
        )
        chosen = evenly(tasks, min(limits.files, limits.rows))
        counts = filled(limits.rows, [task.file.record_count for task in chosen])
        schema = pa.schema(
            [field for field in self._schema if self.columns.rule(field.name) is not Rule.LEAVE_OUT]
        )
        tables = [schema.empty_table()]
        for task, count, room in zip(chosen, counts, shares(limits.size, max(1, len(chosen))), strict=False):
            tables.append(self._of_file(task, count, room, schema))
        return pa.concat_tables(tables)

    def _of_file(self, task: FileScanTask, count: int, room: int, schema: Any) -> Any:
        if task.delete_files or str(task.file.file_format).rpartition(".")[2].upper() != "PARQUET":
            return self._scanned(task, count, schema)
        with self._table.io.new_input(task.file.file_path).open() as handle:
            table = part_of(
                pa.PythonFile(handle, mode="r"),
                count,
                room,
                Columns(_all(self.connection), self.columns.masker),
            ).table
        by_id = {(field.metadata or {}).get(_ID): field.name for field in table.schema}
        arrays: list[Any] = []
        for field in schema:
            name = by_id.get((field.metadata or {}).get(_ID)) or (field.name if None in by_id else None)
            if name is None or name not in table.column_names:
                # A newer column, or one of which the folders have the values: Iceberg knows how to fill it.
                return self._scanned(task, count, schema)
            try:
                arrays.append(table.column(name).cast(field.type))
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError):
                return self._scanned(task, count, schema)
        return pa.table(arrays, schema=schema)

    def _scanned(self, task: FileScanTask, count: int, schema: Any) -> Any:
        table = self._table
        scan = table.scan(selected_fields=tuple(schema.names))
        reader = ArrowScan(table.metadata, table.io, scan.projection(), scan.row_filter, limit=count)
        return reader.to_table([task]).select(schema.names).cast(schema)

    def _write(self, masked: Any, folder: Path) -> list[str]:
        """A table whose paths are those of the mount; the columns of its partitions."""
        location = f"file://{self.connection.mount}"
        properties = {
            "uri": "sqlite:///:memory:",
            "warehouse": location,
            "py-io-impl": f"{__name__}.RelocatedFileIO",
            RelocatedFileIO.FROM: location,
            RelocatedFileIO.TO: str(folder),
        }
        catalog = SqlCatalog("sample", **properties)
        catalog.create_namespace("raygen")
        made = catalog.create_table("raygen.sample", schema=_plain(masked.schema), location=location)
        partitions: list[str] = []
        names = {field.field_id: field.name for field in self._table.schema().fields}
        with made.update_spec() as spec:
            for field in self._table.spec().fields:
                source = names.get(field.source_id, "")
                if source in masked.column_names and not isinstance(field.transform, VoidTransform):
                    spec.add_field(source, field.transform, field.name)
                    partitions.append(field.name)
        made = catalog.load_table("raygen.sample")
        made.append(masked.cast(_plain(masked.schema)))
        newest = made.metadata_location.rpartition("/")[2]
        catalog.close()
        metadata = folder / "metadata"
        # Readers that only get the folder look for this.
        (metadata / newest).rename(metadata / "v1.metadata.json")
        (metadata / "version-hint.text").write_text("1")
        for other in metadata.glob("*-*.metadata.json"):
            other.unlink()
        return partitions


class RelocatedFileIO(PyArrowFileIO):
    """Writes what belongs below one place to another."""

    FROM = "raygen.from"
    TO = "raygen.to"

    def new_input(self, location: str) -> Any:
        return self._file(location)

    def new_output(self, location: str) -> Any:
        return self._file(location)

    def delete(self, location: Any) -> None:
        super().delete(self._moved(location) if isinstance(location, str) else location)

    def _file(self, location: str) -> PyArrowFile:
        """Known by the place that it will have, since that is written into other files."""
        scheme, netloc, path = self.parse_location(self._moved(location), self.properties)
        return PyArrowFile(
            location=location, path=path, fs=self.fs_by_scheme(scheme, netloc), buffer_size=1024**2
        )

    def _moved(self, location: str) -> str:
        before = str(self.properties[self.FROM])
        return (
            str(self.properties[self.TO]) + location[len(before) :]
            if location.startswith(before)
            else location
        )


def _all(connection: Connection) -> Connection:
    """Files may have other names for columns than the table has now: these are chosen by their IDs, afterwards."""
    return replace(connection, left_out=())


def _plain(schema: Any) -> Any:
    """Without IDs, which the new table gives anew."""
    return pa.schema([pa.field(field.name, field.type, field.nullable) for field in schema])
