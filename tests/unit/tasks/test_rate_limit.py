"""How often one person may ask."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot import settings
from services.domain.entities import Task
from services.domain.errors import SettingsError, TooOften
from services.store import Store, open_database
from services.tasks.rate_limit import Rate, Throttle
from tests import builders
from tests.databases import database


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


async def admit(throttle: Throttle, task: Task) -> None:
    await throttle.admit(task.user, task.id)


def asked(name: str, **changes: object):
    return builders.task(id=name, **{"created_at": time.time(), **changes})


@pytest.mark.parametrize(
    ("text", "rate"),
    [("20/hour", Rate(20, 3600.0)), (" 3 / minute ", Rate(3, 60.0, "minute")), ("", None)],
)
def test_a_rate_is_read_from_the_settings(text: str, rate: Rate | None):
    assert settings.load(RAYGEN_RATE=text).rate == rate


@pytest.mark.parametrize("text", ["20", "0/hour", "-1/hour", "20/fortnight", "hour/20"])
def test_a_wrong_rate_is_named(text: str):
    with pytest.raises(SettingsError, match="RAYGEN_RATE is wrong"):
        settings.load(RAYGEN_RATE=text)


async def test_who_asks_too_often_gets_a_time_to_come_back(store: Store):
    throttle = Throttle(store.entries.asked_since, Rate(2, 3600.0))
    now = time.time()
    await store.tasks.add(asked("t_0", created_at=now - 4000))
    await store.tasks.add(asked("t_1", created_at=now - 3000))
    await admit(throttle, asked("t_2"))
    with pytest.raises(TooOften, match=r"2 requests per hour\. Try again in (10 min 00 s|9 min 5\d s)"):
        await admit(throttle, asked("t_3"))
    await admit(throttle, asked("t_2"))
    await admit(throttle, asked("t_4", user="UOTHER"))


async def test_of_many_at_once_only_so_many_are_taken(store: Store):
    throttle = Throttle(store.entries.asked_since, Rate(5, 60.0, "minute"))
    reported = await asyncio.gather(
        *(admit(throttle, asked(f"t_{number}")) for number in range(20)), return_exceptions=True
    )
    assert sum(isinstance(each, TooOften) for each in reported) == 15


async def test_without_a_rate_everybody_may(store: Store):
    for number in range(50):
        await admit(Throttle(store.entries.asked_since), asked(f"t_{number}"))
