"""The state directory on a small disk that fills up: a true sentence, nothing half done, and all goes on once there is room."""

from __future__ import annotations

import asyncio
import errno
import json
import random
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio

from bot.playground.anthropic import ModelStandIn
from services.domain.entities import ProposalStatus
from tests.e2e.chaos import APPROVE, CHANNEL, Case, Chaos, begun, chaos
from tests.e2e.playground import Json, Playground, flat, running
from tests.small_disk import mounted
from tests.waiting import PATIENCE, until

SIZE = 128 * 1024**2
FULL = "disk is full"
# Longer than the program of any case.
HELD = 4.0
WRITING = """
import ray, time
open("begun", "w").close()
for number in range(40):
    time.sleep(0.1)
    with open("mine", "ab") as file:
        file.write(b"x" * 100_000)
print("done")
"""

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


@dataclass
class SmallDisk:
    """A file system of its own in memory, which files of ours fill up."""

    folder: Path
    fillers: list[Path] = field(default_factory=list)

    def fill(self) -> None:
        """To the last byte; what the bot frees meanwhile stays free."""
        filler = self.folder / f"filler-{len(self.fillers)}"
        self.fillers.append(filler)
        with filler.open("wb", buffering=0) as file:
            for size in (1024**2, 4096, 1):
                try:
                    while True:
                        file.write(b"\1" * size)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise

    @contextmanager
    def full(self) -> Generator[None]:
        self.fill()
        try:
            yield
        finally:
            self.make_room()

    def make_room(self) -> None:
        while self.fillers:
            self.fillers.pop().unlink()


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Generator[SmallDisk]:
    folder = tmp_path_factory.mktemp("disk")
    with mounted(folder, SIZE):
        yield SmallDisk(folder)


