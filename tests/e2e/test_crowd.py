"""A hundred people at once while the model service refuses every third call: all get their answer, once, and quickly heard."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Sequence

import psutil
import pytest

from bot.playground.anthropic import HttpError, ModelStandIn, Script
from bot.playground.anthropic.script import Item
from tests.e2e.playground import Json, Playground, flat

PEOPLE = 100
#: As many, so that pools of connections and threads have their size before memory is looked at.
WARM = 100
IDLE_SESSION = 100_000
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(400)]


class Throttled(Script):
    """Refuses about three calls of ten, and leaves the rest to the cookbook."""

    def __init__(self) -> None:
        super().__init__()
        self.refused = 0
        self._chance = random.Random(11)

    def take(self) -> Item | None:
        if self._chance.random() >= 0.3:
            return None
        self.refused += 1
        return HttpError(429, retry_after=0.1)


async def asked_at_once(play: Playground, numbers: Sequence[int]) -> list[int]:
    """What it took to acknowledge each of them, in milliseconds."""
    answers = await asyncio.gather(
        *(
            play.post(
                "command",
                user="UENGINEER",
                channel="CRAY",
                command="/raygen",
                text=f"what's 1000 + {number}?",
            )
            for number in numbers
        )
    )
    assert all(answer["ok"] for answer in answers)
    return [answer["ack_ms"] for answer in answers]


async def asked(play: Playground) -> list[Json]:
    """The threads of these questions."""
    return [root for root in await play.messages("CRAY") if "1000 + " in root["text"]]


async def answered(play: Playground, numbers: Sequence[int]) -> None:
    """Wait until each thread has its one answer, and the right one."""

    async def look() -> bool:
        ended = [root for root in await asked(play) if "That gives" in flat(root)]
        return len(ended) >= max(numbers) + 1

    await play.wait(look, "not everybody has an answer", 280)


async def memory(play: Playground) -> int:
    """Bytes of the bot's process, once it has come to rest."""
    await asyncio.sleep(1)
    return psutil.Process(await play.bot_pid()).memory_full_info().uss


async def test_all_are_acknowledged_and_answered_once_and_idle_sessions_cost_little(
    weak: Playground, model: ModelStandIn, monkeypatch: pytest.MonkeyPatch
):
    script = Throttled()
    monkeypatch.setattr(model, "script", script)
    acks = await asked_at_once(weak, range(WARM))
    await answered(weak, range(WARM))
    before = await memory(weak)
    acks += await asked_at_once(weak, range(WARM, WARM + PEOPLE))
    await answered(weak, range(WARM, WARM + PEOPLE))
    growth = (await memory(weak) - before) / PEOPLE
    print(  # noqa: T201  # figures for whoever reads the log
        f"{len(acks)} acknowledgements within {max(acks)} ms, {script.refused} calls refused,"
        f" {growth / 1000:.0f} kB for each session ({os.cpu_count()} processors)"
    )
    assert script.refused > PEOPLE / 2
    roots = await asked(weak)
    assert [len(root["replies"]) for root in roots] == [1] * (WARM + PEOPLE)
    for root in roots:
        number = int(root["text"].split("1000 + ")[1].rstrip("?"))
        assert f"{1000 + number}" in flat(root["replies"][0]), (
            "everybody has the answer to their own question"
        )
    assert growth < IDLE_SESSION
