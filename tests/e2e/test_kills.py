"""Bot and playground are killed at random moments while people ask and approve: nothing is lost, nothing happens twice.

Two kills by default; RAYGEN_KILLS=30 takes some minutes. The counts are printed at the end.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiohttp
import pytest

from tests.e2e.playground import Json, Playground, button, flat, is_result
from tests.stored_payloads import flaws
from tests.waiting import until

KILLS = int(os.environ.get("RAYGEN_KILLS") or 2)
SEED = int(os.environ.get("RAYGEN_CHAOS_SEED") or time.time_ns() % 100_000)
CHANNEL = "CRAY"
APPROVE = "Approve & run"
# Requests that are not over yet, at most; and for how long the rest may take in peace.
AT_ONCE = 4
SETTLE = 200.0

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(120 + 20 * KILLS + SETTLE)]


@dataclass
class Tally:
    """What came of the requests that Slack says were taken: each is to have one proposal, one run and one result."""

    taken: int = 0
    proposals: int = 0
    runs: int = 0
    results: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


@dataclass
class People:
    """They go on asking and approving, whatever goes away meanwhile."""

    play: Playground
    taken: list[int] = field(default_factory=list)
    asked: int = 0

    async def ask(self) -> None:
        """One request after the other, as long as not too many wait."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                if await self.waiting() < AT_ONCE:
                    self.asked += 1
                    answer = await self.play.post(
                        "command",
                        user="UENGINEER",
                        channel=CHANNEL,
                        command="/raygen",
                        text=f"add {self.asked} and 1000",
                    )
                    if answer["ok"]:
                        self.taken.append(self.asked)
            await asyncio.sleep(0.5)

    async def approve(self) -> None:
        """Press the button of each card that has one; again where it is still there a while later."""
        while True:
            with suppress(aiohttp.ClientError, TimeoutError):
                for root in await self.threads():
                    for reply in root["replies"]:
                        if pressed := button(reply, APPROVE):
                            await self.play.post(
                                "click",
                                user="UAPPROVER",
                                channel=CHANNEL,
                                ts=reply["ts"],
                                action_id=pressed["action_id"],
                            )
            await asyncio.sleep(0.5)

    async def threads(self) -> list[Json]:
        return [each for each in await self.play.messages(CHANNEL) if "and 1000" in each["text"]]

    async def waiting(self) -> int:
        ended = [root for root in await self.threads() if results(root)]
        return len(self.taken) - len(ended)

    async def tally(self) -> Tally:
        """Counted by what stands in Slack, and by what the target's own API lists."""
        jobs = [str(job["submission_id"]) for job in await self.play.jobs()]
        tally = Tally(len(self.taken))
        threads = await self.threads()
        for number in self.taken:
            roots = [each for each in threads if f"add {number} and 1000" in each["text"]]
            replies = [reply for root in roots for reply in root["replies"]]
            cards = [each for each in replies if "Approved by" in flat(each) or button(each, APPROVE)]
            ends = [each for root in roots for each in results(root)]
            right = [each for each in ends if f"Result: {number + 1000}" in flat(each)]
            tally.proposals += len(cards)
            tally.results += len(right)
            if not right or not cards:
                tally.lost.append(f"{number}: {[each['text'][:200] for each in replies]}")
            if len(roots) > 1 or len(cards) > 1 or len(ends) > 1:
                tally.doubled.append(f"{number}: {[each['text'][:200] for each in replies]}")
        tally.runs = len(jobs)
        if len(jobs) != len(set(jobs)):
            tally.doubled.append(f"jobs: {sorted(jobs)}")
        return tally


def results(root: Json) -> list[Json]:
    return [each for each in root["replies"] if is_result(each)]


@asynccontextmanager
async def busy(people: People) -> AsyncGenerator[None]:
    work = [asyncio.create_task(people.ask()), asyncio.create_task(people.approve())]
    try:
        yield
    finally:
        for task in work:
            task.cancel()
        ends = await asyncio.gather(*work, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def test_killed_again_and_again(play: Playground, request: pytest.FixtureRequest):
    chance = random.Random(SEED)
    whole = 0
    people = People(play)
    async with busy(people):
        for number in range(KILLS):
            await asyncio.sleep(chance.uniform(0, 12))
            # Each of both at least once, however few there are.
            if number % 3 == 1:
                whole += 1
                await play.kill_all_after(0)
                await play.start()
            else:
                await play.kill_bot()
    approving = asyncio.create_task(people.approve())
    try:

        async def over() -> bool:
            with suppress(aiohttp.ClientError):
                return await people.waiting() <= 0
            return False

        with suppress(TimeoutError):
            await until(over, SETTLE)
    finally:
        approving.cancel()
    tally = await people.tally()
    (database,) = play.state_dir.rglob("raygen.db")
    assert flaws(f"sqlite:///{database}") == []
    shown = f"{KILLS} kills ({whole} of all): {tally.taken} requests, {tally.proposals} proposals, {tally.runs} runs, {tally.results} results, {len(tally.lost)} lost, {len(tally.doubled)} doubled (seed {SEED})"
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print(f"\n{shown}")  # noqa: T201  # the point of it
    assert not tally.lost, f"{shown}\n" + "\n".join(tally.lost)
    assert not tally.doubled, f"{shown}\n" + "\n".join(tally.doubled)
    assert tally.taken == tally.proposals == tally.results > 0
