"""The bot's open Socket Mode connections, and the tickets that open them."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiohttp import web

from bot.playground.slack.rules import Rules
from bot.playground.slack.state import State
from bot.playground.slack.workspace import APP

Json = dict[str, Any]


class Connection:
    def __init__(self, number: int, socket: web.WebSocketResponse) -> None:
        self.number = number
        self.socket = socket
        self.draining = False
        self._outgoing: asyncio.Queue[Json] = asyncio.Queue()

    def send(self, frame: Json) -> None:
        self._outgoing.put_nowait(frame)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[None]:
        """Frames go out, in order, while this is open."""
        writer = asyncio.create_task(self._write())
        try:
            yield
        finally:
            writer.cancel()
            with suppress(asyncio.CancelledError):
                await writer

    async def _write(self) -> None:
        while True:
            frame = await self._outgoing.get()
            # A connection that died is noticed, and its envelopes requeued, by the reading side.
            with suppress(ConnectionError):
                await self.socket.send_str(json.dumps(frame))


class Connections:
    def __init__(self, state: State, rules: Rules) -> None:
        self._state = state
        self._rules = rules
        self._open: list[Connection] = []
        self._turn = 0
        self._tickets: dict[str, float] = {}
        self._closers: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def usable(self) -> int:
        """Connections that take envelopes."""
        return sum(not one.draining for one in self._open)

    def ticket(self) -> str:
        """The URL of one connection to come."""
        ticket = secrets.token_urlsafe(16)
        now = time.monotonic()
        self._tickets = {key: until for key, until in self._tickets.items() if until > now}
        self._tickets[ticket] = now + self._rules.ticket_expiry
        base = self._state.address.base.replace("http", "ws", 1)
        return f"{base}/link/?ticket={ticket}&app_id={APP}"

    def redeem(self, ticket: str) -> bool:
        return self._tickets.pop(ticket, 0.0) > time.monotonic()

    def add(self, connection: Connection) -> None:
        self._open.append(connection)
        connection.send(
            {
                "type": "hello",
                "num_connections": len(self._open),
                "connection_info": {"app_id": APP},
                "debug_info": {
                    "host": "applink-playground",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
            }
        )
        self._publish()

    def remove(self, connection: Connection) -> None:
        self._open.remove(connection)
        self._publish()

    def next(self) -> Connection | None:
        """Round robin over the connections that take envelopes."""
        ready = [one for one in self._open if not one.draining]
        if not ready:
            return None
        self._turn += 1
        return ready[self._turn % len(ready)]

    def drain(self, reason: str) -> int:
        """Tell all to reconnect; those still there after the grace are closed."""
        active = [one for one in self._open if not one.draining]
        for connection in active:
            connection.draining = reason != "warning"
            connection.send(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-playground"}}
            )
            if connection.draining:
                closer = asyncio.create_task(self._close_later(connection))
                self._closers.add(closer)
                closer.add_done_callback(self._closers.discard)
        self._publish()
        return len(active)

    async def close(self) -> None:
        """Leave all connections as a server going away does."""
        for closer in list(self._closers):
            closer.cancel()
        for connection in list(self._open):
            await connection.socket.close(code=1001, message=b"going away")

    async def _close_later(self, connection: Connection) -> None:
        await asyncio.sleep(self._rules.disconnect_grace)
        if not connection.socket.closed:
            await connection.socket.close()

    def _publish(self) -> None:
        self._state.feed.publish("connection", connected=self.usable > 0, connections=self.usable)
