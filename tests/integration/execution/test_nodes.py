"""A cluster of several nodes: work that spreads, a node lost in mid-run, resources that are not there, a lost head."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from bot.settings import load
from bot.wiring.sandboxes import own_validators
from services.domain.destination import Destination
from services.domain.values import EVIDENCE, Program, Verdict
from services.execution.interface import Finished, Job, Output, Progress
from services.policy import check
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.targets.targets import ConfiguredTarget, Targets
from services.validation.cluster import cluster_id
from tests.fakes import FakeTarget, FakeValidator
from tests.integration.execution.conftest import told
from tests.integration.execution.nodes import Farm, farm
from tests.leaks import planted, shown, where
from tests.standins.scripted_model import ScriptedModel
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

SPREADS = """
import time
import ray

@ray.remote(num_cpus=0, resources={"farm": 1})
def work(seconds):
    time.sleep(seconds)
    return ray.get_runtime_context().get_node_id()

print("nodes:", len(set(ray.get([work.remote(1.5) for _ in range(2)]))))
"""
ASKS = """
import ray

@ray.remote(num_gpus=4)
def train():
    pass

ray.get(train.remote())
"""
GPUS = """
# /// script
# [tool.raygen]
# resources = { GPU = 1 }
# ///
import ray

@ray.remote(num_gpus=1, num_cpus=0)
def look():
    return len(ray.get_gpu_ids()), ray.available_resources().get("GPU", 0)

task, left = ray.get(look.remote())
print(f"{ray.cluster_resources()['GPU']:g} GPUs, {task} for the task, {left:g} left")
"""
SECRET = """
import hashlib, os
import ray

@ray.remote(num_cpus=0, resources={"farm": 1})
class Worker:
    def see(self):
        node = ray.get_runtime_context().get_node_id()
        return node, hashlib.sha256(os.environ["PLANTED"].encode()).hexdigest()

workers = [Worker.remote() for _ in range(2)]
seen = ray.get([worker.see.remote() for worker in workers])
print(len({node for node, _ in seen}), *{value for _, value in seen})
"""
GROUPS = """
import ray
from ray.util.placement_group import placement_group

ray.get(placement_group([{"farm": 2}] * 2).ready())
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two_nodes() -> AsyncGenerator[Farm]:
    async with farm(2) as made:
        yield made


async def test_workers_on_other_nodes_have_a_secret_that_is_nowhere_else(two_nodes: Farm) -> None:
    value = planted("nodes")
    await two_nodes.target.submit(Job("secret", SECRET, secrets={"PLANTED": value}))
    text, outcome = await told(two_nodes.target, "secret")
    assert outcome.verdict is Verdict.PASSED, outcome
    assert text == f"2 {hashlib.sha256(value.encode()).hexdigest()}\n"
    assert any(path.name.startswith("session_") for path in two_nodes.cluster.root.rglob("session_*"))
    assert where(value, two_nodes.cluster.root) == []
    assert await shown(value, two_nodes.api) == []


async def test_what_can_not_be_placed_is_said(two_nodes: Farm) -> None:
    body = {"submission_id": "farms", "entrypoint": "exec sleep 60", "entrypoint_resources": {"farm": 2}}
    await two_nodes.target.submit(Job("asks", ASKS))
    await two_nodes.target.submit(Job("groups", GROUPS))
    await two_nodes.api.submit(body)
    waits = (_waits(two_nodes, each) for each in ("asks", "farms", "groups"))
    assert await asyncio.gather(*waits) == [
        "waiting for 4 GPUs; the cluster has 2",
        "waiting for 2 farm on one node; no node has more than 1",
        "waiting for a placement group of 2 × {farm: 2}; the cluster has 2 farm",
    ]


async def test_a_program_is_validated_on_real_gpus_of_its_targets_own_cluster(two_nodes: Farm) -> None:
    place = ConfiguredTarget(FakeTarget(name="gpu"), validation=two_nodes.target)
    own = own_validators(load(), Targets([place]))
    maker = Workshop(Generator(ScriptedModel([]), Profile("g")), check, FakeValidator([]), own_validators=own)
    program = Program("GPUs", "Names its GPUs.", GPUS)
    async with asyncio.timeout(PATIENCE):
        made = await maker.inspect(
            program, _ignored, destination=Destination(target="gpu", own_validation=True)
        )
    found = made.outcome
    assert (found.verdict, found.stdout, found.remarks) == (
        Verdict.PASSED,
        "2 GPUs, 1 for the task, 0 left\n",
        (),
    )
    assert (found.where, found.unknown) == (
        "unsealed, on the validation cluster of the target gpu",
        EVIDENCE,
    )
    assert found.cluster == cluster_id(two_nodes.target.address)


async def _ignored(_: object) -> None:
    """No one is told."""


async def test_a_run_spreads_and_outlives_a_node(two_nodes: Farm) -> None:
    await two_nodes.target.submit(Job("loses", SPREADS))
    following = asyncio.create_task(told(two_nodes.target, "loses"))
    async with asyncio.timeout(PATIENCE):
        while await _working(two_nodes, "loses") < 2:
            await asyncio.sleep(0.1)
    await two_nodes.lose_node()
    text, outcome = await following
    assert text.endswith("nodes: 1\n"), "what began on two ended on the one that was left"
    assert outcome.verdict is Verdict.PASSED
    assert outcome.remarks == (
        "A node of the cluster was lost while this ran.",
        "1 task lost its worker; Ray ran it again.",
    )


async def test_a_lost_head_is_told(two_nodes: Farm) -> None:
    await two_nodes.target.submit(Job("beheaded", "import time\nprint('on', flush=True)\ntime.sleep(60)\n"))
    async with asyncio.timeout(PATIENCE):
        async for event in two_nodes.target.follow("beheaded"):
            if isinstance(event, Output):
                await two_nodes.lose_head()
            if isinstance(event, Finished):
                assert event.outcome.stdout == "on\n"
                assert event.outcome.verdict is Verdict.UNAVAILABLE
                assert "has not responded for" in (event.outcome.detail or "")


async def _waits(made: Farm, submission_id: str) -> str:
    """What it is said to wait for."""
    async with asyncio.timeout(PATIENCE):
        async for event in made.target.follow(submission_id):
            if isinstance(event, Progress) and event.message.startswith("waiting"):
                await made.target.stop(submission_id)
                return event.message
    raise AssertionError(submission_id)


async def _working(made: Farm, submission_id: str) -> int:
    details = await made.api.job(submission_id)
    counts = await made.api.tasks(details.job_id) if details and details.job_id else ()
    return sum(task.count for task in counts if task.state == "RUNNING")
