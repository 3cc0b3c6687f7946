"""The validation Lambda by its handler in real `awslambdaric`, on a real cluster: raygen's way by boto3, and others' events."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from yarl import URL

from services.domain.values import InputFile, Verdict
from services.execution.api import RayApi
from services.execution.embedded import EmbeddedTarget
from services.lambdas.function import Function
from services.lambdas.validation import LambdaValidator
from services.validation.interface import ValidationLimits
from tests.contract.lambdas.conftest import credentials  # noqa: F401  # for boto3 here, too
from tests.standins.lambda_service import LambdaService, lambda_service
from tests.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="session")
HANDLER = "bot.lambdas.validation.handler"
ADDS = """
import ray
ray.init()

@ray.remote
def add(a, b):
    return a + b

print("sum:", ray.get(add.remote(1, 2)))
"""


@dataclass
class Place:
    service: LambdaService
    cluster: EmbeddedTarget

    def function(self, name: str = "validate") -> Function:
        return Function(name, endpoint=self.service.url)

    async def ask(self, **event: Any) -> dict[str, Any]:
        return await self.function().invoke(event)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def place(embedded: EmbeddedTarget) -> AsyncGenerator[Place]:
    async with lambda_service() as service:
        told = {"RAY_AUTH_TOKEN": embedded.token or ""}
        service.deploy("validate", HANDLER, environment=told, timeout=60)
        yield Place(service, embedded)


async def test_an_event_of_others_runs_on_the_cluster_that_it_names(place: Place):
    code = ADDS + "#" * 2_000_000
    told = await place.ask(code=code, ray_cluster_ip=f"127.0.0.1:{URL(place.cluster.address).port}")
    assert told.pop("job_id").startswith("raygen-validation-")
    assert told == {"success": True, "status": "SUCCEEDED", "output": "sum: 3\n", "error": None}


async def test_a_failure_is_told_whole(place: Place):
    code = "def f():\n    raise ValueError('no')\nprint('before')\nf()"
    told = await place.ask(arguments={"code": code, "ray_cluster_ip": place.cluster.address})
    assert (told["success"], told["status"]) == (False, "FAILED")
    assert told["error"] == "ValueError: no (line 2)"
    assert told["output"].startswith("before\nTraceback (most recent call last):")


async def test_for_raygen_it_is_a_validator_like_others(place: Place):
    code = ADDS + "open('outputs/a.txt', 'w').write(open('in.csv').read())\n6 * 7"
    validator = LambdaValidator(place.function(), address=place.cluster.address)
    async with validator as opened, opened.lease(inputs=[InputFile("in.csv", b"1,2")]) as lease:
        outcome = await lease.validate("import os\nos.makedirs('outputs', exist_ok=True)" + code)
        await until(lambda: opened.readiness().ready)
    assert (outcome.verdict, outcome.value, outcome.where) == (Verdict.PASSED, "42", "by the Lambda validate")
    assert [artifact.content for artifact in outcome.artifacts] == [b"1,2"]
    assert {task.name for task in outcome.tasks} == {"add"}


async def test_what_never_ends_is_stopped_and_told_before_the_functions_time_is_up(place: Place):
    told = {"RAY_AUTH_TOKEN": place.cluster.token or "", "RAY_ADDRESS": place.cluster.address}
    place.service.deploy("short", HANDLER, environment=told, timeout=25)
    event = {"code": "import time\nprint('begun', flush=True)\ntime.sleep(600)"}
    answer = await place.function("short").invoke(event)
    assert (answer["success"], answer["status"], answer["output"]) == (False, "STOPPED", "begun\n")
    async with aclosing(RayApi(place.cluster.address, token=place.cluster.token)) as api:
        job = await api.job(answer["job_id"])
    assert job is not None
    assert job.ended


async def test_a_wrong_token_and_a_cluster_that_is_not_there_are_sentences(
    place: Place, unused_tcp_port: int
):
    place.service.deploy("stranger", HANDLER, environment={"RAY_AUTH_TOKEN": "wrong"})
    validator = LambdaValidator(
        place.function("stranger"), address=place.cluster.address, limits=ValidationLimits(wall=20)
    )
    async with validator as opened, opened.lease() as lease:
        outcome = await lease.validate("1")
    assert outcome.verdict is Verdict.UNAVAILABLE
    assert "wrong or has expired" in (outcome.detail or "")
    nobody = await place.ask(code="1", ray_cluster_ip=f"127.0.0.1:{unused_tcp_port}")
    assert (nobody["success"], nobody["status"]) == (False, "UNAVAILABLE")
    assert "can't be reached" in nobody["error"]


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ({"code": "1"}, "has no `ray_cluster_ip`, and RAY_ADDRESS isn't set in this function"),
        ({"code": "1", "ray_cluster_ip": "a b"}, "'a b' isn't a Ray cluster address"),
        ({"ray_cluster_ip": "10.0.0.1"}, "The event has no `code`."),
        ({"code": "1", "ray_cluster_ip": "a", "files": {"x.csv": "!"}}, "The file 'x.csv' is not base64."),
        ({"code": "1", "ray_cluster_ip": "a", "files": {"../x": "MQ=="}}, "x"),
    ],
)
async def test_a_bad_event_is_one_sentence_and_runs_nothing(
    place: Place, event: dict[str, Any], sentence: str
):
    told = await place.ask(**event)
    assert (told["success"], told["job_id"], told["status"]) == (False, None, "REFUSED")
    assert sentence in told["error"]
