"""Tables with a history, and catalogs that know many of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import boto3
import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from pyiceberg.types import LongType, StringType

from services.artifacts.folder import FolderStore
from services.data.process import Reader
from services.data.samples import StoredSamples
from services.domain.connections import Connection, SampleLimits
from services.domain.errors import DataUnavailable
from tests.contract.data import peers
from tests.contract.data.cases import connection, warehouse, write_csv, write_parquet
from tests.contract.data.test_samples import inline
from tests.contract.data.test_sources import source


def store(root: Path, *connections: Connection) -> StoredSamples:
    named = {each.name: each for each in connections}
    return StoredSamples(
        connections=named, store=FolderStore(root), key=b"a key of the tests", reader=Reader(inline)
    )


async def test_a_delta_table_is_sampled_as_it_is_now(tmp_path: Path, folder: Path):
    made = str(tmp_path / "t")
    write_deltalake(made, pa.table({"id": list(range(100)), "name": ["Wilhelmina"] * 100}))
    newer = pa.table({"id": [100], "name": ["x"], "extra": [1.5]})
    write_deltalake(made, newer, mode="append", schema_mode="merge")
    DeltaTable(made).delete("id < 90")
    wanted = connection("delta", made, left_out=())
    sampled = source(wanted).sample(folder)
    rows = DeltaTable(str(folder)).to_pyarrow_table().sort_by("id").to_pylist()
    assert [row["id"] for row in rows] == list(range(90, 101))
    assert [row["extra"] for row in rows] == [None] * 10 + [1.5]
    assert "Wilhelmina" not in str(rows)
    assert (sampled.profile.rows, sampled.profile.total_rows) == (11, 11)
    # The same rows are the same sample, though its files have other names each time.
    samples = store(tmp_path / "artifacts", wanted)
    first = await samples.take(wanted)
    second = await samples.take(wanted)
    assert second == replace(first, taken=second.taken)
    await samples.write(second, tmp_path / "out")


def test_an_iceberg_table_is_sampled_as_it_is_now_and_by_its_catalog(tmp_path: Path, folder: Path):
    with warehouse(tmp_path) as catalog:
        schema = pa.schema([("id", pa.int32()), ("nam", pa.string())])
        table = catalog.create_table("db.sales", schema=schema)
        table.append(pa.table({"id": pa.array(range(100), pa.int32()), "nam": ["Wilhelmina"] * 100}))
        with table.update_schema() as change:
            change.rename_column("nam", "name")
            change.add_column("extra", StringType())
            change.update_column("id", field_type=LongType())
        newer = pa.table({"id": [100], "name": ["x"], "extra": ["a@acme-corp.com"]})
        catalog.load_table("db.sales").append(newer)
        catalog.load_table("db.sales").delete("id < 90")
        root = catalog.load_table("db.sales").location()
        file = catalog.load_table("db.sales").metadata_location
    options = {
        "catalog.uri": f"sqlite:///{tmp_path}/catalog.db",
        "catalog.name": "c",
        "catalog.type": "sql",
        "table": "db.sales",
    }
    by_folder = connection("iceberg", root, left_out=())
    ways = [by_folder, replace(by_folder, options=options), replace(by_folder, url=file)]
    for number, wanted in enumerate(ways):
        into = folder / str(number)
        into.mkdir()
        sampled = source(wanted).sample(into)
        assert (sampled.profile.rows, sampled.profile.total_rows) == (11, 11)
        assert (into / sampled.root).is_file() == (wanted.url == file)
        columns = {column.name: column for column in sampled.profile.tables[0].columns}
        assert (columns["id"].low, columns["id"].high, columns["id"].type) == ("90", "100", "int64")
        assert columns["name"].masked == "name"
        assert (columns["extra"].masked, columns["extra"].nulls) == ("e-mail", 10)
    missing = connection("iceberg", root, options={**options, "table": "db.nope"})
    with pytest.raises(DataUnavailable, match="There is no Iceberg table at the URL of `sales`"):
        source(missing).schema()


@pytest.fixture
def glue(aws: str, tmp_path: Path) -> str:
    """A database of a catalog, named as the test; its tables are in S3."""
    name = tmp_path.name.replace("-", "_")
    client = boto3.client("glue", endpoint_url=aws, region_name="us-east-1")
    client.create_database(DatabaseInput={"Name": name})
    sales = peers.upload(aws, write_parquet(tmp_path / "p", peers.rows()), f"{name}/sales")
    rows = [{key: row[key] for key in ("id", "amount", "contact")} for row in peers.rows()]
    path = write_csv(tmp_path / "c" / "part.csv", rows)
    path.write_text(path.read_text().partition("\n")[2])
    plain = peers.upload(aws, path.parent, f"{name}/plain")
    hive = "org.apache.hadoop.hive"
    for table, location, serde, parameters, names in (
        ("sales", sales, f"{hive}.ql.io.parquet.serde.ParquetHiveSerDe", {}, peers.row(0)),
        ("plain", plain, f"{hive}.serde2.lazy.LazySimpleSerDe", {"field.delim": ";"}, rows[0]),
        ("old", plain, f"{hive}.ql.io.orc.OrcSerde", {}, {"id": 1}),
    ):
        columns = [{"Name": column, "Type": "string"} for column in names]
        storage = {
            "Location": location,
            "Columns": columns,
            "SerdeInfo": {"SerializationLibrary": serde, "Parameters": parameters},
        }
        described = {"Name": table, "Description": f"The {table}", "StorageDescriptor": storage}
        client.create_table(DatabaseName=name, TableInput=described)
    return name


async def test_the_tables_of_a_glue_catalog_are_connections(glue: str, tmp_path: Path):
    lake = connection("glue", f"glue://{glue}", name="lake", limits=SampleLimits(rows=30))
    broken = connection("glue", "glue://no_such_database", name="broken")
    samples = store(tmp_path / "artifacts", lake, broken)
    catalog = await samples.catalog()
    assert list(catalog.connections) == ["lake.plain", "lake.sales"]
    assert list(catalog.faults) == ["broken"]
    assert catalog.faults["broken"].startswith("There is nothing at glue://no_such_database.")
    sales = await samples.find("lake.sales")
    assert (sales.environment, sales.description, sales.kind) == (
        "LAKE_SALES_URL",
        "The sales",
        "parquet",
    )
    sample = await samples.take(sales)
    columns = sample.profile.tables[0].columns
    assert sample.profile.tables[0].partitions == ("country",)
    assert {column.name for column in columns if column.masked} == {"name", "contact", "note"}
    plain = await samples.take(await samples.find("lake.plain"))
    assert [column.name for column in plain.profile.tables[0].columns] == ["id", "amount", "contact"]
    assert plain.profile.rows == 30
    with pytest.raises(DataUnavailable, match="There is nothing at glue://no_such_database"):
        await samples.find("broken.x")


async def test_tables_of_all_databases_are_chosen_by_name(glue: str, tmp_path: Path):
    every = connection(
        "glue", "glue://", name="all", tables=(f"{glue}.sales",), masked=("nmae",), left_out=()
    )
    assert "no column `nmae`" in (await store(tmp_path / "a", every).catalog()).faults["all"]
    named = replace(every, masked=("sales.name",))
    assert list((await store(tmp_path / "a", named).catalog()).connections) == [f"all.{glue}.sales"]
