# pyright: reportUnknownMemberType=false
# The package annotates its decorators only in part.
"""The supervisor as AgentCore hosts it: BedrockAgentCoreApp with `/invocations` that streams events, and `/ping`."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Any, Protocol

from bedrock_agentcore.runtime import BedrockAgentCoreApp
from bedrock_agentcore.runtime.context import RequestContext
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from services.agentcore.wire import (
    AttemptEvent,
    Beat,
    Cancel,
    Concluded,
    Event,
    FailedEvent,
    Inspection,
    Spending,
    Staged,
    SupervisorSettings,
    Words,
    Work,
    as_line,
    failure,
    read_request,
)
from services.domain.errors import BudgetSpent, RaygenError
from services.domain.progress import Stage
from services.observability.incidents import sentence
from services.supervisor.interface import Briefing, Conclusion, Inspecting, Supervising
from services.supervisor.meter import Meter
from services.supervisor.workshop import Tried

_log = logging.getLogger(__name__)
BEAT = 10.0


class SupervisorFactory(Protocol):
    """Who does the work of one request."""

    @property
    def supervisor(self) -> Supervising: ...
    @property
    def workshop(self) -> Inspecting: ...


Staff = Callable[[SupervisorSettings], AbstractAsyncContextManager[SupervisorFactory]]
"""Builds the agents for a request's terms. Raises RaygenError."""


class Outbox:
    """Outgoing events; of several unsent text updates only the newest is kept."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()
        self._some = asyncio.Event()

    def put(self, event: Event) -> None:
        if isinstance(event, Words) and self._events and isinstance(self._events[-1], Words):
            self._events.pop()
        self._events.append(event)
        self._some.set()

    async def get(self, limit: float) -> Event:
        """The next one, or a beat after `limit` seconds without any."""
        try:
            async with asyncio.timeout(limit):
                await self._some.wait()
        except TimeoutError:
            return Beat()
        event = self._events.popleft()
        if not self._events:
            self._some.clear()
        return event


class Host:
    """Handles requests while their client is connected; of two for one task the later one continues."""

    def __init__(self, staff: Staff, *, beat: float = BEAT) -> None:
        self._staff = staff
        self._beat = beat
        self._running: dict[str, asyncio.Task[None]] = {}
        self._loop = asyncio.get_running_loop()

    @property
    def busy(self) -> bool:
        return bool(self._running)

    async def events(self, work: Work) -> AsyncGenerator[Event]:
        """Until one that ends it. To close this, or to be cancelled in it, ends the work."""
        key = work.wish.origin.task or secrets.token_hex(8)
        self._cancel(key)
        outbox = Outbox()
        doing = self._running[key] = asyncio.create_task(self._do(work, outbox))
        doing.add_done_callback(lambda ended: self._forget(key, ended, outbox))
        outbox.put(Beat())  # the client gets a first byte: the work has begun
        try:
            while True:
                event = await outbox.get(self._beat)
                yield event
                if isinstance(event, Concluded | FailedEvent):
                    return
        finally:
            doing.cancel()

    def call_off(self, task: str) -> None:
        """End the work for a task if there is any; from any thread."""
        self._loop.call_soon_threadsafe(self._cancel, task)

    async def close(self) -> None:
        left = list(self._running.values())
        for each in left:
            each.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _cancel(self, key: str) -> None:
        if earlier := self._running.get(key):
            earlier.cancel()

    def _forget(self, key: str, ended: asyncio.Task[None], outbox: Outbox) -> None:
        if self._running.get(key) is ended:
            del self._running[key]
        if ended.cancelled():  # possibly before it has begun, so this can't be its own last word
            outbox.put(failure(RaygenError("This request was stopped or restarted.")))

    async def _do(self, work: Work, outbox: Outbox) -> None:
        account = work.account
        meter = Meter(account.budget, account.prices, before=account.spent)
        try:
            async with asyncio.timeout(account.deadline), self._staff(work.terms) as agents:
                conclusion = await _concluded(agents, work, meter, outbox)
            end = Concluded(text=conclusion.text, made=conclusion.made)
        except RaygenError as error:
            end = failure(error)
        except TimeoutError:
            end = failure(BudgetSpent("The request exceeded its time limit."))
        except Exception as error:  # noqa: BLE001  # the process's edge: whatever it is, the other side gets an end
            end = failure(RaygenError(sentence(error, "in the agent runtime")))
        outbox.put(Spending(spent=meter.now))
        outbox.put(end)


async def _concluded(agents: SupervisorFactory, work: Work, meter: Meter, outbox: Outbox) -> Conclusion:
    async def staged(stage: Stage) -> None:
        outbox.put(Spending(spent=meter.now))
        outbox.put(Staged(stage=stage))

    async def said(text: str) -> None:
        outbox.put(Words(text=text))

    async def attempted(tried: Tried) -> None:
        outbox.put(AttemptEvent(tried=tried))

    match work.wish:
        case Inspection(
            program=program, files=files, origin=origin, given=given, resumed=resumed, destination=destination
        ):
            made = await agents.workshop.inspect(
                program, staged, files, origin, given, resumed=resumed, destination=destination
            )
            return Conclusion("", made)
        case Briefing() as briefing:
            return await agents.supervisor.handle(briefing, staged, meter, said, attempted)


class _Events(StreamingResponse):
    """A stream of events, on the loop of the server itself, that ends its work with its client.

    The package's own streaming takes a generator to another thread and learns of a client that went away only when the
    next chunk is there, which may be a model's deadline later.
    """

    def __init__(self, host: Host, work: Work) -> None:
        self._lines = _lines(host, work)
        headers = {"cache-control": "no-cache"}
        super().__init__(self._lines, media_type="text/event-stream", headers=headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._lines):
            await super().__call__(scope, receive, send)


async def _lines(host: Host, work: Work) -> AsyncGenerator[bytes]:
    async with aclosing(host.events(work)) as events:
        async for event in events:
            yield as_line(event)


def application(host: Host) -> BedrockAgentCoreApp:
    """What AgentCore runs: healthy, and busy while there is work."""
    app = BedrockAgentCoreApp()
    app.logger.propagate = False  # its lines have a handler of their own, with the session's ID in them

    def invoke(payload: Any, context: RequestContext) -> Response:
        try:
            request = read_request(json.dumps(payload))
        except ValueError as error:
            _log.warning("invalid request: %s", error)
            return JSONResponse({"error": f"Invalid request: {error}"}, status_code=400)
        match request:
            case Cancel(cancel=task):
                host.call_off(task)
                return JSONResponse({"cancelled": task})
            case Work():
                _log.info("session %s: task %s", context.session_id, request.wish.origin.task)
                return _Events(host, request)

    app.entrypoint(invoke)
    app.ping(lambda: "HealthyBusy" if host.busy else "Healthy")
    return app
