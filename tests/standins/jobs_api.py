"""A Ray head that only takes notes: its Jobs API says yes to everything, and what is submitted goes on until it is stopped."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class JobsApi:
    """`submitted` and `stopped` are the jobs' names, each time that one came."""

    url: str = ""
    submitted: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    async def submit(self, request: web.Request) -> web.Response:
        name = str((await request.json())["submission_id"])
        self.submitted.append(name)
        return web.json_response({"job_id": name, "submission_id": name})

    async def stop(self, request: web.Request) -> web.Response:
        self.stopped.append(request.match_info["name"])
        return web.json_response({"stopped": True})

    async def job(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self.submitted:
            return web.json_response({}, status=404)
        return web.json_response({**_JOB, "status": "STOPPED" if name in self.stopped else "RUNNING"})


_JOB: dict[str, Any] = {"type": "SUBMISSION", "start_time": 1, "metadata": {}}


async def _known(_: web.Request) -> web.Response:
    return web.json_response({})


@asynccontextmanager
async def jobs_api() -> AsyncGenerator[JobsApi]:
    """On a port of loopback."""
    api = JobsApi()
    app = web.Application(client_max_size=2**26)
    app.router.add_get("/api/packages/{path:.*}", _known)
    app.router.add_post("/api/jobs/", api.submit)
    app.router.add_post("/api/jobs/{name}/stop", api.stop)
    app.router.add_get("/api/jobs/{name}", api.job)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        api.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield api
    finally:
        await runner.cleanup()
