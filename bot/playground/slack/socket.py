"""Socket Mode: hands each envelope to one of the bot's connections and waits for its acknowledgement."""

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.slack.connections import Connection, Connections
from bot.playground.slack.rules import Rules
from bot.playground.slack.state import State
from bot.playground.slack.state.envelopes import EnvelopeType

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """The bot's acknowledgement: its payload if it sent one, and the seconds since dispatch."""

    envelope_id: str
    payload: Json | None
    seconds: float


class Unanswered(Exception):
    """The bot did not acknowledge in time; `code` is what Slack shows the user."""

    def __init__(self, code: str, envelope_id: str) -> None:
        super().__init__(code)
        self.code = code
        self.envelope_id = envelope_id


class Socket:
    """One workspace's events, on the app's connections, which it shares with the other workspaces, its `peers`."""

    def __init__(self, state: State, rules: Rules, peers: "list[Socket] | None" = None) -> None:
        self._peers: list[Socket] = [] if peers is None else peers
        self._peers.append(self)
        self._state = state
        self._rules = rules
        self._envelopes = state.envelopes
        self._envelopes.on_added = self._wake
        self._waiting: dict[str, asyncio.Future[Json | None]] = {}
        self._carriers: dict[str, Connection] = {}
        self._timers: set[asyncio.TimerHandle] = set()
        self._numbers = count(1)
        self._closed = False
        self._connected = asyncio.Event()
        self.connections = Connections(state, rules)

    # --- towards the bot

    async def ask(self, kind: EnvelopeType, payload: Json) -> Reply:
        """Send a command or an interaction; the acknowledgement, or `Unanswered` after 3 seconds."""
        started = time.perf_counter()
        future: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        envelope = self._envelopes.add(kind, payload, accepts=True)
        self._waiting[envelope["id"]] = future
        try:
            answer = await asyncio.wait_for(future, self._rules.ack_timeout)
        except TimeoutError:
            code = "operation_timeout" if envelope["attempts"] else "dispatch_failed"
            self._envelopes.save(envelope | {"state": "failed"})
            raise Unanswered(code, envelope["id"]) from None
        finally:
            self._waiting.pop(envelope["id"], None)
        return Reply(envelope["id"], answer, time.perf_counter() - started)

    async def connected(self) -> None:
        """Wait until the bot is connected, at most as long as the rules say."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._rules.connection_wait):
                while not any(peer.connections.usable for peer in self._peers):
                    self._connected.clear()
                    await self._connected.wait()

    def redeliver(self, envelope: Json) -> None:
        """Send an envelope once more, as if its acknowledgement had been lost."""
        self._envelopes.save(envelope | {"state": "waiting", "due": time.time(), "timeouts": 0})
        self.pump()

    def disconnect(self, reason: str) -> int:
        """Ask all connections to go and come back; how many were asked."""
        return self.connections.drain(reason)

    def pump(self) -> None:
        """Send what is due to whoever is connected; come back for the rest."""
        if self._closed:
            return
        now = time.time()
        with self._state.transaction():
            for envelope in self._envelopes.open():
                if envelope["state"] != "waiting":
                    continue
                if envelope["due"] > now:
                    self._later(envelope["due"] - now, self.pump)
                elif connection := self._next():
                    self._send(envelope, connection)

    def welcome(self) -> None:
        """Hand what has waited to a connection that has just opened."""
        self._connected.set()
        self.pump()

    def close(self) -> None:
        self._peers.remove(self)
        for timer in self._timers:
            timer.cancel()
        self._closed = True

    # --- the bot's side of the wire

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """`GET /link`: a WebSocket that begins with `hello`; the ticket in its URL is good for once."""
        if not self.connections.redeem(request.query.get("ticket", "")):
            return await self._turn_away(request, "link_disabled")
        if len(self.connections) >= self._rules.connection_limit:
            return await self._turn_away(request, "too_many_websockets")
        socket = web.WebSocketResponse(heartbeat=30.0, timeout=1.0)
        await socket.prepare(request)
        connection = Connection(next(self._numbers), socket)
        async with connection.writing():
            self.connections.add(connection)
            for peer in self._peers:
                peer.welcome()
            try:
                await self._listen(connection)
            finally:
                self.connections.remove(connection)
                for peer in self._peers:
                    peer.requeue(connection)
        return socket

    async def _turn_away(self, request: web.Request, reason: str) -> web.StreamResponse:
        """Tell the client to fetch a new URL: one that retries a dead ticket would never come back."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "playground"}})
        # The client closes when it has its new URL; one that does not is closed.
        with suppress(TimeoutError):
            await asyncio.wait_for(socket.receive(), self._rules.disconnect_grace)
        await socket.close()
        return socket

    async def _listen(self, connection: Connection) -> None:
        async for frame in connection.socket:
            if frame.type is WSMsgType.TEXT:
                self._acknowledge(frame.data)

    def _acknowledge(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        for peer in self._peers:
            peer.take(message)

    def take(self, message: Json) -> None:
        envelope = self._envelopes.all.get(message.get("envelope_id", ""))
        if envelope is None:
            return
        self._carriers.pop(envelope["id"], None)
        self._envelopes.save(envelope | {"state": "acked"})
        future = self._waiting.get(envelope["id"])
        if future and not future.done():
            future.set_result(message.get("payload"))

    # --- inside

    def _next(self) -> Connection | None:
        """Round robin over its own connections; else over those that the app has at a peer."""
        others = (peer.connections.next() for peer in self._peers if peer is not self)
        return self.connections.next() or next((one for one in others if one), None)

    def _send(self, envelope: Json, connection: Connection) -> None:
        frame = {
            "envelope_id": envelope["id"],
            "type": envelope["type"],
            "accepts_response_payload": envelope["accepts"],
            "payload": envelope["payload"],
        }
        if envelope["type"] == "events_api":
            retry = envelope["attempts"]
            frame |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        # In place: `ask` holds this document and reads whether it was ever sent.
        envelope |= {"state": "sent", "attempts": envelope["attempts"] + 1}
        self._envelopes.save(envelope)
        self._carriers[envelope["id"]] = connection
        connection.send(frame)
        attempt = envelope["attempts"]
        self._later(self._rules.ack_timeout, lambda: self._timed_out(envelope["id"], attempt))

    def _timed_out(self, identity: str, attempt: int) -> None:
        envelope = self._envelopes.all.get(identity)
        if envelope is None or envelope["state"] != "sent" or envelope["attempts"] != attempt:
            return
        self._carriers.pop(identity, None)
        timeouts: int = envelope["timeouts"] + 1
        delays = self._rules.retry_delays
        if envelope["type"] != "events_api" or timeouts > len(delays):
            self._envelopes.save(envelope | {"state": "failed", "timeouts": timeouts})
            return
        due = time.time() + delays[timeouts - 1]
        self._envelopes.save(envelope | {"state": "waiting", "timeouts": timeouts, "due": due})
        self.pump()

    def requeue(self, connection: Connection) -> None:
        """Events that a lost connection took with it go to the next one, at no cost to their retries."""
        lost = [identity for identity, carrier in self._carriers.items() if carrier is connection]
        for identity in lost:
            del self._carriers[identity]
            envelope = self._envelopes.all.get(identity)
            if envelope and envelope["state"] == "sent" and envelope["type"] == "events_api":
                self._envelopes.save(envelope | {"state": "waiting", "due": time.time()})
        self.pump()

    def _wake(self) -> None:
        # Not at once: what the caller changes in this step belongs before the event.
        asyncio.get_running_loop().call_soon(self.pump)

    def _later(self, delay: float, action: Any) -> None:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(delay, lambda: (self._timers.discard(timer), action()))
        self._timers.add(timer)
