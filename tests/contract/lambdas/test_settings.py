"""Lambdas by settings: what is chosen, what is missing, and what `raygen doctor` finds."""

from __future__ import annotations

import pytest
from aiohttp import web

from bot.doctor.report import as_table
from bot.doctor.sandboxes import snippets, validation
from bot.settings import Settings, load
from bot.wiring.sandboxes import function, validating
from services.domain.errors import SettingsError
from services.lambdas.validation import LambdaValidator
from tests.contract.lambdas.test_cluster_faults import cluster
from tests.standins.lambda_service import LambdaService

pytestmark = pytest.mark.asyncio(loop_scope="module")


def chosen(service: LambdaService, name: str = "validate") -> Settings:
    return load(
        validation="lambda",
        snippets="lambda",
        validation_lambda=name,
        snippets_lambda="snippets",
        lambda_url=service.url,
        aws_region="eu-central-1",
    )


async def test_the_validator_is_the_lambdas(service: LambdaService):
    async with validating(chosen(service)) as validator:
        assert isinstance(validator, LambdaValidator)


async def test_a_lambda_needs_a_name():
    with pytest.raises(SettingsError, match="RAYGEN_VALIDATION=lambda requires RAYGEN_VALIDATION_LAMBDA"):
        async with validating(load(validation="lambda")):
            pass
    with pytest.raises(SettingsError, match="RAYGEN_SNIPPETS=lambda requires RAYGEN_SNIPPETS_LAMBDA"):
        function(load(), "SNIPPETS", "")


async def test_doctor_looks_and_runs_nothing(service: LambdaService):
    service.deploy("validate", "nothing.handler", timeout=120)
    service.deploy("snippets", "nothing.handler", timeout=3)
    settings = chosen(service)
    table = as_table([await validation(settings), *await snippets(settings)])
    assert "ok  validation the Lambda validate, with 120 s and 1024 MB (not invoked)" in table
    assert "NO  snippets   the Lambda snippets, with 3 s and 1024 MB" in table
    assert "Raise its timeout to 45 s: raygen's own limit is 30 s." in table
    missing = await validation(chosen(service, "missing"))
    assert missing.advice == "There is no Lambda missing. Check its name and AWS_REGION."
    assert not service.invocations
    assert await snippets(load(snippets="on")) == []


@pytest.mark.parametrize("body", [b'["neither", "nor"]', b'{"FunctionNa'], ids=["another shape", "half"])
async def test_doctor_does_not_take_anything_for_a_lambda(body: bytes):
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json")

    async with cluster(answer) as address:
        found = await validation(
            load(validation="lambda", validation_lambda="validate", lambda_url=f"http://{address}")
        )
    assert not found.ok
    assert "an unexpected response" in found.advice
