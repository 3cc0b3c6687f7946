"""How short the ways are that docs/architecture.md describes: files run and database reads made, by the whole bot.

Slack and the model are the stand-ins; validation and the target answer at once, so that what they do inside does not count.
`pytest tests/integration/test_short_ways.py --log-cli-level=INFO` prints the files and the reads.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from dbos import DBOS
from dbos._dbos import _get_or_create_dbos_registry
from pydantic import SecretStr
from sqlalchemy import event

from bot import bootstrap
from bot.playground.anthropic.server import ModelStandIn
from bot.playground.slack.server import APP_TOKEN, BOT_TOKEN, SlackStandIn
from bot.runtime.connection import open_connection
from services import workflows
from services.execution.interface import Job
from services.store import Store
from tests import remote
from tests.builders import passed
from tests.contract.slack.people import People, people_at
from tests.fakes import FakeTarget, FakeValidator, here
from tests.waiting import until

_log = logging.getLogger(__name__)
# As docs/architecture.md says.
FILES_OF_A_REQUEST = 118
FILES_OF_A_CLICK = 71
READS_OF_A_CLICK = 16
ROOT = Path(__file__).parents[2]
ROOMS = tuple(f"{ROOT / name}/" for name in ("bot", "handlers", "services"))
STAND_INS = f"{ROOT / 'bot' / 'playground'}/"


@dataclass
class Way:
    """The files whose functions have run, and the SELECTs by what they read from, until it has `ended`."""

    files: set[str] = field(default_factory=set[str])
    reads: Counter[str] = field(default_factory=Counter[str])
    ended: bool = False

    def __str__(self) -> str:
        reads = ", ".join(f"{times} of {table}" for table, times in self.reads.most_common())
        files = "\n  ".join(sorted(name.removeprefix(f"{ROOT}/") for name in self.files))
        return f"{len(self.files)} files, {self.reads.total()} reads ({reads})\n  {files}"

    def call(self, frame: FrameType, what: str, _value: object) -> None:
        name = frame.f_code.co_filename
        if what == "call" and not self.ended and name.startswith(ROOMS) and not name.startswith(STAND_INS):
            self.files.add(name)

    def statement(self, _connection: object, _cursor: object, sql: str, *_more: object) -> None:
        if not self.ended and sql.startswith("SELECT"):
            self.reads[sql.partition(" \nFROM ")[2].split()[0].rstrip(",")] += 1


@contextmanager
def followed(store: Store) -> Generator[Way]:
    way, engine = Way(), store.tasks._engine.sync_engine
    event.listen(engine, "before_cursor_execute", way.statement)
    threading.setprofile(way.call)
    sys.setprofile(way.call)
    try:
        yield way
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        event.remove(engine, "before_cursor_execute", way.statement)


class Submitted(FakeTarget):
    """A way ends with the job that it is given."""

    way: Way | None = None

    async def submit(self, job: Job) -> bool:
        if self.way:
            self.way.ended = True
        return await super().submit(job)


@dataclass
class World:
    slack: SlackStandIn
    people: People
    store: Store
    target: Submitted

    def card(self) -> dict[str, Any] | None:
        """The message with the buttons of a proposal."""
        found = (
            each
            for each in self.slack.state.messages.all_in("CRAY")
            if "proposal_approve" in json.dumps(each)
        )
        return next(found, None)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[World]:
    @asynccontextmanager
    async def given(value: object) -> AsyncGenerator[object]:
        yield value

    target = Submitted()
    monkeypatch.setattr(bootstrap, "validating_here", lambda *_: given(FakeValidator([passed()])))
    _get_or_create_dbos_registry().instance_info_map.clear()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        slack = SlackStandIn()
        people = await enter(people_at(await enter(slack.serve())))
        model = await enter(ModelStandIn(pace=0.0).serve())
        chosen = remote.settings(
            slack, state_dir=tmp_path, anthropic_api_key=SecretStr("sk-test"), anthropic_base_url=model.url
        )
        bot = await enter(bootstrap.assemble(chosen, BOT_TOKEN, here(target)))
        assert bot.app is not None
        workflows.launch()
        await bot.workflows.resume()
        await enter(open_connection(bot.app, APP_TOKEN))
        yield World(slack, people, bot.store, target)


async def at_rest() -> bool:
    return not await DBOS.list_workflows_async(status=["PENDING", "ENQUEUED"])


async def test_the_ways_are_short(world: World):
    with followed(world.store) as asking:
        await world.people.command("estimate pi with 100 tasks")
        card = await until(world.card)
        await until(at_rest)
    with followed(world.store) as approving:
        world.target.way = approving
        press = {"channel": "CRAY", "ts": card["ts"], "action_id": "proposal_approve"}
        await world.people.post("/play/click", user="UENGINEER", **press)
        await until(lambda: approving.ended)
    _log.info("a request: %s", asking)
    _log.info("an approving click: %s", approving)
    assert len(asking.files) <= FILES_OF_A_REQUEST, asking
    assert len(approving.files) <= FILES_OF_A_CLICK, approving
    assert approving.reads.total() <= READS_OF_A_CLICK, approving
    # Three of its own row, and one of the earlier program that its card is compared with.
    assert approving.reads["proposals"] <= 4, approving
