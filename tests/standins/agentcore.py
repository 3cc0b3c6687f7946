"""AgentCore's data plane on loopback, in front of a real app server (`bot.agentcore.server.serving`), for boto3's real client.

`data_plane(app_url)` serves it; `asking(plane)` is a bot's side of it. An invocation meets the first of
`plane.faults`, if there is one; `plane.seen` holds every invocation that came in, also one that met a fault.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from services.agentcore.client import Address, RuntimeClient
from services.agentcore.remote import RemoteSupervisor
from services.agentcore.wire import SupervisorSettings
from services.domain.values import Engine

ARN = "arn:aws:bedrock-agentcore:eu-west-1:111122223333:runtime/raygen-abcdef1234"
SESSION = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "eu-west-1"}
TERMS = SupervisorSettings(
    model="claude-sonnet-5-5",
    generator_model="claude-sonnet-5-5",
    model_deadline=20,
    engines=(Engine.RAY,),
    attempts=5,
)


@dataclass(frozen=True)
class Refuse:
    """An answer of AWS itself; the runtime is not reached."""

    status: int
    code: str
    message: str = "no"


@dataclass(frozen=True)
class Hang:
    """Nothing comes, for so many seconds, after so many events of the runtime's answer; -1 is before its head."""

    after: int = -1
    seconds: float = 30.0


@dataclass(frozen=True)
class Cut:
    """The connection ends after so many events: in the middle of the next one, or in good order."""

    after: int
    clean: bool = False


@dataclass(frozen=True)
class Instead:
    """Another body than the runtime's."""

    body: bytes
    content_type: str = "text/event-stream"


THROTTLED = Refuse(429, "ThrottlingException", "Rate exceeded")
EXPIRED = Refuse(409, "RetryableConflictException", "The session is being terminated")
Fault = Refuse | Hang | Cut | Instead


@dataclass(frozen=True)
class Seen:
    session: str
    qualifier: str
    payload: dict[str, Any]

    @property
    def works(self) -> bool:
        """Whether it asks for work, and does not call it off."""
        return "wish" in self.payload


@dataclass
class DataPlane:
    """`deaf` is a plane that does not tell the runtime when a client has gone."""

    app: str
    url: str = ""
    status: str = "READY"
    deaf: bool = False
    faults: deque[Fault] = field(default_factory=deque)
    seen: list[Seen] = field(default_factory=list)
    clients: dict[tuple[Address, float], RuntimeClient] = field(default_factory=dict)

    @property
    def worked(self) -> list[Seen]:
        return [each for each in self.seen if each.works]

    async def invoke(self, request: web.Request) -> web.StreamResponse:
        session = request.headers.get(SESSION, "")
        if objection := _objection(request, session):
            return _refused(objection)
        body = await request.read()
        self.seen.append(Seen(session, request.query.get("qualifier", ""), json.loads(body)))
        fault = self.faults.popleft() if self.faults and self.seen[-1].works else None
        match fault:
            case Refuse():
                return _refused(fault)
            case Instead():
                return web.Response(body=fault.body, content_type=fault.content_type)
            case Hang(after=-1):
                await asyncio.sleep(fault.seconds)
        try:
            return await self._forward(request, body, session, fault)
        except aiohttp.ClientConnectionError:
            return _refused(Refuse(424, "RuntimeClientError", "Received error from runtime"))

    async def _forward(
        self, request: web.Request, body: bytes, session: str, fault: Fault | None
    ) -> web.StreamResponse:
        headers = {SESSION: session, "Content-Type": request.content_type}
        timeout = aiohttp.ClientTimeout(total=None)
        async with (
            aiohttp.ClientSession(timeout=timeout, read_bufsize=2**24) as http,
            http.post(f"{self.app}/invocations", data=body, headers=headers) as answer,
        ):
            if answer.status != 200:
                return _refused(Refuse(424, "RuntimeClientError", f"Received error ({answer.status})"))
            response = web.StreamResponse(headers={SESSION: session, "Content-Type": answer.content_type})
            await response.prepare(request)
            count = 0
            try:
                async for line in answer.content:
                    if line.strip():
                        await _meet(fault, count, line, response)
                        count += 1
                    await response.write(line)
            except _Ended:
                return response
            except (ConnectionError, asyncio.CancelledError):
                if self.deaf:
                    await asyncio.shield(self._read_on(answer))
                raise
            await response.write_eof()
            return response

    async def _read_on(self, answer: aiohttp.ClientResponse) -> None:
        async for _ in answer.content:
            pass

    async def look(self, request: web.Request) -> web.Response:
        """The control plane's GetAgentRuntime."""
        if request.match_info["id"] != ARN.rpartition("/")[2]:
            return _refused(Refuse(404, "ResourceNotFoundException"))
        match self.faults.popleft() if self.faults else None:
            case Refuse() as fault:
                self.faults.extend([fault] * (fault.status >= 500))  # boto3 asks again
                return _refused(fault)
            case Instead(body=body):
                return web.Response(body=body, content_type="application/json")
            case _:
                pass
        return web.json_response({"agentRuntimeArn": ARN, "status": self.status})


def _objection(request: web.Request, session: str) -> Refuse | None:
    if not request.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256"):
        return Refuse(403, "AccessDeniedException")
    if request.match_info["arn"] != ARN:
        return Refuse(404, "ResourceNotFoundException", "No such runtime")
    if not 33 <= len(session) <= 256:
        return Refuse(400, "ValidationException", "runtimeSessionId: 33 to 256 characters")
    return None


class _Ended(Exception):
    pass


async def _meet(fault: Fault | None, count: int, line: bytes, response: web.StreamResponse) -> None:
    match fault:
        case Hang(after=after, seconds=seconds) if count == after:
            await asyncio.sleep(seconds)
        case Cut(after=after, clean=True) if count == after:
            await response.write_eof()
            raise _Ended
        case Cut(after=after) if count == after:
            await response.write(line[: len(line) // 2])
            assert response._req is not None
            assert response._req.transport is not None
            response._req.transport.abort()
            raise _Ended
        case _:
            pass


def _refused(fault: Refuse) -> web.Response:
    return web.json_response(
        {"message": fault.message}, status=fault.status, headers={"x-amzn-errortype": fault.code}
    )


@asynccontextmanager
async def data_plane(app_url: str) -> AsyncGenerator[DataPlane]:
    """AgentCore in front of the app server at `app_url`; `url` is boto3's endpoint."""
    plane = DataPlane(app_url)
    app = web.Application(client_max_size=2**27)
    app.router.add_post("/runtimes/{arn}/invocations", plane.invoke)
    app.router.add_get("/runtimes/{id}/", plane.look)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    plane.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield plane
    finally:
        await runner.cleanup()


def asking(
    plane: DataPlane,
    terms: SupervisorSettings = TERMS,
    *,
    url: str | None = None,
    arn: str = ARN,
    silence: float = 20.0,
    pauses: Sequence[float] = (),
) -> RemoteSupervisor:
    """The bot's side; `silence` is its read timeout in seconds. Needs CREDENTIALS in the environment."""
    key = (Address(arn, url=url or plane.url), silence)
    # boto3 takes a quarter of a second for each.
    client = plane.clients.setdefault(key, RuntimeClient(key[0], silence=silence))
    return RemoteSupervisor(client, terms, pauses=pauses, grace=silence)