@dataclass
class World:
    """A bot whose state is on the small disk, and whose runs go to a cluster that is elsewhere."""

    chaos: Chaos
    disk: SmallDisk
    cluster: Path

    async def connected(self) -> None:
        await until(lambda: self.chaos.slack.socket.connections.usable >= 1)

    async def says(self, text: str) -> None:
        """A person runs the command, or posts a message."""
        name, _, words = text.partition(" ")
        if name == "/raygen":
            body = {"user": "UENGINEER", "channel": CHANNEL, "command": name, "text": words}
            assert (await self.chaos.play.post("command", **body))["ok"]
        else:
            await self.chaos.play.say(text, channel=CHANNEL)

    async def reads(self, user: str, text: str) -> None:
        """Wait until a person alone gets this."""

        async def look() -> bool:
            return any(text in flat(each) for each in self.whispers(user))

        try:
            await until(look, 20)
        except TimeoutError:
            raise AssertionError(f"{self.whispers(user)}\n{self.chaos.bots.logs()[-1500:]}") from None

    def whispers(self, user: str) -> list[Json]:
        return self.chaos.slack.state.ephemerals.seen_by(user, CHANNEL)

    def forget_whispers(self) -> None:
        self.chaos.slack.state.ephemerals.all.clear()

    def threads(self, text: str) -> list[str]:
        """All that threads of raygen's say in which somebody has asked this."""
        messages = self.chaos.slack.state.messages.all_in(CHANNEL)
        roots = [
            each
            for each in messages
            if text in each["text"] and each.get("thread_ts", each["ts"]) == each["ts"]
        ]
        replies = [self.chaos.slack.state.messages.replies(CHANNEL, each["ts"]) for each in roots]
        return [flat({"all": each}) for each in replies if each]

    def begun(self, case: Case) -> int:
        return begun(self.cluster, case.mark)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def here(
    play: Playground, disk: SmallDisk, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[World]:
    target = play.state_dir / "playground" / "target"
    cluster = json.loads((target / "state.json").read_text())
    logs = tmp_path_factory.mktemp("logs")
    async with ModelStandIn(pace=0.1).serve() as model:
        own = {
            "RAYGEN_STATE_DIR": str(disk.folder),
            "RAY_ADDRESS": str(cluster["address"]),
            "RAY_AUTH_TOKEN": str(cluster["token"]),
            "ANTHROPIC_BASE_URL": model.url,
            "RAYGEN_MODEL": "cookbook",
            "RAYGEN_GENERATOR_MODEL": "cookbook",
            "RAYGEN_SNIPPETS": "on",
        }
        database = f"sqlite:///{disk.folder / 'raygen.db'}"
        async with chaos(logs, database, random.Random(1), {"one": own}) as made:
            world = World(made, disk, target / str(cluster["id"]))
            try:
                await made.bots.start("one")
                await world.connected()
                await made.propose(6, "cluster", "full-disk")
                yield world
            finally:
                disk.make_room()


@pytest.mark.parametrize("text", ["/raygen what's 1000 + 1?", "<@URAYGEN> what's 1000 + 1?"])
async def test_a_request_is_refused_in_one_sentence_and_leaves_nothing_behind(here: World, text: str):
    with here.disk.full():
        await here.says(text)
        await here.reads("UENGINEER", FULL)
        assert not here.threads("1000 + 1")
    await here.says(text.replace("+ 1?", "+ 2?"))
    await until(lambda: [each for each in here.threads("1000 + 2") if "1002" in each])
    here.forget_whispers()


@pytest.mark.parametrize("label", ["Dismiss", "Regenerate", "Edit", "Approve & run"])
async def test_a_press_is_refused_in_one_sentence_and_can_be_made_again(here: World, label: str):
    case = here.chaos.cases.pop()
    with here.disk.full():
        card = here.chaos.undecided(case)
        assert card is not None
        assert (await case.thread.click(card, label))["ok"]
        await here.reads("UENGINEER", FULL)
        assert here.chaos.undecided(case) is not None
        assert (await here.chaos.store.proposals.get(case.proposal.id)).status is ProposalStatus.OPEN
    here.forget_whispers()
    before = len(here.chaos.replies(case))
    if label == "Edit":
        assert (await case.thread.submit_edit(card, "print('edited')"))["ok"]
    else:
        assert (await case.thread.click(card, label))["ok"]
    await until(lambda: here.chaos.undecided(case) is None or len(here.chaos.replies(case)) > before)


async def test_a_request_under_way_waits_for_room_and_has_one_answer(here: World):
    await here.says("/raygen what's 1000 + 3?")
    await until(lambda: here.threads("1000 + 3"))
    with here.disk.full():
        await asyncio.sleep(HELD)
    await until(lambda: [each for each in here.threads("1000 + 3") if "1003" in each])
    (thread,) = here.threads("1000 + 3")
    assert thread.count("That gives 1003") <= 2, "a message says it in its text and in its blocks"


async def test_a_run_under_way_waits_for_room_and_has_one_result(here: World):
    case = here.chaos.cases.pop()
    card = here.chaos.undecided(case)
    assert card is not None
    await case.thread.click(card, APPROVE)
    await until(lambda: here.begun(case))
    with here.disk.full():
        await asyncio.sleep(HELD)
    await until(lambda: here.chaos.results(case))
    assert case.answer in flat(here.chaos.results(case)[0])
    assert (here.begun(case), len(here.chaos.results(case))) == (1, 1)


async def test_a_bot_that_starts_on_a_full_disk_says_so_and_goes_on_once_there_is_room(here: World):
    case = here.chaos.cases.pop()
    card = here.chaos.undecided(case)
    assert card is not None
    await case.thread.click(card, APPROVE)
    await until(lambda: here.begun(case))
    await here.chaos.bots.kill("one")
    with here.disk.full():
        await here.chaos.bots.start("one")
        ended = here.chaos.bots.alive["one"]
        async with asyncio.timeout(PATIENCE):
            assert await ended.wait() == 1
        assert FULL in here.chaos.bots.logs().splitlines()[-1]
    await here.chaos.bots.start("one")
    await until(lambda: here.chaos.results(case))
    assert (here.begun(case), len(here.chaos.results(case))) == (1, 1)


async def test_the_local_cluster_on_a_full_disk(tmp_path: Path):
    """Whatever becomes of a run there, its end says what was wrong, and the next one works."""
    small = SmallDisk(tmp_path / "disk")
    small.folder.mkdir()
    with mounted(small.folder, 300 * 1024**2):
        state = small.folder / "state"
        state.mkdir()
        async with running(state) as play:
            thread, card = await play.propose(WRITING)
            assert (await thread.click(card, APPROVE))["ok"]
            await until(lambda: list(state.glob("playground/target/c-*/**/begun")))
            with small.full():
                await asyncio.sleep(2 * HELD)
            end = await thread.ended()
            assert "The local cluster's disk filled up" in flat(end)
            assert end["text"].startswith(":x:")
            again = await play.command("add 3 and 4")
            assert "Result: 7" in (await again.approve_and_wait())["text"]
