"""The daily forgetting as a durable workflow: once a day, and DBOS's own records of finished work go too."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from dbos import DBOS

from services.domain.entities import run_id
from tests.fakes import FakeTarget
from tests.integration.lives import approved, ended, process
from tests.waiting import until


@pytest.fixture(autouse=True)
def fresh_registry():
    yield
    DBOS.destroy()


async def test_what_is_over_is_forgotten_once_a_day_and_what_is_open_is_not(tmp_path: Path):
    async with process(tmp_path, [], FakeTarget()) as world:
        over = await approved(world.store, 1)
        await world.flows.begin_run(over)
        await until(lambda: ended(world.store, over))
        await until(lambda: _workflows(f"run:{over}", "SUCCESS"))
        waits = await approved(world.store, 2)
        await asyncio.sleep(0.05)
        # A moment ago is long enough: days are only a unit here.
        for _ in range(3):
            await world.flows.begin_cleaning(0.01 / 86_400)
        await until(lambda: _gone(f"run:{over}"))
        assert await world.store.proposals.find(over) is None
        assert await world.store.runs.find(run_id(over)) is None
        assert await world.store.proposals.find(waits) is not None
        cleaned = await DBOS.list_workflows_async(workflow_id_prefix="clean:")
        assert len(cleaned) == 1


async def _workflows(name: str, status: str) -> bool:
    found = await DBOS.list_workflows_async(workflow_ids=[name])
    return [each.status for each in found] == [status]


async def _gone(name: str) -> bool:
    return not await DBOS.list_workflows_async(workflow_ids=[name])
