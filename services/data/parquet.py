# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""Parquet files: of each a few rows from some of its row groups, without reading a whole file or row group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from services.data.arrow_masking import kept_schema, masked_table, paths
from services.data.columns import Columns, Rule
from services.data.faults import WrongFormat
from services.data.file_source import FileSource
from services.data.interface import Estimate, Sampled
from services.data.profiles import described
from services.data.spread import evenly, filled, shares
from services.domain.connections import SampleProfile, TableProfile
from services.domain.errors import DataUnavailable

_MB = 1024**2
# Reading needs a buffer, a page and perhaps a dictionary of each column that is open.
_OPEN = 8 * _MB
_COLUMN = 3 * _MB
_BUFFER = 256 * 1024
# A row group of this size is read by one request for all of its columns.
_SMALL = 4 * _MB
_AT_ONCE = 2
_GROUPS = 4


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one file: unmasked, so only ever in memory."""

    table: Any
    paths: list[str]
    """Of all columns, those that are left out as well."""
    total_rows: int
    compression: str


class ParquetSource(FileSource):
    """A file, or a folder of files with or without partitions."""

    suffixes = (".parquet", ".pq", ".parq", ".parquet.gz", ".snappy")

    def schema(self) -> Mapping[str, str]:
        schemas = [self._footer(file)[1] for file in _few(self.chosen)]
        self.require([path for schema in schemas for path in paths(schema)])
        kept = [kept_schema(schema, self.columns) for schema in schemas]
        return {field.name: str(field.type) for field in unified(kept)}

    def estimate(self) -> Estimate:
        some = _few(self.chosen)
        rows = sum(self._footer(file)[0].num_rows for file in some)
        if len(some) == len(self.listing.files):
            return self.counted(rows=rows, exact=True)
        return self.counted(rows=self.projected(rows, sum(file.size for file in some)))

    def sample(self, folder: Path) -> Sampled:
        limits = self.connection.limits
        self.learn_partitions()
        rooms = shares(limits.size, len(self.chosen))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            footers = pool.map(self._footer, self.chosen)
            counts = filled(limits.rows, [metadata.num_rows for metadata, _ in footers])
            parts = list(pool.map(self._part, self.chosen, counts, rooms))
        self.require([path for part in parts for path in part.paths])
        tables = masked_tables([part.table for part in parts], self.columns)
        rows = sum(table.num_rows for table in tables)
        if not rows:
            raise DataUnavailable(empty(self.connection.name))
        for table, part, path in zip(tables, parts, self.targets(folder, self.chosen), strict=True):
            pq.write_table(table, path, compression=part.compression)
        whole = pa.concat_tables(tables, promote_options="permissive")
        total = sum(part.total_rows for part in parts)
        if not self.complete:
            total = self.projected(total, sum(file.size for file in self.chosen))
        columns = described(whole, self.columns.masked)
        names = [column.name for column in columns]
        table = TableProfile(
            columns=(*columns, *self.partition_columns(self.chosen, names)),
            rows=rows,
            total_rows=total,
            exact=self.complete,
            partitions=self.partitions(self.chosen),
        )
        profile = SampleProfile(
            tables=(table,),
            total_files=len(self.listing.files),
            total_size=self.listing.size,
            exact=self.listing.whole,
        )
        return Sampled(profile=profile, root=self.root)

    def _footer(self, file: Any) -> tuple[Any, Any]:
        with self.place.open(file) as handle, opened(handle) as parquet:
            return parquet.metadata, parquet.schema_arrow

    def _part(self, file: Any, rows: int, size: int) -> Part:
        with self.place.open(file) as handle:
            return part_of(handle, rows, size, self.columns)


def opened(handle: Any, **options: Any) -> Any:
    """A reader of Parquet. Raises WrongFormat."""
    try:
        return pq.ParquetFile(handle, **options)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise WrongFormat from error


def part_of(handle: Any, rows: int, size: int, columns: Columns, prefix: str = "") -> Part:
    """Up to so many rows of one file, of about `size` bytes, from several row groups; columns left out are not read."""
    with opened(handle, pre_buffer=False, buffer_size=_BUFFER) as parquet:
        metadata = parquet.metadata
        filled = [number for number in range(metadata.num_row_groups) if metadata.row_group(number).num_rows]
        names = [
            field.name
            for field in parquet.schema_arrow
            if columns.rule(f"{prefix}.{field.name}" if prefix else field.name) is not Rule.LEAVE_OUT
        ]
        groups = evenly(filled, min(_GROUPS, max(1, rows // 10)))
        tables = [parquet.schema_arrow.empty_table().select(names)]
        for number, count in zip(groups, shares(rows, len(groups)) if groups else [], strict=True):
            group = metadata.row_group(number)
            wide = max(1, group.total_byte_size // group.num_rows)
            fitting = max(1, min(count, size // len(groups) // wide))
            tables.append(_first_rows(handle, parquet, number, fitting, names))
        codec = metadata.row_group(0).column(0).compression if filled and metadata.num_columns else "SNAPPY"
        return Part(
            pa.concat_tables(tables),
            paths(parquet.schema_arrow),
            metadata.num_rows,
            "none" if codec == "UNCOMPRESSED" else codec.lower(),
        )


def _first_rows(handle: Any, parquet: Any, number: int, count: int, names: Sequence[str]) -> Any:
    """The first rows of a row group: a few columns at a time where it is large."""
    group = parquet.metadata.row_group(number)
    sizes: dict[str, int] = {}
    for place in range(group.num_columns):
        chunk = group.column(place)
        name = chunk.path_in_schema.split(".")[0]
        sizes[name] = sizes.get(name, 0) + min(_COLUMN, chunk.total_uncompressed_size)
    if group.total_byte_size <= _SMALL:
        with pq.ParquetFile(handle, metadata=parquet.metadata, pre_buffer=True) as small:
            return _batch(small, number, count, list(names))
    pieces = [_batch(parquet, number, count, some) for some in _together(names, sizes)]
    arrays = {name: piece.column(name) for piece in pieces for name in piece.column_names}
    return pa.table(
        {name: arrays[name] for name in names}, schema=parquet.schema_arrow.empty_table().select(names).schema
    )


def _together(names: Sequence[str], sizes: Mapping[str, int]) -> list[list[str]]:
    groups: list[list[str]] = [[]]
    room = _OPEN
    for name in names:
        size = sizes.get(name, 0)
        if groups[-1] and size > room:
            groups.append([])
            room = _OPEN
        groups[-1].append(name)
        room -= size
    return groups


def _batch(parquet: Any, number: int, count: int, names: list[str]) -> Any:
    batches = parquet.iter_batches(batch_size=count, row_groups=[number], columns=names, use_threads=False)
    found, missing = [], count
    for batch in batches:
        found.append(batch.slice(0, missing))
        missing -= found[-1].num_rows
        if missing <= 0:
            break
    return pa.Table.from_batches(found)


def masked_tables(tables: Sequence[Any], columns: Columns, prefix: str = "") -> list[Any]:
    """Masked with what all of them together show of their columns."""
    for table in _together_if_alike(tables):
        masked_table(table, columns, prefix)
    return [masked_table(table, columns, prefix) for table in tables]


def _together_if_alike(tables: Sequence[Any]) -> Sequence[Any]:
    try:
        return [pa.concat_tables(tables, promote_options="permissive")]
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return tables


def unified(schemas: Sequence[Any]) -> Any:
    """One schema with the columns of all."""
    return pa.unify_schemas(list(schemas), promote_options="permissive")


def empty(name: str) -> str:
    """That there is nothing to sample, as a sentence."""
    return f"`{name}` has no rows. Write data there, or correct its URL."


def _few(files: Sequence[Any]) -> list[Any]:
    return evenly(files, 8)
