"""Health over HTTP, for whatever watches the process: `/healthz` says it lives, `/readyz` what it still lacks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.domain.values import Readiness

Readinesses = Callable[[], Awaitable[Sequence[Readiness]]]


async def missing(parts: Readinesses) -> dict[str, str]:
    """What can't work now, a sentence for each part; empty when all is well."""
    return {state.part: state.missing for state in await parts() if not state.ready}


def routes(parts: Readinesses) -> list[Route]:
    """Both, as any Starlette application takes them."""

    async def healthz(_: Request) -> JSONResponse:
        return JSONResponse({"ok": True})

    async def readyz(_: Request) -> JSONResponse:
        lacking = await missing(parts)
        return JSONResponse({"ready": not lacking, "missing": lacking}, status_code=503 if lacking else 200)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]


def application(parts: Readinesses) -> Starlette:
    """Health alone, for a bot that serves nothing else."""
    return Starlette(routes=routes(parts))
