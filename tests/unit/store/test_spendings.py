"""What requests took is kept, summed, printed; and a database of an earlier version opens."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.reports import usage
from bot.settings import load
from services.domain.entities import TaskStatus
from services.domain.errors import BadRequest
from services.domain.values import Spent
from services.store import Store, open_database
from services.store.spendings import By
from tests import builders
from tests.databases import database


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


async def fill(store: Store) -> None:
    costly = Spent(
        calls=3,
        input=1000,
        output=200,
        cached=500,
        written=100,
        money=0.25,
        seconds=12.0,
        models=("claude-sonnet-5-5",),
        attempts=2,
    )
    await store.spendings.put(
        builders.task(id="t_1", user="UA"), "C1", TaskStatus.PROPOSED, Spent(calls=9, input=9, output=9)
    )
    await store.spendings.put(builders.task(id="t_1", user="UA"), "C1", TaskStatus.PROPOSED, costly)
    await store.spendings.put(
        builders.task(id="t_2", user="UA"), "C1", TaskStatus.ANSWERED, Spent(calls=1, input=10, output=5)
    )
    await store.spendings.put(
        builders.task(id="t_3", user="UB"), "C2", TaskStatus.FAILED, Spent(calls=1, input=7, output=1)
    )


async def test_a_task_that_is_done_again_counts_once(store: Store):
    await fill(store)
    first, second = await store.spendings.sums(By.USER)
    assert (first.name, first.tasks, first.calls, first.input, first.output, first.cached) == (
        *("UA", 2, 4, 1010, 205, 500),
    )
    assert (first.money, first.attempts, first.seconds) == (0.25, 2, 12.0)
    assert (second.name, second.money) == ("UB", None)
    assert [each.name for each in await store.spendings.sums(By.STATUS)] == ["proposed", "answered", "failed"]
    assert await store.spendings.sums(By.USER, since=9e12) == []


async def test_votes_count_once_for_each_person_and_message_and_can_be_changed(store: Store):
    await fill(store)
    for user, helpful in (("UA", True), ("UB", True), ("UA", False), ("UA", False)):
        await store.votes.put("raygen-1", "t_1", user, helpful=helpful)
    await store.votes.put("t_2", "t_2", "UA", helpful=True)
    assert await store.votes.of("raygen-1") == {"UB": True, "UA": False}
    first, second = await store.spendings.sums(By.USER)
    assert (first.tasks, first.calls, first.helpful, first.unhelpful) == (2, 4, 2, 1)
    assert (second.helpful, second.unhelpful) == (0, 0)
    assert [(each.name, each.helpful) for each in await store.spendings.sums(By.STATUS)] == [
        ("proposed", 1),
        ("answered", 1),
        ("failed", 0),
    ]


async def test_the_command_prints_sums(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    await fill(store)
    monkeypatch.setenv("RAYGEN_STATE_DIR", str(tmp_path))
    found = await usage.sums(load(), "user", 30)
    head, first, _ = usage.as_table(found, "user", 30).splitlines()
    columns = "user requests calls input output cached USD drafts seconds helpful unhelpful"
    assert head.split() == columns.split()
    assert first.split() == ["UA", "2", "4", "1,010", "205", "500", "0.25", "2", "12", "0", "0"]
    assert json.loads(usage.as_json(found, "user", 30))["sums"][1]["name"] == "UB"


async def test_without_a_database_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_STATE_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(BadRequest, match="no database"):
        await usage.sums(load(), "user", 30)
    assert not (tmp_path / "nowhere").exists()


async def test_a_proposal_keeps_what_it_took(store: Store):
    await store.proposals.draft(builders.proposal(spent=Spent(calls=2, input=10, output=5, models=("m",))))
    assert (await store.proposals.get("p_1")).spent == Spent(calls=2, input=10, output=5, models=("m",))


async def test_the_database_of_an_earlier_version_gets_its_new_columns(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'raygen.db'}"
    async with open_database(url) as engine:
        await Store(engine).proposals.draft(builders.proposal())
    with sqlite3.connect(tmp_path / "raygen.db") as connection:
        connection.execute("ALTER TABLE proposals DROP COLUMN spent")
        connection.execute("DROP TABLE spendings")
    connection.close()
    async with open_database(url) as engine:
        assert (await Store(engine).proposals.get("p_1")).spent == Spent()
        await fill(Store(engine))


@pytest.mark.parametrize("text", ["claude", "claude=3", "claude=a/b", "claude=3/15 haiku=1/5"])
def test_prices_that_can_not_be_read_are_refused(text: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_PRICES", text)
    with pytest.raises(Exception, match="RAYGEN_PRICES"):
        load()


def test_prices_are_written_as_pairs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("RAYGEN_PRICES", "claude-sonnet-5-5=3/15, claude-haiku-5-5 = 1/5.5")
    prices = load().prices
    assert (prices["claude-sonnet-5-5"].output, prices["claude-haiku-5-5"].output) == (15.0, 5.5)
