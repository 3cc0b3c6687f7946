"""A program's data in the seal: a sample that can't be changed, and places that are looked at once it has ended."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.domain.values import Outcome, Verdict, Written
from services.validation.interface import DataPlace, Provided, Setup
from services.validation.pool import PoolSettings, SealedPool

READS_AND_WRITES = """
import csv, os, ray
import pandas as pd

ray.init()

@ray.remote
def seen():
    return {name: os.environ[name] for name in ("SALES_URL", "API_KEY")}

@ray.remote
class Reader:
    def rows(self):
        return len(pd.read_parquet(os.environ["SALES_URL"]))

sales = ray.data.read_parquet(os.environ["SALES_URL"])
print(sales.count(), sorted(sales.schema().names), ray.get(Reader.remote().rows.remote()))
print(ray.get(seen.remote()))
sales.map(lambda row: {"id": row["id"], "score": row["amount"] * 2}).write_parquet(os.environ["SCORES_URL"])
with open(os.environ["REPORT_URL"], "w") as file:
    csv.writer(file).writerows([["country", "total"], ["de", 6.0]])
pd.DataFrame({"id": [4], "amount": [1.0]}).to_parquet(os.path.join(os.environ["BOTH_URL"], "new.parquet"))
for path in (os.path.join(os.environ["SALES_URL"], "x"), "/data/x"):
    try:
        open(path, "w")
    except OSError as error:
        print(error.strerror)
"""

DATABASES = """
import os, psycopg, ray

ray.init()

@ray.remote
def total():
    with psycopg.connect(os.environ["SHOP_URL"]) as shop:
        return shop.execute("select sum(amount) from orders").fetchone()[0]

print(ray.get(total.remote()))
for statement in ("insert into orders values (3, 1)", "create table x (y int)", "copy orders to program 'id'"):
    try:
        with psycopg.connect(os.environ["SHOP_URL"]) as shop:
            shop.execute(statement)
    except psycopg.Error as error:
        print(type(error).__name__)
with psycopg.connect(os.environ["LEDGER_URL"]) as ledger:
    ledger.execute("update orders set amount = 0 where id = 1")
    ledger.execute("create table scores (id int)")
    ledger.execute("insert into scores select generate_series(1, 10)")
"""
ORDERS = """
CREATE TABLE public.orders (id int PRIMARY KEY, amount double precision);
COPY public.orders (id, amount) FROM stdin;
1\t2.5
2\t3.5
\\.
"""

ATTACKS = """
import os, shutil
place = os.environ["SCORES_URL"]
os.makedirs(place, exist_ok=True)
os.symlink("/etc/passwd", os.path.join(place, "passwd.csv"))
os.mkfifo(os.path.join(place, "pipe.parquet"))
open(os.path.join(place, "broken.parquet"), "wb").write(b"PAR1" + b"\\xff" * 64)
shutil.rmtree(os.path.dirname(os.environ["BOTH_URL"]) + "/both")
os.symlink("/", "/tmp/data/both")
for path in ("/data", "/data/.."):
    print(sorted(os.listdir(path)))
"""


@pytest.fixture
def sales(tmp_path: Path) -> Path:
    folder = tmp_path / "sales" / "country=de"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"id": [1, 2, 3], "amount": [1.0, 2.0, 3.0]}), folder / "part-0.parquet")
    return folder.parent


async def validated(code: str, sales: Path) -> Outcome:
    places = (
        DataPlace(name="sales", variable="SALES_URL", sample=sales),
        DataPlace(name="scores", variable="SCORES_URL", root="scores", writes=True),
        DataPlace(name="report", variable="REPORT_URL", root="report.csv", writes=True),
        DataPlace(name="both", variable="BOTH_URL", sample=sales, writes=True),
    )
    provided = Provided(places=places, dummies=(("API_KEY", "dummy"),))
    async with SealedPool(PoolSettings(size=0, warm=0)) as pool, pool.lease() as lease:
        return await lease.validate(code, Setup(provided=provided))


async def test_driver_tasks_and_actors_find_samples_and_places(sales: Path):
    outcome = await validated(READS_AND_WRITES, sales)
    assert outcome.verdict is Verdict.PARTIAL, outcome.stderr
    assert "dummy for API_KEY" in outcome.unproven[0]
    first, second, *refused = outcome.stdout.splitlines()
    assert first == "3 ['amount', 'country', 'id'] 3"
    assert "'SALES_URL': '/data/sales'" in second
    assert "'API_KEY': 'dummy'" in second
    assert refused == ["Read-only file system"] * 2
    scores, report, both = outcome.written
    assert (scores.name, scores.rows, scores.columns) == ("scores", 3, ("id", "score"))
    assert (report.files, report.rows, report.columns) == (1, 1, ("country", "total"))
    assert (both.files, both.rows, both.columns) == (1, 1, ("id", "amount"))


async def test_what_is_written_is_no_way_out(sales: Path):
    outcome = await validated(ATTACKS, sales)
    assert outcome.verdict is Verdict.PARTIAL, outcome.stderr
    assert outcome.stdout.splitlines()[0] == "['both', 'sales']"
    scores, report, both = outcome.written
    assert (scores.files, scores.rows) == (1, None)
    assert report == Written(name="report")
    assert both == Written(name="both")


async def test_a_database_is_a_real_one_with_the_sample(tmp_path: Path):
    (tmp_path / "sample.sql").write_text(ORDERS)
    places = [
        DataPlace(
            name=name,
            variable=f"{name.upper()}_URL",
            sample=tmp_path,
            root="sample.sql",
            database=True,
            writes=writes,
        )
        for name, writes in (("shop", False), ("ledger", True))
    ]
    setup = Setup(provided=Provided(places=tuple(places)))
    async with SealedPool(PoolSettings(size=0, warm=0)) as pool, pool.lease() as lease:
        for _ in range(2):  # the second finds nothing of the first
            outcome = await lease.validate(DATABASES, setup)
            assert outcome.verdict is Verdict.PASSED, (outcome.stderr, outcome.detail)
            assert outcome.stdout.splitlines() == ["6.0", *["InsufficientPrivilege"] * 3]
            (ledger,) = outcome.written
            assert (ledger.name, ledger.unit, ledger.files, ledger.rows) == ("ledger", "tables", 2, 11)
            assert set(ledger.columns) == {"public.orders", "public.scores"}
