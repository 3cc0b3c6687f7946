"""Programs with data of each kind: validated on a masked sample in the seal, then run on the whole by a Ray cluster."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest
import pytest_asyncio
from pyarrow import dataset
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.transforms import IdentityTransform

from bot.bench.ordinary import ordinary_cluster
from services.artifacts.folder import FolderStore
from services.data.process import Reader
from services.data.samples import StoredSamples
from services.data.unpacked import UnpackedSamples
from services.domain.connections import Access, Connection, SampleLimits
from services.domain.values import Outcome, Verdict
from services.execution.api import RayApi
from services.execution.interface import Finished, Job, Output
from services.execution.jobs import JobsTarget
from services.policy import Policy
from services.runs.data_masks import DataMasks
from services.runs.masking import Masked
from services.runs.provisions import RunProvisions
from services.security.known_secrets import KnownSecrets
from services.validation.data import Data
from services.validation.examine import examine
from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.pool import PoolSettings, SealedPool
from services.validation.supplies import Supplies
from tests import builders, postgres
from tests.contract.data import cases, peers
from tests.contract.data.test_samples import inline
from tests.waiting import PATIENCE

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.timeout(600),
    pytest.mark.asyncio(loop_scope="module"),
    postgres.needed,
]

ROWS, SAMPLED = 300, 60
#: What is in the data and may be seen by nobody: part of each e-mail address, and a column that is masked.
HIDDEN = ("acme-corp", "Wilhelmina")

FILES = """
# /// script
# [tool.raygen.data]
# sales = "read"
# visits = "read"
# events = "read"
# letters = "read"
# copies = "write"
# ///
import json, os
import pyarrow.csv, pyarrow.parquet
import ray

sales = ray.data.read_parquet(os.environ["SALES_URL"])
visits = ray.data.read_csv(os.environ["VISITS_URL"], parse_options=pyarrow.csv.ParseOptions(delimiter=";"))
events = ray.data.read_json(os.environ["EVENTS_URL"], lines=True)
letters = ray.data.read_binary_files(os.environ["LETTERS_URL"])

@ray.remote
def first():
    return pyarrow.parquet.read_table(os.environ["SALES_URL"]).slice(0, 1).to_pylist()

read = {"sales": sales, "visits": visits, "events": events}
rows = {name: each.take_all() for name, each in read.items()}
rows["letters"] = [json.loads(each["bytes"]) for each in letters.take_all()]
print(json.dumps({name: [len(some), sum(row["amount"] for row in some)] for name, some in rows.items()}))
print(ray.get(first.remote()))
print([some[0] for some in rows.values()])
sales.select_columns(["country", "amount"]).write_parquet(os.environ["COPIES_URL"])
"""

TABLES = """
# /// script
# [tool.raygen.data]
# orders = "read"
# returns = "read"
# ///
import json, os
import ray
from deltalake import DeltaTable
from pyiceberg.table import StaticTable

@ray.remote
def returns():
    # PyIceberg doesn't look for an endpoint in the environment.
    where = {"s3.endpoint": os.environ["AWS_ENDPOINT_URL"]} if "AWS_ENDPOINT_URL" in os.environ else {}
    return StaticTable.from_metadata(os.environ["RETURNS_URL"], where).scan().to_arrow()

@ray.remote
def germans():
    return DeltaTable(os.environ["ORDERS_URL"]).to_pyarrow_table(filters=[("country", "=", "de")]).num_rows

orders, taken = ray.data.read_delta(os.environ["ORDERS_URL"]), ray.data.from_arrow(ray.get(returns.remote()))
found = {name: [each.count(), each.sum("amount")] for name, each in (("orders", orders), ("returns", taken))}
print(json.dumps({**found, "germans": ray.get(germans.remote())}))
print(orders.take(1), taken.take(1))
"""

DATABASE = """
# /// script
# [tool.raygen.data]
# shop = "read and write"
# ///
import json, os
import psycopg
import ray

def shop():
    return psycopg.connect(os.environ["SHOP_URL"])

