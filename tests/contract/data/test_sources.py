"""Every kind of data gives a bounded, masked sample in its own format and layout, and says what is wrong in a sentence."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.data import filesystems, registry
from services.data.credentials import value_of
from services.data.interface import Sampled, Source
from services.data.masking import Masker
from services.domain.connections import Connection, Credentials, Origin, SampleLimits
from services.domain.errors import DataUnavailable
from tests.contract.data import google, peers
from tests.contract.data.cases import (
    CASES,
    Case,
    Rows,
    Setting,
    connection,
    write_csv,
    write_jsonl,
    write_parquet,
)

KEY = b"a key of the tests"


def source(of: Connection) -> Source:
    return registry.source(of, value_of(of), Masker(KEY))


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


@pytest.fixture
def setting(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Setting]:
    made = tmp_path / "made"
    made.mkdir()
    with ExitStack() as stack:
        yield Setting(made, stack, request.getfixturevalue)


def read(case: Case, setting: Setting, folder: Path, sampled: Sampled) -> Rows:
    return case.read(folder / sampled.root, setting)


def test_a_sample_is_bounded_masked_and_read_as_the_whole_is(case: Case, setting: Setting, folder: Path):
    rows = peers.rows()
    wanted = connection(case.kind, case.write(setting, rows))
    sampled = source(wanted).sample(folder)
    found = read(case, setting, folder, sampled)
    limit = wanted.limits.files if case.kind == "files" else wanted.limits.rows
    assert len(found) == limit
    assert sampled.profile.rows == (0 if case.kind == "files" else limit)
    originals = {row["id"]: row for row in rows}
    for each in found:
        original = originals[each["id"]]
        assert "internal" not in each
        assert each["amount"] == original["amount"]
        assert each["country"] == original["country"]
        assert str(each["contact"]).endswith("@" + str(found[0]["contact"]).partition("@")[2])
        assert f"number {each['id']}" in str(each["note"])
    # From the whole of it, not from its beginning alone.
    assert {each["country"] for each in found} == set(peers.COUNTRIES)
    assert max(int(str(each["id"])) for each in found) > peers.ROWS / 2 or len(found) == limit
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    for planted in peers.PLANTED:
        assert planted.encode() not in content
        assert planted not in repr(sampled)
        assert not any(planted in str(value) for each in found for value in each.values())


def test_a_profile_says_what_is_there_and_how_much(case: Case, setting: Setting, folder: Path):
    wanted = connection(case.kind, case.write(setting, peers.rows()))
    opened = source(wanted)
    sampled = opened.sample(folder)
    if case.kind == "files":
        assert sampled.profile.total_files == opened.estimate().files == peers.ROWS
        assert opened.schema() == {"*.json": "file"}
        return
    table = sampled.profile.tables[0]
    assert table.total_rows is not None
    assert abs(table.total_rows - peers.ROWS) <= peers.ROWS * (0 if table.exact else 0.1)
    estimate = opened.estimate()
    assert estimate.rows is None or abs(estimate.rows - peers.ROWS) <= peers.ROWS * 0.1
    columns = {column.name: column for column in table.columns}
    assert "internal" not in columns
    assert columns["name"].masked == "name"
    assert columns["contact"].masked == "e-mail"
    assert columns["note"].masked
    assert columns["id"].type in {"int64", "bigint", "long"}
    assert not columns["id"].masked
    assert table.partitions == (("country",) if case.partitioned else ())
    prefix = f"{table.name}." if table.name else ""
    assert {name.removeprefix(prefix) for name in opened.schema()} | set(table.partitions) == set(columns)


def test_the_same_data_gives_the_same_masks(case: Case, setting: Setting, folder: Path, tmp_path: Path):
    wanted = connection(case.kind, case.write(setting, peers.rows()))
    again = tmp_path / "again"
    again.mkdir()
    first = read(case, setting, folder, source(wanted).sample(folder))
    assert sorted(map(str, read(case, setting, again, source(wanted).sample(again)))) == sorted(
        map(str, first)
    )


def test_nothing_there_is_a_sentence(case: Case, setting: Setting, folder: Path):
    url = case.write(setting, peers.rows(3))
    missing = connection(case.kind, url.replace("?", "-gone?") if "?" in url else f"{url}-gone")
    with pytest.raises(DataUnavailable, match=r"`sales`.*\.$"):
        source(missing).sample(folder)
    assert not list(folder.iterdir())


def test_an_empty_table_is_a_sentence(case: Case, setting: Setting, folder: Path):
    with pytest.raises(DataUnavailable, match=r"(no rows|has no .*files|nothing at)"):
        source(connection(case.kind, case.write(setting, []))).sample(folder)


def test_a_misspelt_column_is_never_sampled_unmasked(case: Case, setting: Setting, folder: Path):
    if case.kind in {"jsonl", "files"}:
        pytest.skip("any column may be missing from an object")
    wanted = connection(case.kind, case.write(setting, peers.rows(30)), masked=("nmae",))
    with pytest.raises(DataUnavailable, match="no column `nmae`"):
        source(wanted).sample(folder)
    assert not list(folder.iterdir())


def test_of_a_bucket_with_too_many_files_some_of_all_folders_are_known(
    aws: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(filesystems, "_LISTED", 60)
    monkeypatch.setattr(filesystems, "_SOME_FOLDERS", 6)
    for day in range(6):
        for part in range(30):
            write_jsonl(tmp_path / "made" / "all" / f"day={day}" / f"{part:02}.jsonl", [{"id": part}])
    url = peers.upload(aws, tmp_path / "made", tmp_path.name)
    sampled = source(connection("jsonl", url, masked=(), left_out=())).sample(folder)
    days = [column for column in sampled.profile.tables[0].columns if column.name == "day"]
    assert (days[0].low, days[0].high) == ("0", "5")
    assert not sampled.profile.exact
    assert sampled.profile.tables[0].total_rows is None


def test_a_sample_has_at_most_so_many_bytes(tmp_path: Path, folder: Path):
    rows = [{"id": number, "text": f"{number:04}" * 250} for number in range(3000)]
    write_jsonl(tmp_path / "a.jsonl", rows)
    write_csv(tmp_path / "a.csv", rows)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    for kind in ("jsonl", "csv", "parquet"):
        into = folder / kind
        into.mkdir()
        limits = SampleLimits(rows=2000, size=100_000)
        wanted = connection(kind, f"{tmp_path}/a.{kind}", masked=(), left_out=(), limits=limits)
        sampled = source(wanted).sample(into)
        assert 20 < sampled.profile.rows <= 110
        assert sum(path.stat().st_size for path in into.iterdir()) < 120_000


def test_odd_files_are_sampled_as_they_are(tmp_path: Path, folder: Path):
    (tmp_path / "a.csv").write_bytes(
        b'\xef\xbb\xbfid;id;name\r\n1;2;Wilma\r\n3;4\r\n5;6;\r\n7;8;"a;b\r\n"\r\n'
    )
    sampled = source(connection("csv", f"{tmp_path}/a.csv", left_out=())).sample(folder)
    lines = (folder / "a.csv").read_bytes().split(b"\r\n")
    assert lines[0] == b"\xef\xbb\xbfid;id;name"
    assert lines[2] == b"5;6;"
    assert b"Wilma" not in lines[1]
    assert sampled.profile.rows == 3
    tables = [
        pa.table({"id": [1], "new": ["a@acme-corp.com"]}),
        pa.table({"id": [1.5]}),
        pa.table({"id": [2]}),
    ]
    for number, table in enumerate(tables):
        (tmp_path / "p").mkdir(exist_ok=True)
        pq.write_table(table, tmp_path / "p" / f"{number} a@acme-corp.com.parquet")
    into = folder / "p"
    into.mkdir()
    sampled = source(connection("parquet", f"{tmp_path}/p", masked=(), left_out=())).sample(into)
    columns = {column.name: column for column in sampled.profile.tables[0].columns}
    assert (columns["id"].type, columns["new"].masked) == ("double", "e-mail")
    assert not any("acme" in path.name for path in into.iterdir())
    assert len(list(into.iterdir())) == 3


def test_texts_are_searched_whatever_their_encoding(tmp_path: Path, folder: Path):
    text = "Straße, w1@acme-corp.com"
    for name, encoding in (("a", "utf-8"), ("b", "latin-1"), ("c", "utf-16")):
        path = tmp_path / "texts" / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode(encoding))
    (tmp_path / "texts" / "d.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\xff")
    source(connection("files", f"{tmp_path}/texts")).sample(folder)
    for name, encoding in (("a", "utf-8"), ("b", "latin-1"), ("c", "utf-16")):
        made = (folder / f"{name}.txt").read_bytes().decode(encoding)
        assert made.startswith("Straße, ")
        assert "acme" not in made
    assert (folder / "d.png").read_bytes() == (tmp_path / "texts" / "d.png").read_bytes()
    (tmp_path / "a.csv").write_bytes(f"id,name,text\n1,Jürgen,{text.replace(',', '')}\n".encode("latin-1"))
    sampled = source(connection("csv", f"{tmp_path}/a.csv", left_out=())).sample(folder)
    assert "Straße" in (folder / sampled.root).read_bytes().decode("latin-1")


def test_files_in_google_cloud_storage(tmp_path: Path, folder: Path):
    write_parquet(tmp_path / "made" / "sales", peers.rows())
    with google.serving(tmp_path / "made") as endpoint:
        terms = {"options": {"endpoint": endpoint}, "credentials": Credentials(Origin.NONE)}
        sampled = source(connection("parquet", "gs://lake/sales", **terms)).sample(folder)
        assert sampled.profile.rows == 60
        assert sampled.profile.tables[0].partitions == ("country",)
        with pytest.raises(DataUnavailable, match=r"There is nothing at gs://lake/gone\."):
            source(connection("parquet", "gs://lake/gone", **terms)).sample(folder)
