"""A cluster's token from Secrets Manager, by boto3."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web

from services.domain.errors import RaygenError, SettingsError, TargetUnavailable
from services.lambdas.secrets import read_token

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:ray-token-AbCdEf"


@dataclass
class SecretsManager:
    answer: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    asked: list[str] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.Response:
        assert request.headers["X-Amz-Target"] == "secretsmanager.GetSecretValue"
        self.asked.append(json.loads(await request.read())["SecretId"])
        return web.json_response(self.answer, status=self.status)


@pytest_asyncio.fixture
async def manager(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[SecretsManager]:
    manager = SecretsManager()
    app = web.Application()
    app.router.add_post("/", manager.serve)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", url)
    yield manager
    await runner.cleanup()


@pytest.mark.parametrize("text", ["t0ken", " t0ken\n", '{"token": "t0ken"}'])
async def test_the_secret_is_a_text_or_an_object(manager: SecretsManager, text: str):
    manager.answer = {"SecretString": text}
    assert await asyncio.to_thread(read_token, ARN) == "t0ken"
    assert manager.asked == [ARN]


@pytest.mark.parametrize(
    ("status", "answer", "kind"),
    [
        (400, {"__type": "ResourceNotFoundException"}, SettingsError),
        (400, {"__type": "AccessDeniedException"}, SettingsError),
        (200, {"SecretBinary": "MQ=="}, SettingsError),
        (200, {"SecretString": '{"other": "x"}'}, SettingsError),
        (500, {"__type": "InternalServiceError"}, TargetUnavailable),
    ],
)
async def test_a_secret_that_can_not_be_had_is_a_sentence(
    manager: SecretsManager, status: int, answer: dict[str, Any], kind: type[RaygenError]
):
    manager.status, manager.answer = status, answer
    with pytest.raises(kind, match="The secret with the cluster token"):
        await asyncio.to_thread(read_token, ARN)
