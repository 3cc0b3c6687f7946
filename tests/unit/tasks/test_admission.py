"""Where raygen may be asked, how much at once, and how much a day: what is refused says when to come back."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot import settings
from services.domain.entities import TaskStatus
from services.domain.errors import NotAllowed, TooOften
from services.domain.values import Spent
from services.store import Store, open_database
from services.tasks.admission import Admission, AdmissionLimits, Day
from services.tasks.rate_limit import Rate
from tests import builders
from tests.databases import database


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        opened = Store(engine)
        await opened.sessions.ensure(builders.session())
        yield opened


def asked(name: str, user: str = "UENGINEER"):
    return builders.task(id=name, user=user, created_at=time.time())


def test_the_settings_say_all_of_it():
    chosen = settings.load(
        RAYGEN_RATE="2/hour",
        RAYGEN_CHANNEL_RATE="9/day",
        RAYGEN_TASKS_PER_USER="3",
        RAYGEN_TASKS_PER_CHANNEL="4",
        RAYGEN_DAILY_TOKENS="1000",
        RAYGEN_USER_DAILY_MONEY="2.5",
        RAYGEN_CHANNELS="C1, dm",
        RAYGEN_WORKSPACES="T1",
    )
    assert chosen.limits == AdmissionLimits(
        user_rate=Rate(2, 3600.0),
        channel_rate=Rate(9, 86_400.0, "day"),
        user_tasks=3,
        channel_tasks=4,
        day=Day(tokens=1000),
        user_day=Day(money=2.5),
        channels=frozenset({"C1", "dm"}),
        workspaces=frozenset({"T1"}),
    )


@pytest.mark.parametrize(
    ("channel", "team", "sentence"),
    [
        ("C1", "T1", ""),
        ("D5", "T1", ""),
        ("C1", "", r"The workspace of this thread is unknown\. Ask in a new thread\.$"),
        ("api:ci", "", ""),
        ("C2", "T1", r"Use <#C1> or direct messages\."),
        ("G2", "T1", "isn't available in this channel"),
        ("C1", "T2", "isn't available in this workspace"),
    ],
)
async def test_only_what_is_on_the_lists_is_taken(store: Store, channel: str, team: str, sentence: str):
    admission = Admission(store, limits=AdmissionLimits(channels={"C1", "dm"}, workspaces={"T1"}), teams=None)
    session = builders.session(channel=channel, team=team)
    if not sentence:
        await admission.admit(asked("t_1"), session)
        return
    with pytest.raises(NotAllowed, match=sentence):
        await admission.admit(asked("t_1"), session)


@pytest.mark.parametrize(
    ("teams", "taken"), [({"T1"}, True), ({"T2", "T1"}, True), ({"T2"}, False), (set[str](), False)]
)
async def test_who_is_a_guest_from_a_workspace_that_is_not_on_the_list_spends_nothing(
    store: Store, teams: set[str], *, taken: bool
):
    async def of(user: str) -> frozenset[str]:
        assert user == "UENGINEER"
        return frozenset(teams)

    admission = Admission(store, limits=AdmissionLimits(workspaces={"T1"}), teams=of)
    if taken:
        await admission.admit(asked("t_1"), builders.session(team="T1"))
        return
    with pytest.raises(NotAllowed, match="isn't available to people from your workspace"):
        await admission.admit(asked("t_1"), builders.session(team="T1"))
    await admission.admit(asked("t_2"), builders.session(channel="api:ci", team=""))


async def test_a_channel_has_a_rate_of_its_own_and_what_it_refuses_costs_nobody_anything(store: Store):
    limits = AdmissionLimits(user_rate=Rate(2, 3600.0), channel_rate=Rate(2, 60.0, "minute"))
    admission, here = Admission(store, limits=limits, teams=None), builders.session()
    await store.tasks.add(asked("t_0", "UOTHER"))
    await admission.admit(asked("t_1"), here)
    with pytest.raises(TooOften, match=r"This channel is limited to 2 requests per minute\. Try again in"):
        await admission.admit(asked("t_2"), here)
    elsewhere = builders.session(id="s_2", channel="CELSE")
    await admission.admit(asked("t_3"), elsewhere)
    with pytest.raises(TooOften, match="You are limited to 2 requests per hour"):
        await admission.admit(asked("t_4"), elsewhere)


async def test_only_so_many_are_worked_on_at_once(store: Store):
    admission, here = (
        Admission(store, limits=AdmissionLimits(user_tasks=2, channel_tasks=3), teams=None),
        builders.session(),
    )
    reported = await asyncio.gather(
        *(admission.admit(asked(f"t_{number}"), here) for number in range(6)), return_exceptions=True
    )
    assert sum(isinstance(each, TooOften) for each in reported) == 4
    await admission.admit(asked("t_0"), here)
    await store.tasks.add(asked("t_0"))
    with pytest.raises(TooOften, match="You have 2 requests in progress, and the limit is 2"):
        await admission.admit(asked("t_7"), here)
    await store.tasks.move("t_0", TaskStatus.CANCELLED)
    await admission.admit(asked("t_7"), here)
    await admission.admit(asked("t_8", "UOTHER"), here)
    with pytest.raises(TooOften, match="This channel has 3 requests in progress"):
        await admission.admit(asked("t_9", "UTHIRD"), here)


@pytest.mark.parametrize(
    "limits",
    [
        AdmissionLimits(user_tasks=2),
        AdmissionLimits(user_rate=Rate(2, 3600.0)),
        AdmissionLimits(channel_tasks=2),
    ],
)
async def test_replicas_hold_to_one_limit_together(store: Store, limits: AdmissionLimits):
    """In the moment in which none of the requests has its row yet."""
    await hold_together(store, limits)


async def hold_together(store: Store, limits: AdmissionLimits) -> None:
    replicas = [Admission(store, limits=limits, teams=None) for _ in range(3)]
    reported = await asyncio.gather(
        *(replicas[number % 3].admit(asked(f"t_{number}"), builders.session()) for number in range(12)),
        return_exceptions=True,
    )
    assert [each for each in reported if not isinstance(each, TooOften)] == [None, None]
    taken = reported.index(None)
    await replicas[(taken + 1) % 3].admit(asked(f"t_{taken}"), builders.session())


async def spend(store: Store, name: str, user: str, spent: Spent) -> None:
    await store.spendings.put(asked(name, user), "CRAY", TaskStatus.ANSWERED, spent)


async def test_a_day_has_a_budget_for_all_and_one_for_each(store: Store):
    admission = Admission(
        store, limits=AdmissionLimits(day=Day(tokens=1000), user_day=Day(money=1.0)), teams=None
    )
    here = builders.session()
    await spend(
        store, "t_1", "UENGINEER", Spent(calls=1, input=100, output=100, cached=100, written=100, money=1.2)
    )
    await admission.admit(asked("t_2", "UOTHER"), here)
    with pytest.raises(TooOften) as refused:
        await admission.admit(asked("t_3"), here)
    expected = r"Your budget for today is used up \(1\.00 USD\)\. Try again in (\d+ h \d\d min|.* s)\."
    assert re.fullmatch(expected, refused.value.public)
    await spend(store, "t_4", "UOTHER", Spent(calls=1, input=600))
    with pytest.raises(TooOften, match=r"Today's budget for all requests is used up \(1,000 tokens\)"):
        await admission.admit(asked("t_5", "UTHIRD"), here)


async def test_without_limits_everybody_may(store: Store):
    admission = Admission(store, limits=AdmissionLimits(), teams=None)
    for number in range(20):
        await admission.admit(asked(f"t_{number}"), builders.session())
