"""A run of hours says so at growing intervals; its limit is what its program declares, within the target's own."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from handlers.blocks import runs
from services.domain.program_header import Script
from services.notifications.events import RunView
from services.runs.monitor import RunMonitor, milestone
from services.targets.targets import TargetTerms
from tests import builders
from tests.fakes import RecordingNotifier

HOUR = 3600.0


@pytest.mark.parametrize(
    ("elapsed", "hours", "pause"),
    [
        (0.0, 0, HOUR),
        (HOUR - 1, 0, 1.0),
        (HOUR, 1, HOUR),
        (3 * HOUR, 2, HOUR),
        (4 * HOUR, 4, 4 * HOUR),
        (100 * HOUR, 64, 28 * HOUR),
    ],
)
def test_intervals_grow(elapsed: float, hours: int, pause: float):
    assert milestone(elapsed) == (hours, pause)


async def test_a_run_that_is_followed_again_after_five_hours_announces_the_fourth_alone():
    notifier = RecordingNotifier()
    run = builders.run()
    watched = RunMonitor(run, builders.proposal(), builders.session(), notifier)
    watched.since = time.time() - 5 * HOUR
    async with watched.announcing(), asyncio.timeout(5):
        watched.notified.set()
        while not notifier.recorded:
            await asyncio.sleep(0)
    assert notifier.recorded == [f"{run.id} after 4 h"]


async def test_nothing_is_announced_before_the_target_has_reported_its_start():
    notifier = RecordingNotifier()
    watched = RunMonitor(builders.run(), builders.proposal(), builders.session(), notifier)
    watched.since = time.time() - 5 * HOUR
    async with watched.announcing():
        await asyncio.sleep(0)
    assert notifier.recorded == []


@pytest.mark.parametrize(
    ("wall", "words"), [(None, ""), (4 * HOUR, "about 2 h 00 min left"), (HOUR, "longer than its declared")]
)
def test_the_message_estimates_what_is_left_by_the_declared_time(wall: float | None, words: str):
    proposal = replace(builders.proposal(), header=Script(wall=wall))
    message = runs.continues(builders.run(), proposal, RunView("RUNNING", "", 2 * HOUR))
    check.message_blocks(message.blocks, Rules())
    assert "Still running" in message.text
    shown = str(message.blocks)
    assert words in shown
    assert ("declared" in shown) == (wall is not None)


@pytest.mark.parametrize(
    ("declared", "expected"),
    [(None, 2 * HOUR), (600.0, 960.0), (1.9 * HOUR, 2 * HOUR)],
)
def test_a_run_gets_the_time_that_its_program_declares(declared: float | None, expected: float):
    assert TargetTerms(wall_limit=2 * HOUR).wall(Script(wall=declared)) == expected


def test_more_time_than_the_target_allows_is_an_objection():
    terms = TargetTerms(wall_limit=2 * HOUR)
    assert terms.objection(builders.passed(), Script(wall=2 * HOUR)) is None
    assert (
        terms.objection(builders.passed(), Script(wall=3 * HOUR))
        == "stops runs after 2 h 00 min, and the program declares a `wall` of 3 h 00 min"
    )
