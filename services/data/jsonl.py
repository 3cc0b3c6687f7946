# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""JSON Lines: objects from several places of each file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from services.data.columns import inside
from services.data.faults import WrongFormat
from services.data.file_source import FileSource
from services.data.filesystems import RemoteFile
from services.data.interface import Estimate, Sampled
from services.data.lines import is_compressed, pieces_of
from services.data.parquet import empty
from services.data.profiles import described, few
from services.data.spread import evenly, filled
from services.domain.connections import Column, SampleProfile, TableProfile
from services.domain.errors import DataUnavailable
from services.domain.untrusted_data import from_json

_PIECE = 2 * 1024**2


class JsonLinesSource(FileSource):
    """Files with one object of JSON in each line."""

    suffixes = tuple(
        f".{kind}{packed}" for kind in ("jsonl", "ndjson", "json") for packed in ("", ".gz", ".bz2", ".zst")
    )

    def schema(self) -> Mapping[str, str]:
        found = [each for file in evenly(self.chosen, 4) for each in self._part(file, 200)[0]]
        return {column.name: column.type for column in self._described(self._masked(found))}

    def estimate(self) -> Estimate:
        some = evenly(self.chosen, 4)
        parts = [self._part(file, 200) for file in some]
        rows = round(sum(total for _, total, _ in parts))
        if len(some) == len(self.listing.files) and all(exact for _, _, exact in parts):
            return self.counted(rows=rows, exact=True)
        return self.counted(rows=self.projected(rows, sum(file.size for file in some)))

    def sample(self, folder: Path) -> Sampled:
        limits = self.connection.limits
        self.learn_partitions()
        parts = [self._part(file, limits.rows) for file in self.chosen]
        counts = filled(limits.rows, [len(objects) for objects, _, _ in parts])
        parts = [(evenly(part[0], count), *part[1:]) for part, count in zip(parts, counts, strict=True)]
        for objects, _, _ in parts:
            self._learn("", objects)
        found: list[Any] = []
        room = limits.size // len(parts)
        for (objects, _, _), file, path in zip(
            parts, self.chosen, self.targets(folder, self.chosen), strict=True
        ):
            size, written = 0, 0
            compression = "detect" if is_compressed(file) else None
            with pa.output_stream(str(path), compression=compression) as out:
                for each in self._masked(objects):
                    line = json.dumps(each, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
                    size += len(line)
                    if size > room and written:
                        break
                    out.write(line)
                    found.append(each)
                    written += 1
        if not found:
            raise DataUnavailable(empty(self.connection.name))
        total = sum(count for _, count, _ in parts)
        whole = self.complete and all(exact for _, _, exact in parts)
        if not self.complete:
            total = self.projected(round(total), sum(file.size for file in self.chosen)) or 0
        columns = self._described(found)
        table = TableProfile(
            columns=(
                *columns,
                *self.partition_columns(self.chosen, [column.name for column in columns]),
            ),
            rows=len(found),
            total_rows=round(total) or None,
            exact=whole,
            partitions=self.partitions(self.chosen),
        )
        profile = SampleProfile(
            tables=(table,),
            total_files=len(self.listing.files),
            total_size=self.listing.size,
            exact=self.listing.whole,
        )
        return Sampled(profile=profile, root=self.root)

    def _part(self, file: RemoteFile, count: int) -> tuple[list[Any], float, bool]:
        """Objects of a file, how many it has, and whether that is exact."""
        pieces = pieces_of(self.place, file, _PIECE)
        chosen: list[Any] = []
        lines = [[line for line in piece.splitlines() if line.strip()] for piece in pieces.all]
        for group, share in zip(lines, filled(count, [len(group) for group in lines]), strict=True):
            chosen += [_object(line) for line in evenly(group, share)]
        seen = sum(map(len, lines))
        return chosen, (seen / pieces.share if pieces.share else 0), pieces.whole

    def _masked(self, objects: Iterable[Any]) -> list[Any]:
        return [self.columns.value("", each) for each in objects]

    def _learn(self, path: str, values: Iterable[Any]) -> None:
        """Judge each column by all of its values."""
        found: dict[str, list[Any]] = {}
        for value in values:
            _collect(path, value, found)
        for name, each in found.items():
            self.columns.learn(name, each)

    def _described(self, objects: list[Any]) -> tuple[Column, ...]:
        rows = [each if isinstance(each, dict) else {"value": each} for each in objects]
        names = list(dict.fromkeys(name for row in rows for name in row))
        columns: list[Column] = []
        for name in names:
            values = [row.get(name) for row in rows]
            try:
                table = pa.table({name: pa.array(values)})
            except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
                kinds = sorted({type(value).__name__ for value in values if value is not None})
                why = self.columns.masked.get(name, "")
                columns.append(
                    Column(
                        name=name,
                        type=" | ".join(kinds),
                        nulls=values.count(None),
                        values=few(values),
                        masked=why,
                    )
                )
            else:
                columns += described(table, self.columns.masked)
        return tuple(columns)


def _object(line: bytes) -> Any:
    try:
        return from_json(line)
    except ValueError as error:
        raise WrongFormat from error


def _collect(path: str, value: Any, found: dict[str, list[Any]]) -> None:
    if isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            _collect(inside(path, name), inner, found)
    elif isinstance(value, list):
        for inner in cast("list[Any]", value):
            _collect(path, inner, found)
    elif isinstance(value, str | int):
        found.setdefault(path, []).append(value)
