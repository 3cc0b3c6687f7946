"""Brings an answer, or a fault in the midst of one, to the client."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.playground.anthropic import bedrock, errors, events
from bot.playground.anthropic.faults import Cut, ErrorEvent, Reset, Stall

Json = dict[str, Any]
_BEDROCK = "/model/"
_EVENTS = "text/event-stream; charset=utf-8"
StreamFault = ErrorEvent | Reset | Stall | Cut


async def stream(
    request: web.Request, sequence: Sequence[Json], *, pace: float, request_id: str
) -> web.StreamResponse:
    """Send the events, spread over about `pace` seconds."""
    response = await _open(request, request_id)
    await _send(response, sequence, pace / max(len(sequence), 1))
    await response.write_eof()
    return response


async def stream_with(
    fault: StreamFault, request: web.Request, sequence: Sequence[Json], *, pace: float, request_id: str
) -> web.StreamResponse:
    """Send the events as far as the fault lets them come."""
    if isinstance(fault, Reset) and fault.after == 0:
        return reset(request)
    if isinstance(fault, Stall) and fault.after == 0:
        await asyncio.sleep(fault.seconds)
    response = await _open(request, request_id)
    pause = pace / max(len(sequence), 1)
    match fault:
        case ErrorEvent(kind, message, after):
            await _send(response, sequence[:after], pause)
            await response.write(_error(request, kind, message, request_id))
        case Reset(after):
            await _send(response, sequence[:after], pause)
            return reset(request, response)
        case Stall(seconds, after):
            await _send(response, sequence[:after], pause)
            await asyncio.sleep(seconds if after else 0)
            await _send(response, sequence[after:], pause)
        case Cut(missing):
            await _send(response, sequence[: len(sequence) - missing], pause)
    await response.write_eof()
    return response


def reset(request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    """Drop the connection so that the client sees a reset, not an orderly end."""
    transport = request.transport
    if transport is not None:
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return response or web.Response()


async def _open(request: web.Request, request_id: str) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            "content-type": bedrock.CONTENT_TYPE if _is_bedrock(request) else _EVENTS,
            "cache-control": "no-cache",
            "request-id": request_id,
        }
    )
    await response.prepare(request)
    return response


def _is_bedrock(request: web.Request) -> bool:
    return request.path.startswith(_BEDROCK)


def _error(request: web.Request, kind: str, message: str, request_id: str) -> bytes:
    if _is_bedrock(request):
        return bedrock.exception(kind, message)
    return events.frame(errors.body(kind, message, request_id))


async def _send(response: web.StreamResponse, sequence: Sequence[Json], pause: float) -> None:
    frame = bedrock.frame if response.headers["content-type"] == bedrock.CONTENT_TYPE else events.frame
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for number, event in zip(itertools.count(1), sequence, strict=False):
        await response.write(frame(event))
        # Against the clock, so that many small pauses don't add up to more than was asked for.
        if (ahead := begun + number * pause - loop.time()) > 0:
            await asyncio.sleep(ahead)
