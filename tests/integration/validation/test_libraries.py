"""What Ray's libraries want of a cluster beside tasks and actors is there in the seal."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from importlib.util import find_spec

import pytest
import pytest_asyncio

from services.domain.values import Outcome
from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.pool import PoolSettings, open_validator

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(400)]
LIMITS = ValidationLimits(wall=120)

SERVED = """
import requests
from ray import serve
from starlette.requests import Request

@serve.deployment(num_replicas=2, ray_actor_options={"num_cpus": 1})
class Scorer:
    def __init__(self, weight):
        self.weight = weight

    async def __call__(self, request: Request):
        return {"score": self.weight * (await request.json())["x"]}

serve.run(Scorer.bind(2.5), route_prefix="/score")
print(requests.post("http://localhost:8000/score", json={"x": 4}, timeout=30).json())
"""
STATES = """
import time
import ray
from ray.util.state import get_actor, list_actors, list_nodes, list_tasks

@ray.remote
class Counter:
    def count(self):
        return 1

ray.init()
counter = Counter.remote()
ray.get(counter.count.remote())
limit = time.monotonic() + 30
while not any((task.name, task.state) == ("Counter.count", "FINISHED") for task in list_tasks()):
    assert time.monotonic() < limit
    time.sleep(0.1)
print([(actor.class_name, actor.state) for actor in list_actors()], len(list_nodes()))
print(get_actor(counter._actor_id.hex()).state)
"""
JOBS = """
import ray
from ray.job_submission import JobSubmissionClient
ray.init()
JobSubmissionClient("http://127.0.0.1:8265")
"""
TORCH = """
import os
import torch
from ray import train
from ray.train import Checkpoint, RunConfig, ScalingConfig
from ray.train.torch import TorchTrainer, prepare_model

def loop(config):
    model = prepare_model(torch.nn.Linear(1, 1))
    loss = model(torch.ones(8, 1)).sum()
    loss.backward()
    context = train.get_context()
    folder = f"state-{context.get_world_rank()}"
    os.makedirs(folder)
    torch.save(model.state_dict(), f"{folder}/model.pt")
    train.report({"workers": context.get_world_size()}, checkpoint=Checkpoint.from_directory(folder))

storage = RunConfig(storage_path=os.path.abspath("outputs"))
trainer = TorchTrainer(loop, scaling_config=ScalingConfig(num_workers=2), run_config=storage)
print(trainer.fit().metrics)
"""
COLLECTIVE = """
import ray, torch
from ray.util import collective

@ray.remote
class Member:
    def __init__(self, rank):
        self.rank = rank

    def join(self):
        collective.init_collective_group(2, self.rank, backend="gloo", group_name="both")

    def reduce(self):
        tensor = torch.ones(2) * (self.rank + 1)
        collective.allreduce(tensor, group_name="both")
        return tensor.tolist()

members = [Member.remote(rank) for rank in range(2)]
ray.get([member.join.remote() for member in members])
print(ray.get([member.reduce.remote() for member in members]))
"""
PPO = """
from ray.rllib.algorithms.ppo import PPOConfig
algorithm = (
    PPOConfig()
    .environment("CartPole-v1")
    .env_runners(num_env_runners=1)
    .training(train_batch_size_per_learner=200, minibatch_size=64, num_epochs=1)
    .build_algo()
)
print([algorithm.train()["training_iteration"] for _ in range(2)])
algorithm.stop()
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def lease() -> AsyncGenerator[ValidationLease]:
    async with open_validator(PoolSettings(limits=LIMITS)) as opened, opened.lease() as leased:
        yield leased


async def tried(lease: ValidationLease, code: str) -> Outcome:
    return await lease.validate(code, limits=LIMITS)


async def test_an_application_of_serve_is_called_over_http(lease: ValidationLease):
    outcome = await tried(lease, SERVED)
    assert (outcome.stdout, outcome.unknown) == ("{'score': 10.0}\n", ()), outcome
    assert outcome.resources == {"CPU": 1.0}
    assert outcome.touched.refused == ()


async def test_the_state_of_tasks_and_actors_is_there(lease: ValidationLease):
    outcome = await tried(lease, STATES)
    assert outcome.stdout == "[('Counter', 'ALIVE')] 1\nALIVE\n", outcome


async def test_what_else_a_dashboard_has_is_refused_by_a_sentence(lease: ValidationLease):
    outcome = await tried(lease, JOBS)
    assert outcome.failure is not None, outcome
    assert "has Ray's state API, but not its dashboard or its Jobs API" in outcome.failure.message


@pytest.mark.parametrize(
    ("code", "needs", "printed"),
    [
        (TORCH, ("torch",), "{'workers': 2}\n"),
        (COLLECTIVE, ("torch",), "[[3.0, 3.0], [3.0, 3.0]]\n"),
        (PPO, ("torch", "gymnasium"), "[1, 2]\n"),
    ],
    ids=["train", "collective", "rllib"],
)
async def test_libraries_work_with_torch_where_it_is_installed(
    lease: ValidationLease, code: str, needs: tuple[str, ...], printed: str
):
    if missing := [name for name in needs if find_spec(name) is None]:
        pytest.skip(f"{', '.join(missing)} not installed")
    outcome = await tried(lease, code)
    assert outcome.stdout == printed, outcome
    assert outcome.touched.refused == ()
