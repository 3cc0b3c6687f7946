"""What a JSON-RPC message must be before it is worked on; anything else gets an error at once."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from mcp_types import (
    INVALID_REQUEST,
    PARSE_ERROR,
    ErrorData,
    JSONRPCError,
    JSONRPCMessage,
    JSONRPCNotification,
    jsonrpc_message_adapter,
)
from pydantic import ValidationError

LIMIT = 8 * 1024**2
"""The most bytes of one message."""

_UNREADABLE = (
    "This isn't valid JSON: it must be UTF-8 without lone surrogates or unescaped control characters, nested at most"
    " 200 levels deep."
)
_TOO_LARGE = f"The message is larger than {LIMIT // 1024**2} MiB."
_BATCH = "Batches aren't supported. Send one message at a time."
_NO_MESSAGE = "This isn't a JSON-RPC 2.0 request, notification or response."
_ID = "The id of a request must be a string or an integer."
# The ID where it comes before anything that may be nested.
_FIRST = re.compile(
    rb'\s*+\{\s*+(?:"jsonrpc"\s*+:\s*+"2\.0"\s*+,\s*+)?"id"\s*+:\s*+(-?[0-9]{1,18}|"[^"\\\x00-\x1f\x80-\xff]{0,200}")\s*+,'
)
_DIGITS = 40
# What can't be sent, and what stands for bytes that could not be read.
_UNSURE = frozenset({"\ufffd", *map(chr, range(0xD800, 0xE000))})


class Refused(Exception):  # not a RaygenError: its answer goes to the client
    """Raised for input that is not a valid message; `answer` is the reply that gives the reason."""

    def __init__(self, code: int, message: str, request: int | str | None = None) -> None:
        super().__init__(message)
        self.answer = JSONRPCError(jsonrpc="2.0", id=request, error=ErrorData(code=code, message=message))


def read(raw: bytes) -> JSONRPCMessage:
    """Raises Refused, with the ID of the request wherever that can be made out."""
    if len(raw) > LIMIT:
        raise too_large(raw)
    try:
        message = jsonrpc_message_adapter.validate_json(raw, by_name=False)
    except ValidationError as error:
        unreadable = error.errors(include_url=False, include_input=False)[0]["type"] == "json_invalid"
        raise _refused(_leniently(raw), raw, unreadable=unreadable) from None
    # What has an ID of another kind passes for a notification, which nobody would answer.
    if isinstance(message, JSONRPCNotification) and "id" in json.loads(raw):
        raise Refused(INVALID_REQUEST, _ID)
    return message


def too_large(beginning: bytes) -> Refused:
    """The refusal of a message that begins like this."""
    return Refused(INVALID_REQUEST, _TOO_LARGE, _first_id(beginning))


def _refused(found: Any, raw: bytes, *, unreadable: bool) -> Refused:
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else None
    request = _id(fields) if fields is not None else _first_id(raw)
    if unreadable:
        return Refused(PARSE_ERROR, _UNREADABLE, request)
    if isinstance(found, list):
        return Refused(INVALID_REQUEST, _BATCH)
    wrong_id = fields is not None and "id" in fields and request is None
    return Refused(INVALID_REQUEST, _ID if wrong_id else _NO_MESSAGE, request)


def _leniently(raw: bytes) -> Any:
    """What it says to those who take more for JSON; None where nobody does."""
    try:
        return json.loads(raw.decode(errors="replace"), strict=False, parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) < _DIGITS else None


def _id(found: dict[str, Any]) -> int | str | None:
    match found.get("id"):
        case bool():
            return None
        case int() as number:
            return number
        case str() as text if _UNSURE.isdisjoint(text):
            return text
        case _:
            return None


def _first_id(raw: bytes) -> int | str | None:
    match = _FIRST.match(raw[:1000])
    return json.loads(match[1]) if match else None
