"""A process that ends in an orderly way leaves what it had in hand to the next one; nothing is taken for failed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from services.domain.entities import TaskStatus
from services.store import Store, open_database
from tests import builders
from tests.databases import database
from tests.fakes import FakeTarget
from tests.integration.lives import World, process
from tests.standins.scripted_model import says
from tests.waiting import until


@pytest.mark.parametrize("failing", [False, True])
@pytest.mark.parametrize("where", ["open", "work", "conclude"])
async def test_a_step_that_ends_after_the_workflows_were_closed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, where: str, *, failing: bool
):
    begun, late = asyncio.Event(), asyncio.Event()

    def hold(world: World) -> None:
        step: Callable[..., object] = getattr(world.tasks, where)

        async def held(*arguments: object) -> object:
            begun.set()
            await late.wait()
            if failing:
                raise RuntimeError("what it needs is closed by now")
            return await step(*arguments)  # type: ignore[misc]

        setattr(world.tasks, where, held)

    task, session = builders.task(), builders.session()
    async with process(tmp_path, [says("Three.")], FakeTarget(), prepare=hold) as world:
        await world.flows.begin_task(task, session)
        await asyncio.wait_for(begun.wait(), 20)
    late.set()
    await asyncio.sleep(1)
    await world.store._engine.dispose()
    assert [each.message for each in caplog.records if each.name.startswith("services")] == []
    async with open_database(database(tmp_path)) as engine:
        found = await Store(engine).tasks.find(task.id)
        assert found is None or found.status is not TaskStatus.FAILED
    async with process(tmp_path, [says("Three.")], FakeTarget()) as world:

        async def answered() -> bool:
            found = await world.store.tasks.find(task.id)
            return found is not None and found.status is TaskStatus.ANSWERED

        await until(answered, 30)
