"""Durable work over a real DBOS and SQLite file: the same cause starts once, and a restart goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from dbos import DBOS
from dbos._dbos import _get_or_create_dbos_registry

from services import workflows
from services.llm.interface import Reply
from services.llm.scripted import ScriptedModel, calls, says
from services.model import PolicyReport
from services.records import ProposalStatus, TaskStatus, run_id
from services.runs import RunDesk
from services.store import Store, open_database
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks import TaskDesk
from services.workflows import Workflows
from tests import builders
from tests.builders import passed
from tests.fakes import FakeTarget, FakeValidator, RecordingNarrator, here


class World:
    def __init__(self, store: Store, replies: list[Reply | Exception], target: FakeTarget) -> None:
        draft = calls("submit_program", title="Add", purpose="Adds.", code="print(3)")
        workshop = Workshop(
            Generator(ScriptedModel([draft] * 9), Profile("g")),
            lambda _: PolicyReport(),
            FakeValidator([passed()] * 9),
        )
        self.store, self.narrator, self.target = store, RecordingNarrator(), target
        self.model = ScriptedModel(replies)
        self.tasks = TaskDesk(
            store, self.narrator, Supervisor(self.model, workshop, "s"), workshop, here(target)
        )
        self.runs = RunDesk(store, self.narrator, here(target))
        self.flows = Workflows(self.tasks, self.runs)


@asynccontextmanager
async def process(path: Path, replies: list[Reply | Exception], target: FakeTarget) -> AsyncGenerator[World]:
    """What one life of the bot's process is to its database."""
    url = f"sqlite:///{path / 'raygen.db'}"
    # A new process starts with an empty registry of instances; this one has to forget its last.
    _get_or_create_dbos_registry().instance_info_map.clear()
    async with open_database(url) as engine, workflows.durable(url, "local"):
        world = World(Store(engine), replies, target)
        workflows.launch()
        await world.flows.resume()
        yield world


@pytest.fixture(autouse=True)
def fresh_registry():
    yield
    DBOS.destroy()


async def until(condition, limit: float = 10) -> None:
    for _ in range(int(limit / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to pass")


async def test_three_deliveries_give_one_task(tmp_path: Path):
    async with process(
        tmp_path, [calls("write_program", request="add"), says("Done.")], FakeTarget()
    ) as world:
        for _ in range(3):
            await world.flows.begin_task(builders.task(), builders.session())

        async def proposed() -> bool:
            tasks = await world.store.tasks.of_session("s_1")
            return bool(tasks) and tasks[0].status is TaskStatus.PROPOSED

        await until(proposed)
        await world.flows.begin_task(builders.task(), builders.session())
        await asyncio.sleep(0.2)
        assert world.narrator.told.count("opened t_1") == 1
        assert len(await world.store.proposals.of_session("s_1")) == 1


async def test_a_task_that_lost_its_process_goes_on_in_the_next(tmp_path: Path):
    begun = asyncio.Event()

    class Hanging(ScriptedModel):
        async def reply(self, **_: object) -> Reply:
            begun.set()
            await asyncio.sleep(60)
            raise AssertionError

    async with process(tmp_path, [], FakeTarget()) as world:
        world.tasks._supervisor._model = Hanging([])
        await world.flows.begin_task(builders.task(), builders.session())
        await asyncio.wait_for(begun.wait(), 10)
        hung = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in hung:
            task.cancel()
        await asyncio.gather(*hung, return_exceptions=True)
    async with process(
        tmp_path, [calls("write_program", request="add"), says("Done.")], FakeTarget()
    ) as world:

        async def proposed() -> bool:
            return (await world.store.tasks.get("t_1")).status is TaskStatus.PROPOSED

        await until(proposed)


async def test_an_approval_without_its_run_is_taken_up_at_the_next_start(tmp_path: Path):
    target = FakeTarget()
    async with process(tmp_path, [calls("write_program", request="add"), says("Done.")], target) as world:
        await world.flows.begin_task(builders.task(), builders.session())

        async def proposed() -> bool:
            return bool(await world.store.proposals.with_status(ProposalStatus.OPEN))

        await until(proposed)
        (proposal,) = await world.store.proposals.of_session("s_1")
        await world.runs.approve(proposal.id, proposal.program.sha256, "UAPPROVER")
    async with process(tmp_path, [], target) as world:

        async def ended() -> bool:
            run = await world.store.runs.find(run_id(proposal.id))
            return run is not None and run.outcome is not None

        await until(ended)
        for _ in range(3):
            await world.flows.begin_run(proposal.id)
        await asyncio.sleep(0.2)
        assert list(target.jobs) == [run_id(proposal.id)]


async def test_an_unforeseen_error_ends_the_task_with_a_sentence_and_an_incident(tmp_path: Path):
    async with process(tmp_path, [KeyError("secret detail")], FakeTarget()) as world:
        await world.flows.begin_task(builders.task(), builders.session())

        async def failed() -> bool:
            tasks = await world.store.tasks.of_session("s_1")
            return bool(tasks) and tasks[0].status is TaskStatus.FAILED

        await until(failed)
        summary = (await world.store.tasks.get("t_1")).summary
        assert "incident" in summary
        assert "secret detail" not in summary
