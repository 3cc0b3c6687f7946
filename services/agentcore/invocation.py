# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# boto3 makes its clients from data at run time; nothing of them is typed.
"""One call of `invoke_agent_runtime` in a thread of its own: its events as they come, and every way in which it can break."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    NoAuthTokenError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
)
from urllib3.exceptions import HTTPError
from urllib3.exceptions import ReadTimeoutError as StreamTimeout

from services.agentcore import errors
from services.agentcore.wire import Event, read_line
from services.domain.errors import RaygenError

_log = logging.getLogger(__name__)
_CHUNK = 65_536
_LONGEST = 128 * 1024**2
_CODES: dict[str, type[RaygenError]] = {
    **dict.fromkeys(
        ("ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException"),
        errors.RuntimeBusy,
    ),
    **dict.fromkeys(("RetryableConflictException", "ConflictException"), errors.SessionExpired),
    **dict.fromkeys(
        (
            *("AccessDeniedException", "UnauthorizedException", "UnrecognizedClientException"),
            *("ExpiredTokenException", "InvalidSignatureException", "MissingAuthenticationTokenException"),
        ),
        errors.RuntimeRefused,
    ),
    "ResourceNotFoundException": errors.RuntimeMissing,
}
_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, NoAuthTokenError)

Call = Callable[[], Any]
"""Makes the call; returns what boto3 does, with the stream as `response`."""


class Invocation:
    """Iterate to get its events; ends when the stream does, whether or not an event said so. Raises RaygenError."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._loop = asyncio.get_running_loop()
        self._came: asyncio.Queue[Event | RaygenError | None] = asyncio.Queue()
        self._lock = threading.Lock()
        self._raw: Any = None
        self._closed = False
        # Not of a pool: a call that hangs must hold up neither others nor the end of the process.
        threading.Thread(target=self._read, name="agentcore", daemon=True).start()

    def __aiter__(self) -> Invocation:
        return self

    async def __anext__(self) -> Event:
        match await self._came.get():
            case None:
                raise StopAsyncIteration
            case RaygenError() as error:
                raise error
            case event:
                return event

    def close(self) -> None:
        """End it at once, from any thread; the connection goes, and with it the work on the other side."""
        with self._lock:
            self._closed, raw = True, self._raw
            if raw is not None:
                with suppress(Exception):  # it may have come to its end by itself
                    raw.shutdown()

    def _read(self) -> None:
        try:
            with self._call()["response"] as raw:
                with self._lock:
                    self._raw = raw
                    if self._closed:
                        return
                for line in _lines(raw):
                    if (event := _event(line)) is not None:
                        self._put(event)
            self._put(None)
        except Exception as error:  # noqa: BLE001  # the reader has to get every error
            if not self._closed:
                self._put(public_error(error))

    def _put(self, item: Event | RaygenError | None) -> None:
        with suppress(RuntimeError):  # the loop is closed, so there is no reader
            self._loop.call_soon_threadsafe(self._came.put_nowait, item)


def _event(line: bytes) -> Event | None:
    try:
        return read_line(line)
    except ValueError:
        if line.startswith(b'data: {"error":'):  # how the package reports an exception in a stream
            raise errors.RuntimeFailed from None
        raise


def _lines(raw: Any) -> Iterator[bytes]:
    """The lines of a stream, each as soon as it is there.

    Not boto3's `iter_lines`: with a chunk of 1 it copies the line for each of its bytes, and a picture in base64 takes
    minutes; with a larger one it waits until the chunk is full.
    """
    pending, seen = bytearray(), 0
    while chunk := raw.read1(_CHUNK):
        pending += chunk
        while (end := pending.find(b"\n", seen)) >= 0:
            yield bytes(pending[:end]).rstrip(b"\r")
            del pending[: end + 1]
            seen = 0
        seen = len(pending)
        if seen > _LONGEST:
            raise ValueError("a line is too long")
    if pending.strip():
        yield bytes(pending)


def public_error(error: Exception) -> RaygenError:
    """An error of boto3, of its stream or of what the stream says, as one for people."""
    match error:
        case RaygenError():
            return error
        case ClientError():
            found = _refusal(error)
        case _ if isinstance(error, _CREDENTIALS):
            found = errors.RuntimeRefused("No AWS credentials found for the agent runtime.")
        case ReadTimeoutError() | StreamTimeout():
            found = errors.RuntimeSilent()
        case ConnectionClosedError() | HTTPError():
            found = errors.RuntimeInterrupted()
        case BotoCoreError():
            found = errors.RuntimeUnreachable()
        case ValueError() | KeyError():
            found = errors.RuntimeMisunderstood()
        case _:
            found = errors.RuntimeInterrupted()
    _log.warning("AgentCore: %s: %s", type(error).__name__, error)
    return found


def _refusal(error: ClientError) -> RaygenError:
    details = error.response.get("Error", {})
    code, message = str(details.get("Code", "")), str(details.get("Message", ""))
    if code in {"ResourceNotFoundException", "ValidationException"} and "session" in message.lower():
        return errors.SessionExpired()
    return _CODES.get(code, errors.RuntimeFailed)()
