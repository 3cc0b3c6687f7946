"""The one place where an error becomes an answer of the API: `{"error": {"code", "message"}}`."""

from __future__ import annotations

from typing import cast

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.api.invalid_arguments import sentence as sentence_of
from bot.api.wire import Failed, Problem
from services.domain import errors
from services.observability.incidents import sentence


class Unauthorized(errors.RaygenError):
    """Send a valid token in the header `Authorization: Bearer …`."""


class Unknown(errors.RaygenError):
    """Nothing with this ID exists, or you don't have access to it."""


class Conflict(errors.RaygenError):
    """The Idempotency-Key was already used for another request. Send a new one."""


_OF: dict[type[Exception], tuple[int, str]] = {
    Unauthorized: (401, "unauthorized"),
    Unknown: (404, "not_found"),
    Conflict: (409, "conflict"),
    errors.BadRequest: (400, "bad_request"),
    errors.NotAllowed: (403, "not_allowed"),
    errors.Outdated: (409, "outdated"),
    errors.TooOften: (429, "too_often"),
    errors.TargetUnavailable: (503, "target_unavailable"),
    errors.TargetRefused: (502, "target_refused"),
    errors.SealUnavailable: (503, "validation_unavailable"),
    errors.ModelUnavailable: (503, "model_unavailable"),
    Exception: (500, "internal"),
}
_HTTP = {
    400: ("bad_request", "The body isn't valid JSON."),
    404: ("not_found", "There is nothing at this address. `/docs` lists the addresses."),
    405: ("method_not_allowed", "This address doesn't support this method. `/docs` lists the methods."),
    413: ("too_large", "The body is larger than 1 MiB."),
}
TOO_LARGE = Failed(error=Problem(code=_HTTP[413][0], message=_HTTP[413][1]))


def problem(error: Exception) -> tuple[int, Failed]:
    """The status and the body for it; unforeseen errors are logged and get an incident ID."""
    status, code = next(_OF[kind] for kind in type(error).__mro__ if kind in _OF)
    return status, Failed(error=Problem(code=code, message=sentence(error)))


def register(app: FastAPI) -> None:
    """Have every error of `app` answered in that shape."""

    async def ours(_: Request, error: Exception) -> JSONResponse:
        status, body = problem(error)
        headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
        return JSONResponse(body.model_dump(), status, headers)

    async def theirs(_: Request, error: Exception) -> JSONResponse:
        http = cast("HTTPException", error)
        code, message = _HTTP.get(http.status_code, ("refused", str(http.detail)))
        body = Failed(error=Problem(code=code, message=message))
        return JSONResponse(body.model_dump(), http.status_code, http.headers)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        found = cast("RequestValidationError", error).errors()
        body = Failed(error=Problem(code="invalid", message=sentence_of(found)))
        return JSONResponse(body.model_dump(), 422)

    app.add_exception_handler(errors.RaygenError, ours)
    app.add_exception_handler(HTTPException, theirs)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, ours)
