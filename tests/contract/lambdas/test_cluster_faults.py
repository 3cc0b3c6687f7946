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
from tests.waiting import PATIENCE

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


async def hangs_on(request: web.Request) -> web.StreamResponse:
    """Takes the job, and is not heard of again."""
    return web.json_response({}) if "packages" in request.path or _submits(request) else await hangs(request)


def _submits(request: web.Request) -> bool:
    return request.method == "POST" and request.path == "/api/jobs/"


async def talks_of_other_things(_: web.Request) -> web.StreamResponse:
    return web.json_response(["neither", "this", "nor", "that"])


async def is_busy(_: web.Request) -> web.StreamResponse:
    return web.Response(status=429)


async def is_broken(_: web.Request) -> web.StreamResponse:
    return web.Response(status=500)


async def asks_for_a_token(_: web.Request) -> web.StreamResponse:
    return web.Response(status=401)


@pytest.mark.parametrize(
    ("answer", "status", "sentence"),
    [
        (hangs, "UNAVAILABLE", "did not confirm in time that it runs the program"),
        (hangs_on, "UNAVAILABLE", "the cluster did not confirm that it was stopped"),
        (talks_of_other_things, "UNAVAILABLE", "isn't a Ray cluster"),
        (is_busy, "UNAVAILABLE", "is busy"),
        (is_broken, "UNAVAILABLE", "answered with error 500"),
        (asks_for_a_token, "UNAVAILABLE", "requires a token, and none is set"),
    ],
)
async def test_it_answers_before_its_time_is_up(answer: Answer, status: str, sentence: str):
    async with cluster(answer) as address, asyncio.timeout(3):
        reported = await answered({"code": "1", "ray_cluster_ip": address}, context(3), {})
    assert (reported["success"], reported["status"]) == (False, status)
    assert sentence in reported["error"]


async def test_with_no_time_left_nothing_is_begun():
    reported = await answered({"code": "1", "ray_cluster_ip": "127.0.0.1:1"}, context(1), {})
    assert "too little time left" in reported["error"]


async def test_a_token_that_can_not_be_had_is_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:1")
    environment = {"RAYGEN_RAY_TOKEN_SECRET": "arn:aws:secretsmanager:eu-central-1:1:secret:x"}
    reported = await answered({"code": "1", "ray_cluster_ip": "127.0.0.1"}, context(30), environment)
    assert (reported["success"], reported["job_id"]) == (False, None)
    assert reported["error"] == "The secret with the cluster token can't be read right now."


async def test_a_job_that_may_have_been_taken_is_stopped():
    seen: list[str] = []

    async def breaks_off(request: web.Request) -> web.StreamResponse:
        seen.append(f"{request.method} {request.path}")
        if not _submits(request):
            return web.json_response({"status": "RUNNING", "stopped": True})
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async with cluster(breaks_off) as address, asyncio.timeout(PATIENCE):
        reported = await answered({"code": "1", "ray_cluster_ip": address}, context(10), {})
    assert (reported["success"], reported["status"]) == (False, "UNAVAILABLE")
    assert "can't be reached" in reported["error"]
    assert [each for each in seen if each.startswith("POST /api/jobs/raygen-")]
    assert seen.count("POST /api/jobs/") <= 2, "once for the program, once to have it swept"
