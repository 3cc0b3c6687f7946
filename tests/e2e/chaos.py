"""Programs that people approve while the bot's processes are killed, and the count of what came of them.

Slack's stand-in runs here and so outlives every bot; it is the one state that is counted, against what the database says
and what the programs themselves left on the target.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import text

from bot.playground.slack.server import APP_TOKEN, BOT_TOKEN, SlackStandIn
from handlers.messaging.courier import open_courier
from handlers.messaging.slack_notifier import SlackNotifier
from handlers.messaging.streams import open_cards
from services.domain.entities import Proposal, ProposalStatus, derive, run_id
from services.domain.values import Program
from services.store import Store, open_database
from tests import builders
from tests.e2e.playground import Json, Playground, Thread, button, flat, is_result
from tests.fakes import FakeTarget, approving, here, proposal_cards
from tests.notifiers import show, slack_notifier

CHANNEL = "CRAY"
APPROVE = "Approve & run"
PEOPLE = ("UENGINEER", "UAPPROVER")
# How many of the programs are approved and not yet over at a time.
WAVE = 14
# On a slow machine a bot that is killed for ever gets nothing done.
KILLS = 3
# Every fifth of the programs also has a task of Ray's own.
CODE = """
import time

with open({mark!r}, "a") as file:
    file.write("begun\\n")
print("on its way", flush=True)
time.sleep({seconds})
{work}
print("answer", answer)
"""
ALONE = "answer = {number} * 7919"
BY_RAY = """
import ray

@ray.remote
def work(number):
    return number * 7919

answer = ray.get(work.remote({number}))
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One program and the thread in which it is approved."""

    number: int
    proposal: Proposal
    thread: Thread
    mark: str

    @property
    def run(self) -> str:
        return run_id(self.proposal.id)

    @property
    def answer(self) -> str:
        return f"answer {self.number * 7919}"


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of all runs: `results` are runs with exactly one result, and the right one."""

    runs: int
    results: int
    duplicates: int = 0
    lost: int = 0
    stuck: int = 0


@dataclass
class Bots:
    """The processes of the bot, by the names of their replicas."""

    environments: dict[str, dict[str, str]]
    folder: Path
    alive: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)
    kills: int = 0

    async def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.alive[name] = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "start"), env=self.environments[name], stdout=log, stderr=log
            )

    async def kill(self, name: str) -> None:
        process = self.alive.pop(name)
        assert process.returncode is None, f"{name} ended by itself\n{self.logs()}"
        process.send_signal(signal.SIGKILL)
        await process.wait()
        self.kills += 1

    async def end(self) -> None:
        for process in self.alive.values():
            if process.returncode is None:
                process.kill()
            await process.wait()

    def logs(self) -> str:
        return "\n".join(file.read_text()[-4000:] for file in self.folder.glob("*.log"))