sales = ray.data.read_sql("select id, amount, contact from sales", shop)
print(json.dumps({"sales": [sales.count(), sales.sum("amount")]}))
print(sales.take(1))
with shop() as database:
    database.execute("create table totals as select country, sum(amount) as total from sales group by country")
"""


@dataclass(frozen=True)
class World:
    """Connections to data of each kind, what validates programs, and a cluster that can reach the data."""

    data: Data
    pool: SealedPool
    target: JobsTarget
    database: str

    async def validated(self, name: str, code: str) -> tuple[Outcome, Any]:
        """The outcome on samples, and the proposal."""
        async with self.pool.lease() as lease:

            async def leased() -> ValidationLease:
                return lease

            found = await examine(code, Policy().check, leased, (), supplies=Supplies(data=self.data))
        assert found.outcome.verdict is Verdict.PASSED, (found.outcome, found.policy)
        provisions = found.provisions
        return found.outcome, builders.proposal(id=name, provisions=provisions, validation=found.outcome)

    async def run(self, code: str, proposal: Any) -> tuple[Outcome, str, str]:
        """The outcome on the whole as people see it, the output as they see it, and what the program wrote."""
        variables = await RunProvisions(self.data).variables(proposal, builders.session(), "prod")
        await self.target.submit(Job(f"raygen-{proposal.id}", code, variables=variables))
        mask, shown, written = Masked(KnownSecrets({}), DataMasks.of(proposal)), "", ""
        async with asyncio.timeout(2 * PATIENCE):
            async for event in self.target.follow(f"raygen-{proposal.id}"):
                if isinstance(event, Output):
                    shown, written = shown + mask.output(event.text), written + event.text
                elif isinstance(event, Finished):
                    assert event.outcome.verdict is Verdict.PASSED, (event.outcome, written)
                    return mask.outcome(event.outcome), shown, written
        raise AssertionError("it didn't end")


def connection(name: str, kind: str, url: str, **terms: Any) -> Connection:
    return cases.connection(kind, url, **{"name": name, "limits": SampleLimits(rows=SAMPLED), **terms})


@pytest.fixture(scope="module")
def moto() -> Generator[dict[str, str]]:
    """What a process needs to reach an S3 on loopback, which this one has."""
    with peers.aws() as endpoint, pytest.MonkeyPatch.context() as patch:
        variables = {
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ALLOW_HTTP": "true",
        }
        for name, value in variables.items():
            patch.setenv(name, value)
        yield variables


@pytest.fixture(scope="module")
def connections(
    moto: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Generator[dict[str, Connection]]:
    root = tmp_path_factory.mktemp("made")
    rows = peers.rows(ROWS)
    with postgres.serving() as server, ExitStack() as stack:
        given = {"aws": moto["AWS_ENDPOINT_URL"], "database": server}

        def made(case: str, number: int) -> str:
            (root / str(number) / "x").mkdir(parents=True)
            setting = cases.Setting(root / str(number) / "x", stack, given.__getitem__)
            some = rows[:40] if case.startswith("files") else rows
            return cases.CASES[case].write(setting, some)

        letters = peers.upload(given["aws"], Path(made("files in a shared folder", 3)), "letters")
        returned = iceberg(given["aws"], root, rows)
        yield {
            each.name: each
            for each in (
                connection("sales", "parquet", made("parquet in S3", 0)),
                connection("visits", "csv", made("csv in S3", 1)),
                connection("events", "jsonl", made("jsonl in S3", 2)),
                connection(
                    "letters",
                    "files",
                    letters,
                    masked=(),
                    left_out=(),
                    limits=SampleLimits(files=12),
                ),
                connection(
                    "copies", "parquet", f"s3://{peers.BUCKET}/copies", access=frozenset({Access.WRITE})
                ),
                connection("orders", "delta", made("delta in S3", 4)),
                connection("returns", "iceberg", returned, source=f"s3://{peers.BUCKET}/returns"),
                connection("shop", "postgres", made("postgres", 5), access=frozenset(Access)),
            )
        }


def iceberg(endpoint: str, root: Path, rows: list[dict[str, object]]) -> str:
    """A table in S3; the URL of its metadata."""
    catalog = SqlCatalog(
        "c", uri=f"sqlite:///{root}/catalog.db", warehouse=f"s3://{peers.BUCKET}", **{"s3.endpoint": endpoint}
    )
    catalog.create_namespace("db")
    some = pa.Table.from_pylist(rows)
    table = catalog.create_table("db.returns", schema=some.schema, location=f"s3://{peers.BUCKET}/returns")
    with table.update_spec() as spec:
        spec.add_field("country", IdentityTransform(), "country")
    table.append(some)
    catalog.close()
    return table.metadata_location


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    moto: dict[str, str], connections: dict[str, Connection], tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[World]:
    root = tmp_path_factory.mktemp("state")
    samples = StoredSamples(
        connections=connections,
        store=FolderStore(root / "artifacts"),
        key=b"a key of the tests",
        reader=Reader(inline),
    )
    async with (
        ordinary_cluster(moto) as cluster,
        SealedPool(PoolSettings(size=0, warm=0, limits=ValidationLimits(wall=PATIENCE))) as pool,
    ):
        target = JobsTarget(RayApi(cluster.jobs, token=cluster.token), python=sys.executable)
        yield World(Data(samples, UnpackedSamples(root / "samples")), pool, target, connections["shop"].url)
        await target.aclose()


def whole(count: int = ROWS) -> list[float]:
    return [count, sum(row["amount"] for row in peers.rows(count))]  # type: ignore[misc]


def figures(text: str) -> dict[str, Any]:
    """The line of JSON that a program printed; Ray may have printed before."""
    return next(json.loads(line) for line in text.splitlines() if line.startswith('{"'))


def hidden(*seen: object) -> None:
    """None of what is masked is in any of these."""
    for each in seen:
        assert not [word for word in HIDDEN if word in repr(each)]


async def test_files(world: World):
    validation, proposal = await world.validated("files", FILES)
    sample = figures(validation.stdout)
    assert {name: count for name, (count, _) in sample.items()} == {
        **dict.fromkeys(("sales", "visits", "events"), SAMPLED),
        "letters": 12,
    }
    (copies,) = validation.written
    assert (copies.name, copies.rows, copies.columns) == ("copies", SAMPLED, ("country", "amount"))
    outcome, shown, written = await world.run(FILES, proposal)
    assert figures(written) == {**dict.fromkeys(("sales", "visits", "events"), whole()), "letters": whole(40)}
    assert figures(shown) == figures(written)
    found = dataset.dataset(f"s3://{peers.BUCKET}/copies").to_table().to_pylist()
    assert [len(found), sum(row["amount"] for row in found)] == whole()
    assert all(word in written for word in HIDDEN)
    hidden(validation, outcome, shown)


async def test_tables(world: World):
    validation, proposal = await world.validated("tables", TABLES)
    sample = figures(validation.stdout)
    assert [sample["orders"][0], sample["returns"][0]] == [SAMPLED, SAMPLED]
    assert 0 < sample["germans"] < SAMPLED
    outcome, shown, written = await world.run(TABLES, proposal)
    assert figures(written) == {"orders": whole(), "returns": whole(), "germans": ROWS // 3}
    assert all(word in written for word in HIDDEN)
    hidden(validation, outcome, shown)


async def test_a_database(world: World):
    validation, proposal = await world.validated("database", DATABASE)
    assert figures(validation.stdout)["sales"][0] == SAMPLED
    (shop,) = validation.written
    assert (shop.unit, shop.rows, shop.columns) == ("tables", 3, ("public.totals",))
    outcome, shown, written = await world.run(DATABASE, proposal)
    assert figures(written) == {"sales": whole()}
    with psycopg.connect(world.database) as database:
        found = database.execute("select count(*), sum(total) from totals").fetchone()
    assert found == (3, whole()[1])
    assert "acme-corp" in written
    hidden(validation, outcome, shown)
