"""Those who write to one SQLite file get their turn in the order in which they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.store import open_database
from services.store.sqlite import WriteQueue, for_threads, turns_at
from tests.waiting import PATIENCE, until

INSERT = text("INSERT INTO turns (who) VALUES (:who)")


@dataclass
class File:
    """One file, as coroutines and as threads open it."""

    coroutines: AsyncEngine
    threads: Engine
    turns: WriteQueue

    async def write(self, who: int) -> None:
        async with self.coroutines.begin() as connection:
            await connection.execute(INSERT, {"who": who})

    def write_in_thread(self, who: int) -> None:
        with self.threads.begin() as connection:
            connection.execute(INSERT, {"who": who})

    async def written(self) -> list[int]:
        async with self.coroutines.connect() as connection:
            return list(await connection.scalars(text("SELECT who FROM turns ORDER BY rowid")))


@pytest.fixture
def threads(tmp_path: Path) -> Generator[Engine]:
    engine = for_threads(f"sqlite:///{tmp_path / 'records.db'}")
    yield engine
    engine.dispose()


@pytest.fixture
async def file(tmp_path: Path, threads: Engine) -> AsyncGenerator[File]:
    async with open_database(f"sqlite:///{tmp_path / 'records.db'}") as coroutines:
        async with coroutines.begin() as connection:
            await connection.execute(text("CREATE TABLE turns (who INTEGER)"))
        yield File(coroutines, threads, turns_at(tmp_path / "records.db"))


async def test_coroutines_and_threads_write_in_the_order_in_which_they_came(file: File):
    crowd = range(1, 25)
    writers: list[asyncio.Future[None]] = []
    with ThreadPoolExecutor(len(crowd)) as pool:
        async with file.coroutines.begin() as connection:
            await connection.execute(INSERT, {"who": 0})
            for who in crowd:
                if who % 3:
                    thread = pool.submit(file.write_in_thread, who)
                    writers.append(asyncio.wrap_future(thread))
                else:
                    writers.append(asyncio.create_task(file.write(who)))
                await until(lambda who=who: len(file.turns) == who + 1)
        await asyncio.wait_for(asyncio.gather(*writers), PATIENCE)
    assert await file.written() == [0, *crowd]


async def test_who_gives_up_or_fails_is_passed_over(file: File):
    async with file.coroutines.begin() as connection:
        await connection.execute(INSERT, {"who": 0})
        impatient = asyncio.create_task(file.write(1))
        wrong = asyncio.create_task(file.write([2]))  # pyright: ignore[reportArgumentType]  # no value for a column
        patient = asyncio.create_task(file.write(3))
        await until(lambda: len(file.turns) == 4)
        impatient.cancel()
        await asyncio.wait({impatient}, timeout=PATIENCE)
        assert impatient.cancelled()
    await asyncio.wait({wrong, patient}, timeout=PATIENCE)
    assert wrong.exception() is not None
    await asyncio.wait_for(asyncio.to_thread(file.write_in_thread, 4), PATIENCE)
    assert await file.written() == [0, 3, 4]


async def test_readers_wait_for_nobody(file: File):
    async with file.coroutines.begin() as connection:
        await connection.execute(INSERT, {"who": 0})
        assert await asyncio.wait_for(file.written(), PATIENCE) == []


async def test_commits_are_on_the_disk_at_once(file: File):
    synchronous, full = text("PRAGMA synchronous"), 2
    async with file.coroutines.connect() as connection:
        assert await connection.scalar(synchronous) == full
    with file.threads.connect() as connection:
        assert connection.scalar(synchronous) == full


def test_a_turn_that_never_came_can_be_given_back():
    turns = WriteQueue()
    first, second, third = turns.take(), turns.take(), turns.take()
    assert [ticket.done() for ticket in (first, second, third)] == [True, False, False]
    turns.give_back(second)
    turns.give_back(first)
    assert third.done()
    turns.give_back(third)
    assert turns.take().done()
