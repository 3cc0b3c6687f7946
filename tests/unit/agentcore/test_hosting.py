"""What waits on its way out of the runtime, and what a bot's account says of money that was spent there."""

from __future__ import annotations

import asyncio

import pytest

from services.agentcore.hosting import Outbox
from services.agentcore.wire import Beat, Concluded, Staged, Words
from services.domain.errors import BudgetSpent
from services.domain.progress import Phase, Stage
from services.domain.values import Spent
from services.supervisor.meter import Budget, Meter


async def test_only_the_newest_of_words_that_wait_are_sent():
    outbox = Outbox()
    stage = Staged(stage=Stage(Phase.THINKING))
    for event in (Words(text="a"), Words(text="a b"), stage, Words(text="a b c"), Words(text="a b c d")):
        outbox.put(event)
    outbox.put(Concluded(text="done"))
    came = [await outbox.get(1) for _ in range(4)]
    assert came == [Words(text="a b"), stage, Words(text="a b c d"), Concluded(text="done")]


async def test_silence_has_a_beat_and_what_comes_later_still_comes():
    outbox = Outbox()
    assert await outbox.get(0.01) == Beat()
    waiting = asyncio.create_task(outbox.get(5))
    await asyncio.sleep(0)
    outbox.put(Words(text="late"))
    assert await waiting == Words(text="late")


def test_what_is_spent_elsewhere_counts_once_and_its_seconds_pass_here():
    now = [0.0]
    meter = Meter(Budget(tokens=100), clock=lambda: now[0], before=Spent(calls=1, input=10, money=0.1))
    for spent in (Spent(calls=1, input=5, seconds=9), Spent(calls=2, input=95, money=0.2, seconds=20)):
        meter.elsewhere = spent
    now[0] = 30.0
    assert (meter.spent.calls, meter.spent.tokens, meter.spent.seconds) == (3, 105, 30.0)
    assert meter.spent.money == pytest.approx(0.3)
    with pytest.raises(BudgetSpent, match="105 tokens"):
        meter.check()
