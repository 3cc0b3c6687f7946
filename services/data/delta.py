# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false, reportUnknownLambdaType=false
# pyarrow has no types.
"""Tables of Delta Lake: rows of files that their log names, written as a new table with the same partitions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import TableNotFoundError

from services.data.arrow_masking import kept_schema, masked_table, paths
from services.data.columns import Columns, Rule
from services.data.credentials import Value
from services.data.file_source import unmatched
from services.data.filesystems import Place, RemoteFile
from services.data.interface import Estimate, Sampled
from services.data.masking import Masker
from services.data.parquet import empty, part_of
from services.data.spread import evenly, filled, over_partitions, shares
from services.data.tables import aws_keys, no_table, sampled
from services.domain.connections import Connection
from services.domain.errors import DataUnavailable

# Files of tables with these are more than what is to be read.
_FEATURES = {"columnMapping", "deletionVectors"}
_READ = 50_000


class DeltaSource:
    """A table by its folder."""

    def __init__(self, connection: Connection, value: Value, masker: Masker) -> None:
        self.connection = connection
        self.columns = Columns(connection, masker)
        self._value = value
        self._place = Place(value)

    def schema(self) -> Mapping[str, str]:
        self._require()
        return {field.name: str(field.type) for field in kept_schema(self._schema, self.columns)}

    def estimate(self) -> Estimate:
        files = self._actions
        counts = [action["num_records"] for action in files]
        rows = None if None in counts else sum(counts)
        size = sum(action["size_bytes"] for action in files)
        return Estimate(rows=rows, files=len(files), size=size, exact=not self._is_special)

    def sample(self, folder: Path) -> Sampled:
        self._require()
        found = self._by_scan() if self._is_special else self._by_files()
        # Once to learn of all rows, once to mask them by that.
        masked = masked_table(found, self.columns)
        if not masked.num_rows:
            raise DataUnavailable(empty(self.connection.name))
        partitions = [name for name in self._partitions if name in masked.column_names]
        write_deltalake(str(folder), masked, partition_by=partitions or None)
        about = self.estimate()
        return sampled(
            masked,
            self.columns,
            partitions=partitions,
            total_rows=about.rows,
            exact=about.exact and about.rows is not None,
            files=about.files or 0,
            size=about.size,
        )

    @cached_property
    def _table(self) -> DeltaTable:
        place = self.connection.place
        options: dict[str, str] = {"timeout": "30s", "connect_timeout": "5s"}
        if place.startswith("s3"):
            names = {
                "key": "AWS_ACCESS_KEY_ID",
                "secret": "AWS_SECRET_ACCESS_KEY",
                "token": "AWS_SESSION_TOKEN",
                "region": "AWS_REGION",
                "endpoint": "AWS_ENDPOINT_URL",
            }
            found = aws_keys(self._value)
            options |= {names[name]: part for name, part in found.items()}
            if "key" not in found:
                options["AWS_SKIP_SIGNATURE"] = "true"
            if found.get("endpoint", "").startswith("http://"):
                options["AWS_ALLOW_HTTP"] = "true"
        try:
            return DeltaTable(place, storage_options=options)
        except TableNotFoundError:
            raise no_table(self.connection, "Delta") from None

    @cached_property
    def _schema(self) -> Any:
        return pa.schema(self._table.schema().to_arrow())

    @property
    def _partitions(self) -> list[str]:
        return list(self._table.metadata().partition_columns)

    @cached_property
    def _actions(self) -> list[dict[str, Any]]:
        return pa.table(self._table.get_add_actions(flatten=True)).to_pylist()

    @property
    def _is_special(self) -> bool:
        return bool(_FEATURES & set(self._table.protocol().reader_features or ()))

    def _require(self) -> None:
        if wrong := self.columns.unmatched(paths(self._schema)):
            raise DataUnavailable(unmatched(self.connection, wrong))

    def _by_files(self) -> Any:
        root = self._place.path
        actions = {str(action["path"]): action for action in self._actions}
        if not actions:
            raise DataUnavailable(empty(self.connection.name))
        files = [
            RemoteFile(f"{root}/{unquote(path)}", path, action["size_bytes"])
            for path, action in actions.items()
        ]
        limits = self.connection.limits
        chosen = over_partitions(
            sorted(files, key=lambda file: file.relative), min(limits.files, limits.rows)
        )
        counts = filled(
            limits.rows, [actions[file.relative]["num_records"] or limits.rows for file in chosen]
        )
        names = [field.name for field in self._schema if self.columns.rule(field.name) is not Rule.LEAVE_OUT]
        tables: list[Any] = []
        for file, count, room in zip(chosen, counts, shares(limits.size, len(chosen)), strict=True):
            with self._place.open(file) as handle:
                part = part_of(handle, count, room, self.columns)
            tables.append(self._complete(part.table, actions[file.relative], names))
        return pa.concat_tables(tables)

    def _complete(self, table: Any, action: Mapping[str, Any], names: Sequence[str]) -> Any:
        """With the partition's values, and nothing for columns that are newer than the file."""
        arrays: list[Any] = []
        for name in names:
            kind = self._schema.field(name).type
            if name in table.column_names:
                arrays.append(table.column(name).cast(kind))
            elif (value := action.get(f"partition.{name}")) is not None:
                arrays.append(pa.array([value] * table.num_rows).cast(kind))
            else:
                arrays.append(pa.nulls(table.num_rows, kind))
        return pa.table(arrays, schema=pa.schema([self._schema.field(name) for name in names]))

    def _by_scan(self) -> Any:
        """The first rows as the engine gives them."""
        names = [field.name for field in self._schema if self.columns.rule(field.name) is not Rule.LEAVE_OUT]
        batches: list[Any] = []
        seen = 0
        for batch in pa.RecordBatchReader.from_stream(self._table.scan(columns=names)):
            batches.append(batch)
            seen += batch.num_rows
            if seen >= max(_READ, self.connection.limits.rows):
                break
        whole = (
            pa.Table.from_batches(batches)
            if batches
            else kept_schema(self._schema, self.columns).empty_table()
        )
        return whole.take(evenly(range(whole.num_rows), self.connection.limits.rows))
