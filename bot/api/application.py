"""All that `raygen serve` serves, as one ASGI application."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import FastAPI
from starlette.routing import Route

from bot.api import errors, health, routes, wire
from bot.api.health import Readinesses
from bot.api.limits import BodyLimit
from bot.api.service import ApiService
from bot.api.tokens import Tokens
from bot.deploy.manifest import EVENTS

_ABOUT = """
Turns a sentence into a Ray program, proves it in a sealed cluster, and runs it once somebody who may has approved.

A `session_id` is any text of yours, and the conversation that goes by it: later requests know the earlier ones.
Work that was accepted goes on whatever becomes of the connection; the same `Idempotency-Key` finds it again.
With `Accept: text/event-stream` the answer is a stream of events: `progress`, `run`, and at last `result` or `error`.
"""


def application(
    service: ApiService, tokens: Tokens, parts: Readinesses, slack: Sequence[Route] = ()
) -> FastAPI:
    """The API, health, and what is for Slack where there is Slack."""
    app = FastAPI(
        title="raygen",
        version=version("raygen"),
        description=_ABOUT,
        responses={
            "default": {"model": wire.Failed, "description": "The request failed; the message says why."}
        },
        redirect_slashes=False,
    )
    app.state.service, app.state.tokens, app.state.parts = service, tokens, parts
    errors.register(app)
    app.add_middleware(BodyLimit, limit=wire.BODY_LIMIT, others={EVENTS})
    app.include_router(routes.router)
    app.router.routes.extend(health.routes(parts))
    app.router.routes.extend(slack)
    return app
