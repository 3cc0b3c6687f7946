"""Samples of data connections without any data: one file each, taken when first asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from services.data.interface import Catalog
from services.domain.connections import (
    Column,
    Connection,
    Sample,
    SampleFile,
    SampleProfile,
    SchemaChange,
    TableProfile,
)

TAKEN = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


class FakeSamples:
    """Samples of one file each, taken when first asked for."""

    def __init__(self, *connections: Connection, change: SchemaChange | None = None) -> None:
        self.connections = {each.name: each for each in connections}
        self.taken: dict[str, Sample] = {}
        self.change = change
        self.written = 0

    async def catalog(self) -> Catalog:
        return Catalog(connections=self.connections)

    async def latest(self, name: str) -> Sample | None:
        return self.taken.get(name)

    async def take(self, connection: Connection) -> Sample:
        table = TableProfile(
            columns=(Column(name="id", type="int64"), Column(name="email", type="string", masked="e-mail")),
            rows=10,
            total_rows=1000,
        )
        self.taken[connection.name] = Sample(
            connection=connection.name,
            sha256=connection.name[0] * 64,
            taken=TAKEN,
            profile=SampleProfile(tables=(table,), total_files=1),
            files=(SampleFile(path="part-0.parquet", sha256="0" * 64, size=3),),
            change=self.change,
        )
        return self.taken[connection.name]

    async def refresh(self) -> Sequence[str]:
        return ()

    async def write(self, sample: Sample, folder: Path) -> None:
        self.written += 1
        (folder / sample.files[0].path).write_bytes(b"abc")
