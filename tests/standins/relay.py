"""A way between two servers that can break: what comes in goes on to the other side, or meets `fault`.

A fault lasts until it is taken away. Those that leave open whether work was begun (HANG, HALF) let it begin.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum

import aiohttp
from aiohttp import web

Works = Callable[[web.Request, bytes], bool]
"""Whether a request asks for work; others are questions about the other side, or call work off."""


class Fault(Enum):
    """What happens on the way."""

    REFUSED = "refused"
    BROKEN = "5xx"
    THROTTLED = "throttled"
    HANG = "hang"
    HALF = "half an answer"
    WRONG_SHAPE = "wrong shape"
    EXPIRED = "expired token"

    @property
    def certain(self) -> bool:
        """Whether nothing can have been begun."""
        return self in {Fault.REFUSED, Fault.BROKEN, Fault.THROTTLED, Fault.EXPIRED}


@dataclass(frozen=True)
class Refusals:
    """How the other side says no, by HTTP status and AWS's name for the error."""

    broken: tuple[int, str] = (503, "ServiceUnavailableException")
    throttled: tuple[int, str] = (429, "ThrottlingException")
    expired: tuple[int, str] = (401, "")


AWS = Refusals(expired=(403, "ExpiredTokenException"))


@dataclass
class Relay:
    """`met` counts the requests that a fault has met, but for refused connections."""

    to: str
    works: Works
    refusals: Refusals = field(default_factory=Refusals)
    url: str = ""
    fault: Fault | None = None
    met: int = 0
    _runner: web.AppRunner | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def meeting(self, fault: Fault) -> AsyncGenerator[None]:
        """Everything on the way meets `fault` until the context ends."""
        self.fault, self._over = fault, asyncio.Event()
        if fault is Fault.REFUSED:
            await self._close()
        try:
            yield
        finally:
            self.fault = None
            self._over.set()
            if fault is Fault.REFUSED:
                await self._open(int(self.url.rpartition(":")[2]))

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        fault, works = self.fault, self.works(request, body)
        if fault not in {None, Fault.HANG, Fault.HALF}:
            self.met += 1
        match fault:
            case Fault.BROKEN:
                return _refusal(self.refusals.broken)
            case Fault.THROTTLED:
                return _refusal(self.refusals.throttled)
            case Fault.EXPIRED:
                return _refusal(self.refusals.expired)
            case Fault.WRONG_SHAPE:
                return web.json_response(["neither", "this", "nor", "that"])
            case _:
                met = fault if works else None
                self.met += met is not None
                return await self._forward(request, body, met)

    async def _forward(self, request: web.Request, body: bytes, fault: Fault | None) -> web.StreamResponse:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), auto_decompress=False) as http,
            http.request(
                request.method,
                self.to + request.raw_path,
                data=body or None,
                headers=_passed(request.headers),
            ) as answer,
        ):
            if fault is Fault.HANG:
                await answer.read()
                await self._over.wait()
            response = web.StreamResponse(status=answer.status, headers=_passed(answer.headers))
            if fault is Fault.HALF:
                return await _half(request, response, answer)
            await response.prepare(request)
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
            await response.write_eof()
            return response

    async def _open(self, port: int) -> None:
        app = web.Application(client_max_size=2**27)
        app.router.add_route("*", "/{path:.*}", self.handle)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port, reuse_address=True).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _close(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()


@asynccontextmanager
async def relay(to: str, works: Works, refusals: Refusals | None = None) -> AsyncGenerator[Relay]:
    """The way to the server at `to`, an address without a path."""
    way = Relay(to, works, refusals or Refusals())
    await way._open(0)
    try:
        yield way
    finally:
        await way._close()


def _passed(headers: Mapping[str, str]) -> dict[str, str]:
    own = {"transfer-encoding", "connection", "keep-alive", "host", "content-length"}
    return {name: value for name, value in headers.items() if name.lower() not in own}


def _refusal(kind: tuple[int, str]) -> web.Response:
    status, code = kind
    headers = {"x-amzn-errortype": code, "retry-after": "3600"} if code else {"retry-after": "3600"}
    body = json.dumps({"message": "fault", "Message": "fault", "Type": "User"})
    return web.Response(status=status, text=body, content_type="application/json", headers=headers)


async def _half(
    request: web.Request, response: web.StreamResponse, answer: aiohttp.ClientResponse
) -> web.StreamResponse:
    """The first half, or of a stream of events the first one and half of the second; then the connection breaks."""
    if answer.content_type == "text/event-stream":
        await response.prepare(request)
        first, second = await answer.content.readuntil(b"\n\n"), await answer.content.readuntil(b"\n\n")
        await response.write(first + second[: len(second) // 2])
    else:
        whole = await answer.read()
        response.content_length = len(whole)
        await response.prepare(request)
        await response.write(whole[: len(whole) // 2])
    await asyncio.sleep(0.05)
    if request.transport is not None:
        request.transport.abort()
    return response
