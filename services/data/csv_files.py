# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""CSV files: rows from several places of each, written with the same separator, header and encoding."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
from pyarrow import csv as arrow_csv

from services.data.columns import Columns, Rule
from services.data.faults import WrongFormat
from services.data.file_source import FileSource
from services.data.filesystems import RemoteFile
from services.data.interface import Estimate, Sampled
from services.data.lines import Pieces, is_compressed, is_text, pieces_of
from services.data.parquet import empty, unified
from services.data.profiles import described
from services.data.spread import evenly, filled
from services.domain.connections import SampleProfile, TableProfile
from services.domain.errors import DataUnavailable

_DELIMITERS = ",;\t|"
_NAMES = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_PIECE = 2 * 1024**2
_ALIGNMENTS = 8
csv.field_size_limit(16 * 1024**2)


@dataclass(slots=True)
class Part:
    """The rows of one file: unmasked, so only ever in memory."""

    header: list[str]
    delimiter: str
    marked: bool
    ending: str
    encoding: str = "utf-8"
    rows: list[list[str]] = field(default_factory=list[list[str]])
    total: float = 0.0
    counted: bool = False
    """Whether that is exact."""

    @property
    def columns(self) -> list[list[str]]:
        return [list(column) for column in zip(*self.rows, strict=True)] or [[] for _ in self.header]


class CsvSource(FileSource):
    """Files of values with separators. Options: `delimiter`, `encoding`, and `header` = `false` where they have none, then perhaps `columns`."""

    suffixes = tuple(
        f".{kind}{packed}" for kind in ("csv", "tsv", "txt") for packed in ("", ".gz", ".bz2", ".zst")
    )

    @property
    def _encoding(self) -> str:
        return self.connection.options.get("encoding", "utf-8")

    @property
    def _headed(self) -> bool:
        return self.connection.options.get("header", "true").lower() not in {"false", "no", "0"}

    def schema(self) -> Mapping[str, str]:
        parts = [self._part(file, 200) for file in evenly(self.chosen, 4)]
        self.require([name for part in parts for name in part.header])
        kept = unified([_typed(part, self.columns).schema for part in parts])
        return {column.name: str(column.type) for column in kept}

    def estimate(self) -> Estimate:
        some = evenly(self.chosen, 4)
        parts = [self._part(file, 200) for file in some]
        rows = round(sum(part.total for part in parts))
        if len(some) == len(self.listing.files) and all(part.counted for part in parts):
            return self.counted(rows=rows, exact=True)
        return self.counted(rows=self.projected(rows, sum(file.size for file in some)))

    def sample(self, folder: Path) -> Sampled:
        limits = self.connection.limits
        self.learn_partitions()
        parts = [self._part(file, limits.rows) for file in self.chosen]
        for part, count in zip(parts, filled(limits.rows, [len(part.rows) for part in parts]), strict=True):
            part.rows = evenly(part.rows, count)
        self.require([name for part in parts for name in part.header])
        if not any(part.rows for part in parts):
            raise DataUnavailable(empty(self.connection.name))
        self._learn(parts)
        tables: list[Any] = []
        room = limits.size // len(parts)
        for part, file, path in zip(parts, self.chosen, self.targets(folder, self.chosen), strict=True):
            _fit(part, room)
            content = _written(part, self.columns, headed=self._headed).encode(part.encoding, "replace")
            with pa.output_stream(str(path), compression="detect" if is_compressed(file) else None) as out:
                out.write(content)
            tables.append(_typed(part, self.columns))
        total = sum(part.total for part in parts)
        if not self.complete:
            total = self.projected(round(total), sum(file.size for file in self.chosen)) or 0
        columns = described(_joined(tables), self.columns.masked)
        table = TableProfile(
            columns=(
                *columns,
                *self.partition_columns(self.chosen, [column.name for column in columns]),
            ),
            rows=sum(len(part.rows) for part in parts),
            total_rows=round(total) or None,
            exact=self.complete and all(part.counted for part in parts),
            partitions=self.partitions(self.chosen),
        )
        profile = SampleProfile(
            tables=(table,),
            total_files=len(self.listing.files),
            total_size=self.listing.size,
            exact=self.listing.whole,
        )
        return Sampled(profile=profile, root=self.root)

    def _learn(self, parts: Sequence[Part]) -> None:
        """Judge each column by the values of all files."""
        found: dict[str, list[str]] = {}
        for part in parts:
            for name, values in zip(part.header, part.columns, strict=True):
                found.setdefault(name, []).extend(value for value in values if value)
        for name, values in found.items():
            self.columns.learn(name, values)

    def _part(self, file: RemoteFile, rows: int) -> Part:
        pieces = pieces_of(self.place, file, _PIECE)
        try:
            try:
                return self._read(pieces, rows, self._encoding)
            except UnicodeDecodeError:
                if "encoding" in self.connection.options or not is_text(pieces.head):
                    raise
                return self._read(pieces, rows, "latin-1")
        except (csv.Error, UnicodeDecodeError, LookupError) as error:
            raise WrongFormat from error

    def _read(self, pieces: Pieces, count: int, encoding: str) -> Part:
        text = pieces.head.decode(encoding)
        if "\0" in text:
            raise WrongFormat
        delimiter = self._delimiter(text)
        rows = _rows(text, delimiter)
        if not rows:
            return Part([], delimiter, marked=False, ending="\n")
        header = rows.pop(0) if self._headed else self._names(len(rows[0]))
        good = [row for row in rows if len(row) == len(header)]
        if rows and len(good) * 2 < len(rows):
            raise WrongFormat
        per_byte = len(rows) / max(1, len(pieces.head))
        texts = [piece.decode(encoding, "replace") for piece in pieces.others]
        chosen = [good, *(_from_the_middle(each, delimiter, len(header)) for each in texts)]
        total = (
            len(rows)
            if pieces.whole
            else per_byte * sum(map(len, pieces.all)) / pieces.share
            if pieces.share
            else 0
        )
        part = Part(
            header,
            delimiter,
            marked=text.startswith("\ufeff"),
            ending="\r\n" if "\r\n" in text[:10_000] else "\n",
            encoding=encoding,
            total=total,
            counted=pieces.whole,
        )
        for group, share in zip(chosen, filled(count, [len(group) for group in chosen]), strict=True):
            part.rows += evenly(group, share)
        header[:1] = [name.removeprefix("\ufeff") for name in header[:1]]
        return part

    def _names(self, width: int) -> list[str]:
        """Of the columns of a file without a header."""
        names = [name.strip() for name in self.connection.options.get("columns", "").split(",")]
        names = [name for name in names if name]
        return [*names[:width], *(f"f{number}" for number in range(len(names), width))]

    def _delimiter(self, text: str) -> str:
        chosen = self.connection.options.get("delimiter", "")
        if chosen:
            return _NAMES.get(chosen, chosen)[:1]
        line = text.partition("\n")[0]
        return max(_DELIMITERS, key=line.count)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def _from_the_middle(text: str, delimiter: str, width: int) -> list[list[str]]:
    """The rows of a piece that may begin, and end, within quotes; none where it can't be told where rows begin."""
    for _ in range(_ALIGNMENTS):
        *rows, last = _rows(text, delimiter) or [[]]
        if rows and all(len(row) == width for row in rows):
            return [*rows, last] if len(last) == width and text.endswith("\n") else rows
        text = text.partition("\n")[2]
    return []


