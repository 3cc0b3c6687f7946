"""A database without room says so in one sentence, or lets DBOS wait, and works again once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
from dbos._utils import retriable_sqlite_exception
from sqlalchemy import event, text

from services.domain.disk_space import RESERVE, Disk
from services.domain.errors import StorageFull
from services.store import Store, open_database, sqlite
from tests import builders

MANY = 200


class Filled(Disk):
    """A disk with so much room as the test says."""

    def __init__(self, free: int) -> None:
        super().__init__(Path())
        object.__setattr__(self, "_free", free)

    @property
    def free(self) -> int:
        return self._free  # type: ignore[attr-defined]


async def test_records_are_refused_whole_and_taken_once_there_is_room(tmp_path: Path):
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        limit = {"pages": 0}

        @event.listens_for(engine.sync_engine, "begin")
        def hold(connection):
            connection.exec_driver_sql(f"PRAGMA max_page_count = {limit['pages'] or 2**30}")

        store = Store(engine)
        async with engine.connect() as connection:
            limit["pages"] = (await connection.execute(text("PRAGMA page_count"))).scalar_one() + 1
        kept: list[str] = []

        async def keep_on() -> None:
            for number in range(MANY):
                kept.append(f"{number}" + "x" * 4000)
                await store.sessions.ensure(builders.session(id=kept[-1], channel=f"C{number}"))

        with pytest.raises(StorageFull):
            await keep_on()
        with pytest.raises(LookupError):
            await store.sessions.get(kept[-1])
        limit["pages"] = 0
        await store.sessions.ensure(builders.session(id="after"))
        assert (await store.sessions.get("after")).id == "after"


def test_dbos_waits_where_its_database_has_no_room(tmp_path: Path):
    engine = sqlite.for_threads(f"sqlite:///{tmp_path / 'raygen.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number TEXT)")
        connection.exec_driver_sql("PRAGMA max_page_count = 3")
        rows = [{"number": "1" * 4000}] * MANY
        with pytest.raises(sqlite.FullForNow) as raised:
            connection.execute(text("INSERT INTO numbers VALUES (:number)"), rows)
    engine.dispose()
    assert retriable_sqlite_exception(raised.value)


@pytest.mark.parametrize("free", [0, RESERVE - 1])
def test_new_work_is_refused_while_there_is_little_room(free: int):
    with pytest.raises(StorageFull):
        Filled(free).check()


def test_new_work_is_taken_while_there_is_room_or_nobody_knows():
    for disk in (Filled(RESERVE), Disk(None)):
        disk.check()
