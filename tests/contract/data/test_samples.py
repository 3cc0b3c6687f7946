"""The store of samples: by content, with what changed, and nothing of what is masked, gone or superseded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.artifacts.folder import FolderStore
from services.data.process import Reader, Work, apart
from services.data.samples import StoredSamples
from services.domain.connections import Access, Connection, Credentials, Origin, SampleLimits
from services.domain.errors import DataUnavailable
from tests.contract.data import cases, peers

KEY = b"a key of the tests"
START = datetime(2026, 11, 30, 12, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def opened(root: Path, connections: Mapping[str, Connection], clock: Clock | None = None) -> StoredSamples:
    return StoredSamples(
        connections=connections,
        store=FolderStore(root),
        key=KEY,
        reader=Reader(inline),
        clock=clock or Clock(),
    )


async def inline(work: Work, seconds: float) -> object:
    del seconds
    return work()


def stored(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


@pytest.fixture
def sales(tmp_path: Path) -> Connection:
    path = cases.write_csv(tmp_path / "sales.csv", peers.rows(50))
    return cases.connection("csv", str(path), limits=SampleLimits(rows=20))


async def test_a_sample_is_stored_by_its_content_and_written_back(sales: Connection, tmp_path: Path):
    root = tmp_path / "artifacts"
    store = opened(root, {"sales": sales})
    assert await store.latest("sales") is None
    sample = await store.take(sales)
    assert (sample.taken, sample.root, sample.profile.rows) == (START, "sales.csv", 20)
    assert sample.profile.total_rows == 50
    assert await store.latest("sales") == await opened(root, {"sales": sales}).latest("sales") == sample
    assert (await store.take(sales)).sha256 == sample.sha256
    await store.write(sample, tmp_path / "out")
    assert len(cases.read_csv(tmp_path / "out" / sample.root)) == 20
    assert await store.stored("sales", sample.sha256) == sample
    assert not any(planted.encode() in stored(root) for planted in peers.PLANTED)


async def test_a_file_that_was_changed_in_the_store_is_not_used(sales: Connection, tmp_path: Path):
    store = opened(tmp_path / "artifacts", {"sales": sales})
    sample = await store.take(sales)
    await store.store.put("data-sales", sample.files[0].sha256, b"id\n1\n")
    with pytest.raises(LookupError):
        await store.write(sample, tmp_path / "out")


async def test_a_changed_schema_is_recorded_until_the_next_change(sales: Connection, tmp_path: Path):
    clock = Clock()
    store = opened(tmp_path / "artifacts", {"sales": sales}, clock)
    assert (await store.take(sales)).change is None
    clock.now += timedelta(hours=25)
    newer = [{**row, "id": f"N{row['id']}", "discount": 0.5} for row in peers.rows(50)]
    for row in newer:
        del row["amount"]
    cases.write_csv(Path(sales.url), newer)
    assert await store.refresh() == []
    for _ in range(2):
        sample = await store.latest("sales")
        assert sample is not None
        assert sample.change is not None
        assert (sample.change.added, sample.change.removed) == (("discount",), ("amount",))
        assert sample.change.retyped == ("id: int64 -> string",)
        assert sample.change.noticed == START + timedelta(hours=25)
        await store.take(sales)


async def test_only_old_samples_are_refreshed_and_faults_are_sentences(sales: Connection, tmp_path: Path):
    clock = Clock()
    lost = replace(sales, name="lost", url=str(tmp_path / "lost.csv"))
    never = replace(sales, name="never", refresh=None)
    writable = replace(sales, name="scores", access=frozenset({Access.WRITE}))
    every = {each.name: each for each in (sales, lost, never, writable)}
    store = opened(tmp_path / "artifacts", every, clock)
    faults = await store.refresh()
    assert len(faults) == 1
    assert "`lost`" in faults[0]
    # Not again at once.
    assert await store.refresh() == []
    assert [name for name in every if await store.latest(name)] == ["sales"]
    clock.now += timedelta(hours=23)
    await store.refresh()
    assert (await store.current(sales)).taken == START
    clock.now += timedelta(hours=1)
    await store.refresh()
    assert (await store.current(sales)).taken == clock.now
    with pytest.raises(DataUnavailable, match="only be written to"):
        await store.take(writable)


async def test_with_other_masks_earlier_samples_are_gone(sales: Connection, tmp_path: Path):
    root = tmp_path / "artifacts"
    open_ = replace(sales, masked=())
    await opened(root, {"sales": open_}).take(open_)
    assert b"Wilhelmina" in stored(root)
    store = opened(root, {"sales": sales})
    assert await store.latest("sales") is None
    await store.refresh()
    assert await store.latest("sales") is not None
    assert b"Wilhelmina" not in stored(root)


async def test_samples_of_removed_connections_are_deleted(sales: Connection, tmp_path: Path):
    root = tmp_path / "artifacts"
    await opened(root, {"sales": sales}).take(sales)
    other = replace(sales, name="other")
    await opened(root, {"other": other}).refresh()
    folders = {path.name for path in root.iterdir()}
    assert folders == {"data", "data-other"}


async def test_only_the_last_samples_take_space(sales: Connection, tmp_path: Path):
    root = tmp_path / "artifacts"
    store = opened(root, {"sales": sales})
    taken = []
    for number in range(5):
        cases.write_csv(Path(sales.url), peers.rows(30 + number))
        taken.append(await store.take(sales))
    assert len({sample.sha256 for sample in taken}) == 5
    assert [await store.stored("sales", sample.sha256) is None for sample in taken] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert len(list((root / "data-sales").iterdir())) == 4


async def test_what_is_wrong_is_said_without_its_place_in_the_code(sales: Connection, tmp_path: Path):
    (tmp_path / "bad.parquet").write_bytes(b"PAR1 no")
    bad = replace(sales, kind="parquet", url=str(tmp_path / "bad.parquet"))
    store = replace(opened(tmp_path / "artifacts", {"sales": bad}), reader=Reader(apart))
    assert (await store.check(sales)).schema["id"] == "int64"
    with pytest.raises(DataUnavailable) as raised:
        await store.take(bad)
    assert raised.value.public == (
        f"{bad.url} has a file that isn't parquet. Correct `kind` of `sales`, or remove the file."
    )
    with pytest.raises(DataUnavailable, match="no connection `x`"):
        await store.find("x")


async def test_credentials_can_be_a_secret(sales: Connection, tmp_path: Path):
    seen: list[str] = []

    async def secret(name: str) -> str:
        return f"value of {name}"

    async def noting(work: Work, seconds: float) -> object:
        seen.append(work.value.text)
        return await inline(work, seconds)

    named = replace(sales, credentials=Credentials(Origin.SECRET, "READER"))
    store = replace(opened(tmp_path / "artifacts", {"sales": named}), secrets=secret, reader=Reader(noting))
    await store.take(named)
    assert seen == ["value of READER"]
    assert b"value of" not in stored(tmp_path / "artifacts")
    with pytest.raises(DataUnavailable, match="there is no secret READER"):
        await replace(store, secrets=None).take(named)