def _fit(part: Part, size: int) -> None:
    """Drop rows at the end that are beyond `size` bytes."""
    taken = 0
    for number, row in enumerate(part.rows):
        taken += sum(map(len, row)) + len(row)
        if taken > size and number:
            del part.rows[number:]
            return


def _written(part: Part, columns: Columns, *, headed: bool) -> str:
    """The rows as text, masked and without what is left out."""
    kept = [place for place, name in enumerate(part.header) if columns.rule(name) is not Rule.LEAVE_OUT]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=part.delimiter, lineterminator=part.ending)
    if part.marked:
        out.write("\ufeff")
    if headed:
        writer.writerow([part.header[place] for place in kept])
    for row in part.rows:
        writer.writerow([_cell(part.header[place], row[place], columns) for place in kept])
    return out.getvalue()


def _cell(name: str, value: str, columns: Columns) -> str:
    return columns.text(name, value) if value else value


def _typed(part: Part, columns: Columns) -> Any:
    """As readers of CSV take its columns."""
    text = _written(part, columns, headed=False).removeprefix("\ufeff")
    names = _unique([name for name in part.header if columns.rule(name) is not Rule.LEAVE_OUT])
    if not text:
        return pa.table({name: pa.nulls(0) for name in names})
    try:
        return arrow_csv.read_csv(
            io.BytesIO(text.encode("utf-8", "replace")),
            read_options=arrow_csv.ReadOptions(column_names=names),
            parse_options=arrow_csv.ParseOptions(delimiter=part.delimiter, newlines_in_values=True),
        )
    except pa.ArrowInvalid:
        return pa.table({})


def _unique(names: Sequence[str]) -> list[str]:
    """With a number for those that occur again."""
    found: list[str] = []
    for name in names:
        found.append(name if name not in found else f"{name}.{len(found)}")
    return found


def _joined(tables: Sequence[Any]) -> Any:
    try:
        return pa.concat_tables(tables, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        names = list(dict.fromkeys(name for table in tables for name in table.column_names))
        texts = [
            pa.table({name: table.column(name).cast(pa.string()) for name in table.column_names})
            for table in tables
        ]
        return pa.concat_tables(texts, promote_options="default").select(names)
