"""Every artifact store keeps bytes by owner and name, whatever these are, and says when it can't."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from services.artifacts.folder import FolderStore
from services.artifacts.interface import ArtifactStore, key_of
from services.artifacts.s3 import S3Store
from services.domain.errors import ArtifactsUnavailable
from services.domain.values import Artifact
from services.store import Store, open_database
from services.store.tables import artifacts as rows
from tests.contract.artifacts.bucket import BUCKET, Bucket, serving
from tests.databases import database


@pytest.fixture
async def bucket(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Bucket]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    async with serving() as opened:
        yield opened


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    if request.param == "folder":
        return FolderStore(tmp_path / "artifacts")
    opened: Bucket = request.getfixturevalue("bucket")
    return S3Store(BUCKET, "bots/one", region="eu-west-1", endpoint=opened.url)


async def test_what_was_put_is_there_until_it_is_deleted(store: ArtifactStore):
    content = bytes(range(256)) * 5000
    await store.put("raygen-1", "plot.png", content)
    await store.put("raygen-2", "plot.png", b"")
    assert await store.get("raygen-1", "plot.png") == content
    assert await store.get("raygen-2", "plot.png") == b""
    await store.put("raygen-1", "plot.png", b"newer")
    assert await store.get("raygen-1", "plot.png") == b"newer"
    for _ in range(2):
        await store.delete("raygen-1", "plot.png")
    with pytest.raises(LookupError):
        await store.get("raygen-1", "plot.png")
    assert await store.get("raygen-2", "plot.png") == b""


NAMES = [
    "a b.txt",
    "../../etc/passwd",
    "..",
    "ä😀\ud800.csv",
    "x" * 200 + ".txt",
    "x" * 201 + ".txt",
    "a?b",
    "a_b",
]


async def test_any_name_is_a_file_of_its_own(store: ArtifactStore):
    for number, name in enumerate(NAMES):
        await store.put("../other", name, b"%d" % number)
    assert [await store.get("../other", name) for name in NAMES] == [b"%d" % n for n in range(len(NAMES))]


async def test_many_at_once_are_each_whole(store: ArtifactStore):
    await asyncio.gather(*(store.put("o", "same", bytes([n]) * 100_000) for n in range(8)))
    content = await store.get("o", "same")
    assert content == content[:1] * 100_000


async def test_artifacts_are_listed_without_their_contents_and_fetched_when_wanted(
    store: ArtifactStore, tmp_path: Path
):
    made = (Artifact("a.png", "image/png", b"png"), Artifact("b.csv", "text/csv", b"1,2"))
    async with open_database(database(tmp_path)) as engine:
        kept = Store(engine, store).artifacts
        await kept.keep("r", made)
        assert [(each.content, each.size) for each in await kept.listed("r")] == [(b"", 3), (b"", 3)]
        assert (await kept.whole("r")).artifacts == made
        await kept.keep("r", made[:1])
        with pytest.raises(LookupError):
            await store.get("r", "b.csv")
        await store.delete("r", "a.png")
        assert await kept.whole("r") == type(await kept.whole("r"))((), ("a.png",))
        await kept.forget("r")
        assert await kept.listed("r") == ()


async def test_rows_of_earlier_versions_have_their_content(tmp_path: Path):
    async with open_database(database(tmp_path)) as engine:
        async with engine.begin() as connection:
            old = {"owner_id": "r", "name": "a", "media_type": "text/plain", "content": b"old"}
            await connection.execute(rows.insert().values(**old))
        kept = Store(engine, FolderStore(tmp_path / "artifacts")).artifacts
        assert [each.size for each in await kept.listed("r")] == [3]
        assert (await kept.whole("r")).artifacts == (Artifact("a", "text/plain", b"old"),)


async def test_a_folder_that_can_not_be_written_loses_nothing(tmp_path: Path):
    (tmp_path / "artifacts").write_text("in the way")
    store = FolderStore(tmp_path / "artifacts")
    with pytest.raises(ArtifactsUnavailable):
        await store.put("r", "a", b"x")
    async with open_database(database(tmp_path)) as engine:
        kept = Store(engine, store).artifacts
        await kept.keep("r", [Artifact("a", "text/plain", b"x")])
        assert (await kept.whole("r")).artifacts == (Artifact("a", "text/plain", b"x"),)


async def test_a_half_written_file_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = FolderStore(tmp_path)
    await store.put("r", "a", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ArtifactsUnavailable):
        await store.put("r", "a", b"new")
    assert await store.get("r", "a") == b"old"
    assert [path.name for path in (tmp_path / "r").iterdir()] == [Path(key_of("r", "a")).name]


async def test_a_bucket_that_is_busy_for_a_moment_is_asked_again(bucket: Bucket):
    store = S3Store(BUCKET, region="eu-west-1", endpoint=bucket.url)
    bucket.faults += [503]
    await store.put("r", "a", b"x")
    assert list(bucket.objects.values()) == [b"x"]


async def test_what_is_wrong_with_a_bucket_is_reported_and_never_hangs(bucket: Bucket):
    with pytest.raises(ArtifactsUnavailable):
        await S3Store("other", region="eu-west-1", endpoint=bucket.url).put("r", "a", b"x")
    bucket.faults += [403]
    with pytest.raises(ArtifactsUnavailable):
        await S3Store(BUCKET, region="eu-west-1", endpoint=bucket.url).get("r", "a")
    with pytest.raises(ArtifactsUnavailable):
        await S3Store(BUCKET, region="eu-west-1", endpoint="http://127.0.0.1:9").get("r", "a")
