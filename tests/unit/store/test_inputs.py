"""Files of threads: small ones are in the database, larger ones in the artifact store, and both go with their thread."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from services.artifacts.folder import FolderStore
from services.domain.entities import Input
from services.domain.errors import ArtifactsUnavailable
from services.domain.values import InputFile
from services.store import Store, open_database, tables

LARGE = InputFile("data/rows.bin", random.Random(7).randbytes(30_000_000))
SMALL = InputFile("a.csv", b"1,2\n")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        yield Store(engine, FolderStore(tmp_path / "artifacts"))


def listed(*files: InputFile) -> list[Input]:
    return [Input(file.name, file.sha256, len(file.content)) for file in files]


async def bytes_in_the_database(store: Store) -> int:
    async with store.tasks._engine.connect() as connection:
        return (await connection.execute(select(func.sum(func.length(tables.inputs.c.content))))).scalar_one()


async def test_a_file_of_30_mb_is_in_the_artifact_store_alone(store: Store, tmp_path: Path):
    for file in (LARGE, SMALL, LARGE):
        await store.inputs.keep("s_1", file)
    assert await bytes_in_the_database(store) == len(SMALL.content)
    (there,) = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert there.read_bytes() == LARGE.content
    assert await store.inputs.latest("s_1") == (SMALL, LARGE)
    assert await store.inputs.exactly("s_1", listed(LARGE)) == (LARGE,)
    with pytest.raises(LookupError):
        await store.inputs.exactly("s_2", listed(LARGE))
    there.write_bytes(LARGE.content + b"more")
    with pytest.raises(LookupError, match=r"rows\.bin"):
        await store.inputs.exactly("s_1", listed(LARGE))
    there.unlink()
    with pytest.raises(LookupError, match=r"rows\.bin"):
        await store.inputs.latest("s_1")
    assert await store.inputs.kept("s_1", listed(LARGE, SMALL)) == [SMALL]
    await store.inputs.keep("s_1", LARGE)
    assert await store.inputs.latest("s_1") == (SMALL, LARGE), "shared again"


async def test_what_the_artifact_store_cannot_take_is_in_the_database(tmp_path: Path):
    blocked = tmp_path / "artifacts"
    blocked.write_text("a file where the folder should be")
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        store = Store(engine, FolderStore(blocked))
        await store.inputs.keep("s_1", LARGE)
        assert await store.inputs.latest("s_1") == (LARGE,)


async def test_an_artifact_store_out_of_reach_is_not_taken_for_a_file_that_is_gone(
    store: Store, tmp_path: Path
):
    await store.inputs.keep("s_1", LARGE)
    (there,) = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    there.unlink()
    there.mkdir()
    with pytest.raises(ArtifactsUnavailable):
        await store.inputs.exactly("s_1", listed(LARGE))


async def test_what_retention_deletes_is_gone_from_the_artifact_store(store: Store, tmp_path: Path):
    for file in (LARGE, SMALL):
        await store.inputs.keep("s_1", file)
    async with store.tasks._engine.begin() as connection:
        await connection.execute(update(tables.inputs).values(created_at=1.0))
    assert (await store.retention.drop(2.0)).inputs == 2
    assert [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()] == []
