"""Amazon Bedrock's classic runtime: the model in the path, and answers in AWS's event-stream frames.

The framing is that of `application/vnd.amazon.eventstream`: a prelude of two lengths, headers, payload, and checksums.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from typing import Any

from aiohttp import web

from bot.playground.anthropic import models
from bot.playground.anthropic.errors import ApiError

Json = dict[str, Any]
VERSIONS = frozenset(
    {"bedrock-2023-05-31", "2026-10-21"}
)  # the service's own, and what the SDK of today sends
CONTENT_TYPE = "application/vnd.amazon.eventstream"
_STRING = 7
_ERRORS = {
    400: "ValidationException",
    401: "AccessDeniedException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    503: "ServiceUnavailableException",
    529: "ServiceUnavailableException",
}
_EXCEPTIONS = {
    "rate_limit_error": "throttlingException",
    "overloaded_error": "serviceUnavailableException",
    "invalid_request_error": "validationException",
    "timeout_error": "modelTimeoutException",
    "api_error": "internalServerException",
}


def authorise(request: web.Request) -> None:
    """Any signature or bearer token will do, but there must be one. Raises ApiError."""
    if not request.headers.get("authorization", "").startswith(("AWS4-HMAC-SHA256 ", "Bearer ")):
        raise ApiError(403, "Missing Authentication Token")


def request_of(payload: Json, model: str, *, stream: bool) -> Json:
    """The Messages API's request that a Bedrock one stands for. Raises ApiError."""
    version = payload.get("anthropic_version")
    if version not in VERSIONS:
        raise ApiError(400, f"anthropic_version: {version!r} is not supported")
    if "model" in payload or "stream" in payload:
        raise ApiError(400, "#: extraneous key is not permitted")
    rest = {
        key: value for key, value in payload.items() if key not in {"anthropic_version", "anthropic_beta"}
    }
    return {**rest, "model": models.on_bedrock(model), "stream": stream}


def frame(event: Json) -> bytes:
    """One event of a Messages stream."""
    body = json.dumps({"bytes": base64.b64encode(json.dumps(event).encode()).decode()}).encode()
    return _message(
        {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}, body
    )


def exception(kind: str, message: str) -> bytes:
    """An error of the Messages API in the midst of a stream, as Bedrock tells it."""
    name = _EXCEPTIONS.get(kind, "modelStreamErrorException")
    body = json.dumps({"message": message}).encode()
    headers = {":exception-type": name, ":content-type": "application/json", ":message-type": "exception"}
    return _message(headers, body)


def refusal(error: ApiError) -> web.Response:
    """An error before the first byte."""
    status = 503 if error.status == 529 else error.status
    headers = {"x-amzn-ErrorType": _ERRORS.get(error.status, "InternalServerException")}
    if error.retry_after is not None:
        headers["retry-after"] = f"{error.retry_after:g}"
    return web.json_response({"message": error.message}, status=status, headers=headers)


def _message(headers: dict[str, str], payload: bytes) -> bytes:
    encoded = b"".join(_header(name, value) for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(encoded) + len(payload), len(encoded))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + encoded + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, value: str) -> bytes:
    key, text = name.encode(), value.encode()
    return struct.pack("!B", len(key)) + key + struct.pack("!BH", _STRING, len(text)) + text
