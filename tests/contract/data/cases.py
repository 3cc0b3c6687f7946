"""One case for each kind of data and place: how it is made there, and how programs read it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable, write_deltalake
from psycopg.rows import dict_row
from pyarrow import dataset
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.table import StaticTable
from pyiceberg.transforms import IdentityTransform

from services.domain.connections import Connection, SampleLimits
from tests.contract.data import databases, peers

Rows = list[dict[str, object]]


@dataclass(frozen=True)
class Setting:
    """What a case may use."""

    folder: Path
    stack: ExitStack
    fixture: Callable[[str], str]

    def s3(self, made: Path, name: str) -> str:
        return peers.upload(self.fixture("aws"), made, f"{self.folder.parent.name}/{name}")

    def web(self, made: Path) -> str:
        return self.stack.enter_context(peers.web(made))


@dataclass(frozen=True)
class Case:
    """Writes `rows` for a test and gives where they are; `read` gives the rows of a sample."""

    kind: str
    write: Callable[[Setting, Sequence[dict[str, object]]], str]
    read: Callable[[Path, Setting], Rows]
    partitioned: bool = False
    exact: bool = True


def connection(kind: str, url: str, **terms: object) -> Connection:
    wanted: dict[str, object] = {
        "name": "sales",
        "kind": kind,
        "url": url,
        "masked": ("name",),
        "left_out": ("internal",),
        "limits": SampleLimits(rows=60),
    }
    return Connection(**{**wanted, **terms})  # pyright: ignore[reportArgumentType]


def _table(rows: Sequence[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(list(rows))


def write_parquet(folder: Path, rows: Sequence[dict[str, object]]) -> Path:
    """In folders by country."""
    for country in peers.COUNTRIES:
        some = [
            {key: value for key, value in row.items() if key != "country"}
            for row in rows
            if row["country"] == country
        ]
        if some:
            path = folder / f"country={country}" / "part-0.parquet"
            path.parent.mkdir(parents=True)
            pq.write_table(_table(some), path, row_group_size=25, compression="zstd")
    folder.mkdir(exist_ok=True)
    (folder / "_SUCCESS").write_text("")
    return folder


def write_csv(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys() if rows else ["id", "name", "internal"], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_jsonl(path: Path, rows: Sequence[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def read_parquet(path: Path, setting: Setting | None = None) -> Rows:
    del setting
    return dataset.dataset(path, partitioning="hive").to_table().to_pylist()


def read_csv(path: Path, setting: Setting | None = None) -> Rows:
    del setting
    with path.open(newline="") as file:
        return [
            {**row, "id": int(row["id"]), "amount": float(row["amount"])}
            for row in csv.DictReader(file, delimiter=";")
        ]


def read_jsonl(path: Path, setting: Setting | None = None) -> Rows:
    del setting
    files = sorted(path.rglob("*.jsonl")) if path.is_dir() else [path]
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def read_texts(path: Path, setting: Setting | None = None) -> Rows:
    del setting
    return [json.loads(file.read_text()) for file in sorted(path.rglob("*.json"))]


def _jsonl_parts(setting: Setting, rows: Sequence[dict[str, object]]) -> str:
    made = setting.folder / "events"
    made.mkdir()
    for number in range(3):
        write_jsonl(made / f"{number}.jsonl", list(rows)[number::3])
    return setting.s3(made, "events")


def _texts(setting: Setting, rows: Sequence[dict[str, object]]) -> str:
    for row in rows:
        path = setting.folder / "texts" / str(row["country"]) / f"{row['id']}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {key: value for key, value in row.items() if key not in {"name", "internal"}}
        path.write_text(json.dumps({**kept, "name": "x"}))
    (setting.folder / "texts").mkdir(exist_ok=True)
    return str(setting.folder / "texts")


def _postgres(setting: Setting, rows: Sequence[dict[str, object]]) -> str:
    url = databases.fresh(setting.fixture("database"))
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(
            "CREATE TABLE sales (id bigint PRIMARY KEY, amount double precision, name text NOT NULL, contact varchar(60),"
            " note text, internal text, country text)"
        )
        with database.cursor().copy("COPY sales FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
        database.execute("ANALYZE")
    return url


def read_postgres(path: Path, setting: Setting) -> Rows:
    with psycopg.connect(databases.loaded(setting.fixture("database"), path)) as database:
        cursor = database.cursor(row_factory=dict_row)
        return cursor.execute("SELECT * FROM sales").fetchall()


def _delta(at: Setting, rows: Sequence[dict[str, object]]) -> str:
    made = at.folder / "delta"
    columns = list(peers.row(0))
    half = len(rows) // 2
    # Two commits, and one that takes rows away.
    for some in (rows[:half], rows[half:]) if rows else ([],):
        table = _table(some) if some else _table(peers.rows(1)).slice(0, 0)
        write_deltalake(str(made), table.select(columns), partition_by=["country"], mode="append")
    return at.s3(made, "delta")


def read_delta(path: Path, setting: Setting | None = None) -> Rows:
    del setting
    return DeltaTable(str(path)).to_pyarrow_table().to_pylist()


def _iceberg(at: Setting, rows: Sequence[dict[str, object]]) -> str:
    made = at.folder / "iceberg"
    with warehouse(at.folder) as catalog:
        schema = _table(peers.rows(1)).schema
        table = catalog.create_table("db.sales", schema=schema, location=f"file://{made}")
        with table.update_spec() as spec:
            spec.add_field("country", IdentityTransform(), "country")
        for some in (rows[: len(rows) // 2], rows[len(rows) // 2 :]):
            if some:
                table.append(_table(some))
    return str(made)


@contextmanager
def warehouse(folder: Path) -> Generator[SqlCatalog]:
    catalog = SqlCatalog("c", uri=f"sqlite:///{folder}/catalog.db", warehouse=f"file://{folder}")
    catalog.create_namespace_if_not_exists("db")
    try:
        yield catalog
    finally:
        catalog.close()


def read_iceberg(path: Path, setting: Setting | None = None) -> Rows:
    """As it is read where it is mounted."""
    del setting
    moved = {
        "py-io-impl": "services.data.iceberg.RelocatedFileIO",
        "raygen.from": "file:///data/sales",
        "raygen.to": str(path),
    }
    table = StaticTable.from_metadata("file:///data/sales", moved)
    written = [task.file.file_path for task in table.scan().plan_files()]
    for snapshot in table.metadata.snapshots:
        written += [snapshot.manifest_list, *(each.manifest_path for each in snapshot.manifests(table.io))]
    assert {each.partition("sales/")[0] for each in written} == {"file:///data/"}
    assert str(path) not in (path / "metadata" / "v1.metadata.json").read_text()
    return table.scan().to_arrow().to_pylist()


CASES = {
    "parquet in a shared folder": Case(
        "parquet",
        lambda at, rows: str(write_parquet(at.folder / "sales", rows)),
        read_parquet,
        partitioned=True,
    ),
    "parquet in S3": Case(
        "parquet",
        lambda at, rows: at.s3(write_parquet(at.folder / "sales", rows), "sales"),
        read_parquet,
        partitioned=True,
    ),
    "csv in S3": Case(
        "csv",
        lambda at, rows: at.s3(write_csv(at.folder / "c" / "sales.csv", rows).parent, "c") + "/sales.csv",
        read_csv,
    ),
    "csv by HTTP": Case(
        "csv",
        lambda at, rows: at.web(write_csv(at.folder / "c" / "sales.csv", rows).parent) + "/sales.csv",
        read_csv,
    ),
    "jsonl in a shared folder": Case(
        "jsonl", lambda at, rows: write_jsonl(at.folder / "sales.jsonl", rows).as_uri(), read_jsonl
    ),
    "jsonl in S3": Case("jsonl", _jsonl_parts, read_jsonl),
    "files in a shared folder": Case("files", _texts, read_texts),
    "delta in S3": Case("delta", _delta, read_delta, partitioned=True),
    "iceberg in a shared folder": Case("iceberg", _iceberg, read_iceberg, partitioned=True),
    "postgres": Case("postgres", _postgres, read_postgres),
}
