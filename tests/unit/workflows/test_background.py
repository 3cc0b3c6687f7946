"""Who counts as dead among replicas, and what is done about it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.store import Store, open_database
from services.workflows.background import Watch, cleaning, present
from tests.databases import database
from tests.waiting import PATIENCE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


@dataclass
class Taken:
    names: list[str] = field(default_factory=list)

    async def over(self, name: str) -> None:
        self.names.append(name)


async def test_who_gives_no_sign_of_life_is_taken_over_once(store: Store):
    taken = Taken()
    watch = Watch(store.replicas, "a", taken.over, after=0.2)
    for name in ("dead", "alive"):
        await store.replicas.beat(name)
    for _ in range(4):
        await watch.look()
        await store.replicas.beat("alive")
        await asyncio.sleep(0.1)
    await watch.look()
    assert taken.names == ["dead"]
    assert set(await store.replicas.others("a")) == {"alive"}


async def test_who_says_goodbye_is_taken_over_at_once(store: Store):
    taken = Taken()
    async with present(store.replicas, "b"):
        pass
    await Watch(store.replicas, "a", taken.over, after=60).look()
    assert taken.names == ["b"]


async def test_who_dies_before_it_has_looked_at_anybody_is_taken_over(store: Store):
    taken = Taken()
    watch = Watch(store.replicas, "a", taken.over, after=0.05)
    async with present(store.replicas, "b"):
        await watch.look()
        await asyncio.sleep(0.1)
        await watch.look()
    assert taken.names == ["b"]


async def test_a_silence_in_which_the_database_was_away_for_all_is_none(store: Store):
    taken = Taken()
    watch = Watch(store.replicas, "a", taken.over, after=0.15)
    await store.replicas.beat("b")
    await watch.look()
    here, watch.replicas = watch.replicas, None  # type: ignore[assignment]
    with pytest.raises(AttributeError):
        await watch.look()
    watch.replicas = here
    await asyncio.sleep(0.2)
    await watch.look()
    assert taken.names == []


async def test_a_replica_that_comes_back_in_time_stays_on_the_list(store: Store):
    await store.replicas.beat("b")
    (beat,) = (await store.replicas.others("a")).values()
    await asyncio.sleep(0.01)
    await store.replicas.beat("b")
    await store.replicas.forget("b", beat)
    assert set(await store.replicas.others("a")) == {"b"}


async def test_a_chore_that_fails_ends_nothing():
    called = asyncio.Event()

    async def clean() -> None:
        called.set()
        raise RuntimeError

    async with cleaning(clean):
        await asyncio.wait_for(called.wait(), PATIENCE)
        await asyncio.sleep(0)
