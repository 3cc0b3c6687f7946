"""Assembles the server from the settings, and serves it."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from mcp.server.mcpserver import MCPServer
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp

from bot.api.same_machine import on_this_machine
from bot.api.server import serving
from bot.mcp_server import envelope, tokens
from bot.mcp_server.guard import Guard
from bot.mcp_server.tools import Hands, server
from bot.runtime.signals import on_signals
from bot.settings import Settings
from bot.wiring.clusters import configured
from bot.wiring.data import NOBODY, supplies
from bot.wiring.environments import packages
from bot.wiring.files import artifact_store, shares_artifacts
from bot.wiring.sandboxes import computing, validating
from services.domain.errors import SettingsError
from services.domain.parameters import Given
from services.domain.projects import plain
from services.policy import Policy
from services.store import Store, open_database
from services.tasks.admission import Admission
from services.usecases.submissions import Submissions
from services.validation.examine import Examined, examine
from services.validation.interface import ValidationLease, Validator
from services.workflows import Doorbell

_log = logging.getLogger(__name__)
# Beside a validation: its turn, and the bot's own steps, in seconds.
_PATIENCE = 60.0


async def stdio(settings: Settings) -> None:
    """Serve one client on standard input and output until it goes."""
    async with assembled(settings) as made:
        await made.run_stdio_async()


async def http(settings: Settings, host: str, port: int) -> None:
    """Serve streamable HTTP at `/mcp` until a signal asks for the end. Raises SettingsError."""
    holders = tokens.Holders(settings.tokens) if settings.tokens else None
    if holders is None and not on_this_machine(host):
        raise SettingsError(
            f"raygen mcp on {host} is reachable from other machines, which requires RAYGEN_API_TOKENS."
        )
    ended = on_signals()
    async with (
        assembled(settings, holders) as made,
        serving(web(made, holders, host), port, host, lifespan=True) as chosen,
    ):
        _log.info("serving MCP at http://%s:%d/mcp", host, chosen)
        await ended.wait()


def web(made: MCPServer[None], holders: tokens.Holders | None, host: str = "127.0.0.1") -> ASGIApp:
    """The server as an ASGI application, behind `Guard` rather than mcp's own checks of where a request comes from."""
    unchecked = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    limit = envelope.LIMIT
    app = made.streamable_http_app(host=host, max_request_body_size=limit, transport_security=unchecked)
    return Guard(app, holders)


@asynccontextmanager
async def assembled(
    settings: Settings, holders: tokens.Holders | None = None
) -> AsyncGenerator[MCPServer[None]]:
    """The server with all that it needs, closed at the end. Raises SettingsError."""
    async with AsyncExitStack() as stack:
        validator = await stack.enter_async_context(validating(settings))
        snippets = await stack.enter_async_context(computing(settings))
        submissions = await stack.enter_async_context(_submissions(settings))
        yield server(Hands(_Examination(settings, validator), snippets, submissions), holders)


class _Examination:
    def __init__(self, settings: Settings, validator: Validator) -> None:
        self._check = Policy(settings.policy).check
        self._validator = validator
        self._packages = packages(settings)
        self._supplies = supplies(settings, list(configured(settings)), NOBODY)

    async def __call__(self, code: str, given: Given) -> Examined:
        async with AsyncExitStack() as stack:

            async def lease() -> ValidationLease:
                return await stack.enter_async_context(self._validator.lease())

            converted = await plain(code)
            examined = await examine(
                converted.code,
                self._check,
                lease,
                (),
                given,
                packages=self._packages,
                supplies=self._supplies,
            )
            return examined.noted(converted.note)


@asynccontextmanager
async def _submissions(settings: Settings) -> AsyncGenerator[Submissions]:
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    async with open_database(settings.database) as engine:
        store = Store(engine, artifact_store(settings), shared=shares_artifacts(settings))
        admission = Admission(store, limits=settings.limits, teams=None)
        yield Submissions(
            store=store,
            doorbell=Doorbell(settings.database, store.requests),
            admission=admission,
            channel=settings.mcp_channel,
            user=settings.mcp_user,
            timeout=settings.validation_wall + _PATIENCE,
        )
