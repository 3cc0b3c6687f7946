"""Errors in the form in which the Messages API reports them."""

from __future__ import annotations

from typing import Any

from aiohttp import web

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class ApiError(Exception):
    """A refusal with its HTTP status; the type follows from the status unless given."""

    def __init__(
        self, status: int, message: str, *, kind: str | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or _TYPES.get(status, "api_error")
        self.retry_after = retry_after


def body(kind: str, message: str, request_id: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": request_id}


def response(error: ApiError, request_id: str) -> web.Response:
    headers = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:g}"}
    return web.json_response(
        body(error.kind, error.message, request_id), status=error.status, headers=headers
    )
