"""The validation Lambda before a cluster that misbehaves: an answer in time, and one sentence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from bot.lambdas.validation import answered

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def cluster(answer: Answer) -> AsyncGenerator[str]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


def context(seconds: float) -> Any:
    until = time.time() + seconds
    return SimpleNamespace(
        client_context=None, get_remaining_time_in_millis=lambda: int((until - time.time()) * 1000)
    )


async def hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.sleep(60)
    return web.Response()


async def is_broken(_: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def asks_for_a_token(_: web.Request) -> web.StreamResponse:
    return web.Response(status=401)


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        (hangs, "STOPPED", "the cluster did not confirm that it was stopped"),
        (is_broken, "UNAVAILABLE", "answered with error 500"),
        (asks_for_a_token, "UNAVAILABLE", "asks for a token, and none was sent"),
    ],
)
async def test_it_answers_before_its_time_is_up(answer: Answer, status: str, sentence: str):
    async with cluster(answer) as address, asyncio.timeout(3):
        told = await answered({"code": "1", "ray_cluster_ip": address}, context(3), {})
    assert (told["success"], told["status"]) == (False, status)
    assert sentence in told["error"]


async def test_with_no_time_left_nothing_is_begun():
    told = await answered({"code": "1", "ray_cluster_ip": "127.0.0.1:1"}, context(1), {})
    assert "too little time left" in told["error"]


async def test_a_token_that_can_not_be_had_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")
    environment = {"RAYGEN_RAY_TOKEN_SECRET": "arn:aws:secretsmanager:eu-central-1:1:secret:x"}
    told = await answered({"code": "1", "ray_cluster_ip": "127.0.0.1"}, context(30), environment)
    assert (told["success"], told["job_id"]) == (False, None)
    assert told["error"] == "The secret with the cluster's token can't be read right now."