@dataclass
class Chaos:
    """A workspace, a database, and bots that don't live long."""

    slack: SlackStandIn
    play: Playground
    store: Store
    bots: Bots
    chance: random.Random
    cases: list[Case] = field(default_factory=list)

    async def propose(self, count: int, target: str, folder: str) -> None:
        """Put so many proposals into threads of their own, as the bot does; no bot has to be alive for it."""
        client = AsyncWebClient(BOT_TOKEN, base_url=self.slack.api_url)
        posts = self.store.posts
        async with open_courier(client, posts) as courier, open_cards(client, courier, posts) as cards:
            notifier = slack_notifier(self.store, courier, cards, here(FakeTarget(name=target)))
            for number in range(count):
                self.cases.append(await self._proposed(notifier, number, target, folder))

    async def _proposed(self, notifier: SlackNotifier, number: int, target: str, folder: str) -> Case:
        name = derive("p", folder, str(number))
        mark = f"{folder}-{number}"
        work = (ALONE if number % 5 else BY_RAY).format(number=number)
        seconds = round(self.chance.uniform(0, 1.5), 2)
        code = CODE.format(mark=mark, seconds=seconds, work=work)
        session = builders.session(id=f"s_{number}", channel=CHANNEL, thread_ts="")
        task = builders.task(id=f"t_{number}", session_id=session.id, prompt=f"program {number}")
        await self.store.sessions.ensure(session)
        session = await notifier.open_task(task, session)
        await self.store.sessions.root(session.id, session.thread_ts)
        done = builders.proposed_task(id=task.id, session_id=session.id, prompt=task.prompt)
        await self.store.tasks.add(done)
        proposal = builders.proposal(
            created_at=time.time(),
            id=name,
            task_id=task.id,
            session_id=session.id,
            program=Program(f"Program {number}", "Prints its answer.", code),
            target=target,
            status=ProposalStatus.OPEN,
        )
        await self.store.proposals.draft(proposal)
        await self.store.proposals.move(name, ProposalStatus.OPEN)
        cards = proposal_cards(self.store, approving(self.store), here(FakeTarget(name=target)))
        await show(notifier, cards, done, proposal, session)
        return Case(number, proposal, Thread(self.play, CHANNEL, session.thread_ts), mark)

    def replies(self, case: Case) -> list[Json]:
        return self.slack.state.messages.replies(CHANNEL, case.thread.ts)

    def results(self, case: Case) -> list[Json]:
        return [each for each in self.replies(case) if is_result(each)]

    def undecided(self, case: Case) -> Json | None:
        return next((each for each in self.replies(case) if button(each, APPROVE)), None)

    async def approve_all(self, limit: float) -> None:
        """See all cases through, some at a time; people press again when nothing happens."""
        turns = asyncio.Semaphore(WAVE)

        async def see_through(case: Case) -> None:
            async with turns:
                while card := self.undecided(case):
                    with suppress(aiohttp.ClientError):
                        await case.thread.click(card, APPROVE, user=self.chance.choice(PEOPLE))
                    await until(lambda: self.undecided(case) is None, 1.0)
                await until(lambda: bool(self.results(case)), limit)

        await asyncio.gather(*map(see_through, self.cases))

    async def kill_in_turn(self, absence: tuple[float, float]) -> None:
        """So many times: let a bot live for a while, kill it, and start it again `absence` (from, to) seconds later."""
        for name in islice(cycle(self.bots.environments), KILLS):
            if self.chance.random() < 0.7:
                # The other moments are often those of its beginning.
                await until(lambda: self.slack.socket.connections.usable >= len(self.bots.alive), 10)
            await asyncio.sleep(self.chance.uniform(0, 3))
            await self.bots.kill(name)
            await asyncio.sleep(self.chance.uniform(*absence))
            await self.bots.start(name)

    async def survive(self, absence: tuple[float, float], limit: float) -> None:
        """All runs to their end while the bots are killed, and then what is left to do, in peace."""
        for name in self.bots.environments:
            await self.bots.start(name)
        killer = asyncio.create_task(self.kill_in_turn(absence))
        work = asyncio.create_task(self.approve_all(limit))
        try:
            # What is missing at the limit is counted.
            await asyncio.wait({work}, timeout=limit)
        finally:
            killer.cancel()
            work.cancel()
            ends = await asyncio.gather(killer, work, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end
        for name in self.bots.environments.keys() - self.bots.alive.keys():
            await self.bots.start(name)
        await self._settled(20)

    async def count(self, marks: Callable[[str], int], jobs: list[str]) -> tuple[Tally, list[str]]:
        """The tally, and a line for each run with which something is wrong."""
        good = duplicates = lost = stuck = 0
        wrong: list[str] = []
        unended = await self._unended()
        for case in self.cases:
            results, replies = self.results(case), self.replies(case)
            right = [each for each in results if case.answer in each["text"].splitlines()]
            starts, submitted = marks(case.mark), jobs.count(case.run)
            twice = len(replies) > 2 or len(right) > 1 or starts > 1 or submitted > 1
            gone = not right or not starts or not submitted
            spins = case.run in unended or any("hourglass" in flat(each) for each in replies)
            good += len(results) == len(right) == 1
            duplicates, lost, stuck = duplicates + twice, lost + gone, stuck + spins
            if twice or gone or spins:
                texts = [each["text"][:300] for each in replies]
                wrong.append(f"{case.number} {case.run}: {starts} starts, {submitted} jobs, {texts}")
        left = await self._workflows()
        if left:
            wrong.append(f"workflows that are not over: {left}")
        return Tally(len(self.cases), good, duplicates, lost, stuck + len(left)), wrong

    async def _settled(self, limit: float) -> None:
        """Wait until the database knows of no work; what is left after `limit` seconds is counted."""
        end = time.monotonic() + limit
        while time.monotonic() < end and (await self._workflows() or await self._unended()):
            await asyncio.sleep(0.2)

    async def _unended(self) -> set[str]:
        runs = {case.run: await self.store.runs.find(case.run) for case in self.cases}
        return {name for name, run in runs.items() if run is None or run.outcome is None}

    async def _workflows(self) -> list[str]:
        """What DBOS still has to do, by its own table."""
        engine = self.store.runs._engine
        table = "dbos.workflow_status" if engine.dialect.name == "postgresql" else "workflow_status"
        query = text(f"SELECT workflow_uuid, status FROM {table} WHERE status IN ('PENDING', 'ENQUEUED')")
        async with engine.connect() as connection:
            return [f"{row.workflow_uuid} {row.status}" for row in await connection.execute(query)]


def begun(cluster: Path, mark: str) -> int:
    """How often a program has begun on the embedded cluster, by what it wrote beside itself."""
    files = cluster.glob(f"ray/session_*/runtime_resources/working_dir_files/*/{mark}")
    return sum(len(file.read_text().splitlines()) for file in files)


@asynccontextmanager
async def chaos(
    folder: Path, url: str, chance: random.Random, bots: dict[str, dict[str, str]]
) -> AsyncGenerator[Chaos]:
    """A workspace with bots on the database `url`, by name and with what is particular to each; none has been started."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("RAY", "SLACK_"))}
    slack = SlackStandIn()
    async with AsyncExitStack() as stack:
        address = await stack.enter_async_context(slack.serve())
        http = await stack.enter_async_context(aiohttp.ClientSession())
        engine = await stack.enter_async_context(open_database(url))
        common = {
            **outside,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.api_url,
            "ANTHROPIC_API_KEY": "sk-ant-of-nobody",
            "RAYGEN_DATABASE_URL": url,
            "RAYGEN_POOL_SIZE": "0",
            "RAYGEN_SNIPPETS": "off",
        }
        processes = Bots({name: {**common, **own} for name, own in bots.items()}, folder)
        stack.push_async_callback(processes.end)
        port = int(address.rpartition(":")[2])
        yield Chaos(slack, Playground(folder, port, http), Store(engine), processes, chance)


async def until(condition: Callable[[], bool], limit: float) -> None:
    """Wait for it, but no longer than `limit` seconds."""
    end = time.monotonic() + limit
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.1)
