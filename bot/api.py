"""Health over HTTP, for whatever watches the process: `/healthz` says it lives, `/readyz` what it still lacks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from services.model import Readiness

Readinesses = Callable[[], Awaitable[Sequence[Readiness]]]


@asynccontextmanager
async def serve_health(port: int, parts: Readinesses) -> AsyncGenerator[int]:
    """Serve on loopback; yields the port, which the system chooses for 0."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(_: web.Request) -> web.Response:
        states = await parts()
        missing = {state.part: state.missing for state in states if not state.ready}
        return web.json_response({"ready": not missing, "missing": missing}, status=503 if missing else 200)

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()
