"""`raygen agentcore`: the supervisor in the server that AgentCore calls, assembled for each request's terms."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import uvicorn

from bot import settings as settings_module
from bot.api.server import refusal
from bot.settings import Settings
from bot.wiring.agents import Agents, SharedAccess, local_agents, open_shared
from bot.wiring.environments import environments
from bot.wiring.sandboxes import validating
from services.agentcore.hosting import BEAT, Host, application
from services.agentcore.wire import SupervisorSettings
from services.domain.errors import SettingsError
from services.policy import Policy
from services.validation.interface import Validator

_log = logging.getLogger(__name__)
_LAST_WORDS = 2


async def run(settings: Settings, *, host: str | None, port: int) -> None:
    """Serve until a signal asks for the end. Raises SettingsError."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with serving(settings, host=host or _everywhere_in_a_container(), port=port) as url:
        _log.info("the supervisor is at %s", url)
        await ended.wait()


@asynccontextmanager
async def serving(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    beat: float = BEAT,
    validator: Validator | None = None,
) -> AsyncGenerator[str]:
    """Serve; yields the address, with the port that the system chooses for 0. `validator` replaces the chosen one."""
    access = settings_module.require_model(settings)
    async with AsyncExitStack() as stack:
        shared = await stack.enter_async_context(open_shared(settings, access))
        standing = validator or await stack.enter_async_context(_standing(settings))
        staff = Staff(settings, shared, standing)
        hosting = Host(staff.on, beat=beat)
        stack.push_async_callback(hosting.close)
        try:
            listening = stack.enter_context(socket.create_server((host, port)))
        except OSError as error:
            raise SettingsError(refusal(error, host, port)) from None
        await stack.enter_async_context(_served(application(hosting), listening))
        yield f"http://{host}:{listening.getsockname()[1]}"


class Staff:
    """Makes the agents of a request by this process's settings and the request's terms."""

    def __init__(self, settings: Settings, shared: SharedAccess, standing: Validator | None) -> None:
        self._settings = settings
        self._shared = shared
        self._standing = standing

    @asynccontextmanager
    async def on(self, terms: SupervisorSettings) -> AsyncGenerator[Agents]:
        """Raises SettingsError for terms that this process can't work on."""
        settings = applied(terms, self._settings)
        async with AsyncExitStack() as stack:
            elsewhere = settings.validation_address != self._settings.validation_address
            validator = self._standing
            if validator is None or (elsewhere and settings.validation != "sealed"):
                validator = await stack.enter_async_context(validating(settings))
            check = Policy(settings.policy).check
            yield local_agents(settings, self._shared, check, validator, environments(settings))


def applied(terms: SupervisorSettings, settings: Settings) -> Settings:
    """These settings on a request's terms.

    A token for validation goes to the cluster that it was set for, not to another that a request names.
    """
    own, asked = settings.validation_address, terms.ray_cluster_ip or settings.validation_address
    changed: dict[str, Any] = {
        **dict(terms),
        "validation_address": asked,
        "validation_token": settings.validation_token if own in {None, asked} else None,
    }
    del changed["ray_cluster_ip"]
    return settings.model_copy(update=changed)


@asynccontextmanager
async def _standing(settings: Settings) -> AsyncGenerator[Validator | None]:
    """The validator that requests share; None where each names its own cluster."""
    if settings.validation != "sealed" and settings.validation_address is None:
        yield None
        return
    async with validating(settings) as validator:
        yield validator


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Signals are the process's business, and it may have more to do than to serve."""
        yield


@asynccontextmanager
async def _served(app: Any, listening: socket.socket) -> AsyncGenerator[None]:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_LAST_WORDS,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _everywhere_in_a_container() -> str:
    contained = Path("/.dockerenv").exists() or os.environ.get("DOCKER_CONTAINER")
    return "0.0.0.0" if contained else "127.0.0.1"
