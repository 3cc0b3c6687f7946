"""A web server inside the bot's event loop, which leaves signals to the bot."""

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from services.domain.errors import SettingsError

# Streams go on at the next start by asking again; nobody has to wait for their end.
_GRACE = 3
_STARTING = 0.02
_BACKLOG = 128


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp, port: int, host: str = "127.0.0.1", *, lifespan: bool = False
) -> AsyncGenerator[int]:
    """Serve until the context ends; yields the port, which the system chooses for 0.

    With `lifespan` the application starts and ends with it. Raises SettingsError when the port or the address can't be had,
    or the application does not start.
    """
    listening = _bound(host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        lifespan="on" if lifespan else "off",
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=_GRACE,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not running.done():  # noqa: ASYNC110  # uvicorn has no event for it
            await asyncio.sleep(_STARTING)
        if not server.started:
            raise SettingsError("The server didn't start; its log shows why.")
        yield int(listening.getsockname()[1])
    finally:
        server.should_exit = True
        await running


def _bound(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=_BACKLOG
        )
    except OSError as error:
        raise SettingsError(refusal(error, host, port)) from None


def refusal(error: OSError, host: str, port: int) -> str:
    """Why nothing can listen there, as a sentence."""
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} of {host} is already in use. Choose another one, or stop what uses it."
    return f"Port {port} of {host} can't be opened: {error.strerror or error}."
