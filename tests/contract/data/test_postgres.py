"""What only databases have: references, types, keys, grants."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from services.domain.connections import SampleLimits
from services.domain.errors import DataUnavailable
from tests import postgres
from tests.contract.data.cases import connection
from tests.contract.data.databases import fresh, loaded
from tests.contract.data.test_sources import source

pytestmark = postgres.needed
SHOP = r"""
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('new', 'it''s paid');
CREATE DOMAIN shop.percent AS numeric(5,2) CHECK (VALUE < 100);
CREATE TABLE shop.customers (id serial PRIMARY KEY, name varchar(12) UNIQUE NOT NULL, email text, born date NOT NULL,
  seen timestamptz, vip boolean NOT NULL, score int, balance numeric(8,2), ref uuid, photo bytea, home inet,
  profile jsonb, tags text[], rate shop.percent, lowered text GENERATED ALWAYS AS (lower(name)) STORED);
CREATE TABLE shop."Order Lines" (id bigint GENERATED ALWAYS AS IDENTITY, customer int NOT NULL REFERENCES shop.customers,
  state shop.state NOT NULL DEFAULT 'new', made timestamp DEFAULT now(), note text, PRIMARY KEY (id, made)) PARTITION BY RANGE (made);
CREATE TABLE shop.lines_2025 PARTITION OF shop."Order Lines" FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE shop.lines_2026 PARTITION OF shop."Order Lines" FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE VIEW shop.recent AS SELECT id, note FROM shop."Order Lines";
INSERT INTO shop.customers SELECT n, 'Wilma' || n, 'w' || n || '@acme-corp.com', '1980-02-03', '2026-01-02 03:04:05+00', true, n,
  n / 4.0, md5(n::text)::uuid, 'hush', '10.1.2.3', jsonb_build_object('mail', 'w' || n || '@acme-corp.com', 'n', n),
  ARRAY['hush', NULL, 'b'], 1.5 FROM generate_series(1, 5000) AS n;
INSERT INTO shop."Order Lines" (customer, state, made, note)
  SELECT 1 + n * 7 % 5000, 'it''s paid', timestamp '2025-01-01' + n * interval '50 minutes', E'tab\t back\\slash\nline \\. ' || n
  FROM generate_series(1, 15000) AS n;
ANALYZE;
"""


@pytest.fixture(scope="module")
def shop(database: str) -> str:
    url = fresh(database)
    with psycopg.connect(url, autocommit=True) as made:
        made.execute(SHOP)
    return url


def rows_of(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as made:
        return made.execute(query).fetchall()  # pyright: ignore[reportArgumentType]


def test_a_sample_can_be_joined_and_written_to(shop: str, database: str, folder: Path):
    wanted = connection(
        "postgres", shop, masked=("customers.name",), left_out=(), limits=SampleLimits(rows=100)
    )
    sampled = source(wanted).sample(folder)
    there = loaded(database, folder / sampled.root)
    joined = rows_of(
        there,
        'SELECT l.id, c.id FROM shop."Order Lines" AS l LEFT JOIN shop.customers AS c ON c.id = l.customer',
    )
    assert len(joined) == 100
    assert all(customer is not None for _, customer in joined)
    years = rows_of(there, 'SELECT DISTINCT extract(year FROM made)::int FROM shop."Order Lines" ORDER BY 1')
    assert years == [(2025,), (2026,)]
    notes = rows_of(there, 'SELECT note FROM shop."Order Lines"')
    assert all(re.fullmatch(r"tab\t back\\slash\nline \\\. \d+", str(note)) for (note,) in notes)
    added = """WITH one AS (INSERT INTO shop.customers (name, email, born, vip) VALUES ('x', 'y', now(), true) RETURNING id)
               INSERT INTO shop."Order Lines" (customer, note) SELECT id, 'z' FROM one RETURNING state, id"""
    assert rows_of(there, added)[0][0] == "new"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        rows_of(there, """INSERT INTO shop."Order Lines" (customer) VALUES (999999)""")
    tables = {table.name: table for table in sampled.profile.tables}
    assert set(tables) == {"shop.customers", "shop.Order Lines", "shop.recent"}
    assert (tables["shop.customers"].total_rows, tables["shop.customers"].exact) == (5000, True)
    assert tables["shop.Order Lines"].total_rows == 15000


def test_every_type_can_be_masked(shop: str, database: str, folder: Path):
    wanted = connection(
        "postgres",
        shop,
        masked=("customers",),
        left_out=("photo",),
        tables=("shop.customers",),
        limits=SampleLimits(rows=50),
    )
    sampled = source(wanted).sample(folder)
    content = (folder / sampled.root).read_text()
    there = loaded(database, folder / sampled.root)
    columns = [column.name for column in sampled.profile.tables[0].columns]
    # What is computed from a masked column would show it.
    assert "lowered" not in columns
    assert "photo" not in columns
    for planted in ("Wilma", "wilma", "acme", "hush", "1980-02-03", "2026-01-02", "10.1.2.3"):
        assert planted not in content
    assert rows_of(
        there, "SELECT count(DISTINCT name), count(*), bool_and(born::text LIKE '1980-%') FROM shop.customers"
    ) == [(50, 50, True)]


def test_views_and_documents_are_searched(shop: str, database: str, folder: Path):
    sampled = source(connection("postgres", shop, masked=(), left_out=(), tables=("customers",))).sample(
        folder
    )
    there = loaded(database, folder / sampled.root)
    (email, mail), *_ = rows_of(there, "SELECT email, profile->>'mail' FROM shop.customers")
    assert email == mail
    assert "acme" not in str(email)


@pytest.mark.parametrize(
    ("change", "terms", "said"),
    [
        ("?", {"tables": ("shop.nope",)}, "has no table shop.nope"),
        ("?user=poor&", {"tables": ("shop.customers",)}, "can't read shop.customers. Grant it"),
        ("?user=poor&", {}, "can't read shop"),
        ("?user=nobody_knows&", {}, "aren't valid there"),
        ("?port=1&", {}, "can't be reached"),
        ("?", {"masked": ("customers.nmae",)}, "no column `customers.nmae`"),
        ("?", {"masked": ("home_",)}, "no column `home_`"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    shop: str, folder: Path, change: str, terms: dict[str, object], said: str
):
    with psycopg.connect(shop, autocommit=True) as made:
        made.execute("DROP ROLE IF EXISTS poor")
        made.execute("CREATE ROLE poor LOGIN")
    url = shop.replace("raygen@", "").replace("?", change) if "user=" in change else shop.replace("?", change)
    wanted = connection("postgres", url, **{"masked": (), "left_out": (), **terms})
    with pytest.raises(DataUnavailable) as raised:
        source(wanted).sample(folder)
    assert said in raised.value.public
    assert raised.value.public.endswith(".")


def test_a_sample_of_a_table_that_was_not_analyzed_is_bounded(database: str, folder: Path):
    url = fresh(database)
    with psycopg.connect(url, autocommit=True) as made:
        made.execute(
            "CREATE TABLE numbers AS SELECT n AS id, repeat('x', 100) AS pad FROM generate_series(1, 150000) AS n"
        )
        made.execute("CREATE TABLE nothing (id int)")
    sampled = source(connection("postgres", url, masked=(), left_out=())).sample(folder)
    nothing, numbers = sampled.profile.tables
    assert (numbers.rows, nothing.rows) == (60, 0)
