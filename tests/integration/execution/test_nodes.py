"""A cluster of several nodes: work that spreads, a node lost in mid-run, resources that are not there, a lost head."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from services.execution.interface import Finished, Job, Progress
from services.model import Verdict
from tests.integration.execution.conftest import run, told
from tests.integration.execution.nodes import Farm, farm

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPREADS = """
import time
import ray

@ray.remote(num_cpus=0, resources={"farm": 1})
def work(seconds):
    time.sleep(seconds)
    return ray.get_runtime_context().get_node_id()

print("nodes:", len(set(ray.get([work.remote(SECONDS) for _ in range(2)]))))
"""
ASKS = """
import ray

@ray.remote(num_gpus=4)
def train():
    pass

ray.get(train.remote())
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two_nodes() -> AsyncGenerator[Farm]:
    async with farm(2) as made:
        yield made


async def test_what_can_not_be_placed_is_said(two_nodes: Farm) -> None:
    target = two_nodes.target
    await target.submit(Job("asks", ASKS))
    async with asyncio.timeout(30):
        async for event in target.follow("asks"):
            if isinstance(event, Progress) and event.message == "waiting for 4 GPUs; the cluster has none":
                await target.stop("asks")
            if isinstance(event, Finished):
                assert event.outcome.verdict is Verdict.STOPPED
    body = {"submission_id": "farms", "entrypoint": "exec sleep 60", "entrypoint_resources": {"farm": 2}}
    await two_nodes.api.submit(body)
    async with asyncio.timeout(30):
        async for event in target.follow("farms"):
            if isinstance(event, Progress) and event.message.startswith("waiting for 2 farm"):
                assert event.message == "waiting for 2 farm on one node; no node has more than 1"
                await target.stop("farms")


async def test_a_run_spreads_and_outlives_a_node(two_nodes: Farm) -> None:
    target = two_nodes.target
    assert (await run(target, "spreads", SPREADS.replace("SECONDS", "0.3")))[0] == "nodes: 2\n"
    await target.submit(Job("loses", SPREADS.replace("SECONDS", "2")))
    following = asyncio.create_task(told(target, "loses"))
    async with asyncio.timeout(30):
        while await _working(two_nodes, "loses") < 2:
            await asyncio.sleep(0.1)
    await two_nodes.lose_node()
    text, outcome = await following
    assert text.endswith("nodes: 1\n")
    assert outcome.verdict is Verdict.PASSED
    assert outcome.remarks == (
        "A node of the cluster was lost while this ran.",
        "1 task lost its worker; Ray ran it again.",
    )


async def test_a_lost_head_is_told(two_nodes: Farm) -> None:
    target = two_nodes.target
    await target.submit(Job("beheaded", "import time\nprint('on', flush=True)\ntime.sleep(60)\n"))
    following = asyncio.create_task(told(target, "beheaded"))
    async with asyncio.timeout(30):
        while "on" not in await _log(two_nodes, "beheaded"):
            await asyncio.sleep(0.1)
    await two_nodes.lose_head()
    text, outcome = await following
    assert (text, outcome.verdict) == ("on\n", Verdict.UNAVAILABLE)
    assert "went out of reach while this ran" in (outcome.detail or "")


async def _working(made: Farm, submission_id: str) -> int:
    details = await made.api.job(submission_id)
    counts = await made.api.tasks(details.job_id) if details and details.job_id else ()
    return sum(task.count for task in counts if task.state == "RUNNING")


async def _log(made: Farm, submission_id: str) -> str:
    """What it printed so far, on lines of its own."""
    return (await made.api.whole_log(submission_id)).decode().partition("begin\n")[2]
