"""What the tools answer, and what it means. Nothing is taken for a success unless the tool says so, and says nothing against it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel, Field, StrictBool, ValidationError

from services.domain.untrusted_data import from_json
from services.domain.values import Outcome, Verdict
from services.gateway.errors import GatewayAnswer, ToolFailed
from services.snippets.interface import OUTPUT, Snippet

_Model = TypeVar("_Model", bound=BaseModel)
_PASSED = {"", "SUCCEEDED"}
# What raygen's own Lambda says where there is no job to speak of.
_NO_JOB = {"UNAVAILABLE", "REFUSED"}
_TRIED = {
    "FAILED": Verdict.FAILED,
    "STOPPED": Verdict.TIMED_OUT,
    "TIMEOUT": Verdict.TIMED_OUT,
    "TIMED_OUT": Verdict.TIMED_OUT,
}


class Validated(BaseModel):
    """`validate_ray_code`'s answer; `status` is the Ray job's last one. A raygen at the other end adds `verdict` and `value`."""

    success: StrictBool
    job_id: str | None = None
    status: str | None = None
    output: str | None = None
    error: str | None = None
    verdict: Verdict | None = None
    value: str | None = None
    wall: float | None = None
    unproven: list[str] = []


class Ran(BaseModel):
    """`run_python`'s answer; a raygen at the other end returns `value` separately from `output`, and how it was run."""

    success: StrictBool
    output: str = ""
    errors: str | None = None
    value: str | None = None
    engine: str = "gateway"
    wall: float = 0.0
    truncated: bool = False


class _Wrapped(BaseModel):
    """As a Lambda behind a web address answers, too: what it has to say is in `body`, often as JSON in a text."""

    status: int = Field(alias="statusCode")
    body: object


def outcome_of(answer: object, *, where: str) -> Outcome:
    """What `validate_ray_code` found. Raises GatewayAnswer when it can't be understood, or contradicts itself."""
    reply = _read(Validated, answer)
    verdict = _verdict(reply)
    error = (reply.error or "").strip()
    if verdict is Verdict.UNAVAILABLE:
        return Outcome(verdict=verdict, detail=_untried(reply, error), where=where)
    return Outcome(
        verdict=verdict,
        stdout=reply.output or "",
        stderr=f"{error}\n" if "\n" in error else "",
        value=reply.value,
        detail=None if verdict is Verdict.PASSED else _last(error or reply.output or ""),
        wall=reply.wall,
        where=where,
        unproven=tuple(reply.unproven) if verdict is Verdict.PARTIAL else (),
    )


def snippet_of(answer: object) -> Snippet:
    """What came of a snippet. Raises GatewayAnswer when it can't be understood, ToolFailed when it was not run."""
    try:
        wrapped = _Wrapped.model_validate(answer)
    except ValidationError:
        body = answer
    else:
        body = wrapped.body
        if wrapped.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise ToolFailed("The snippet tool behind the MCP gateway failed.")
    if isinstance(body, str):
        body = _parsed(body)
    reply = _read(Ran, body)
    error = None if reply.success else (reply.errors or "").strip() or "It failed; the tool gave no reason."
    if reply.success and (reply.errors or "").strip():
        raise GatewayAnswer
    return Snippet(
        output=reply.output[:OUTPUT],
        value=reply.value[:OUTPUT] if reply.value is not None else None,
        error=error,
        engine=reply.engine,
        wall=reply.wall,
        truncated=reply.truncated or len(reply.output) > OUTPUT or len(reply.value or "") > OUTPUT,
    )


def _verdict(reply: Validated) -> Verdict:
    status = (reply.status or "").upper()
    if reply.success:
        if (
            status not in _PASSED
            or reply.verdict not in {None, Verdict.PASSED}
            or (reply.error or "").strip()
        ):
            raise GatewayAnswer
        return Verdict.PASSED
    if status == "SUCCEEDED" or reply.verdict is Verdict.PASSED:
        raise GatewayAnswer
    return reply.verdict or _TRIED.get(status, Verdict.UNAVAILABLE)


def _untried(reply: Validated, error: str) -> str:
    """The program was never tried, or its outcome is unknown."""
    status = (reply.status or "").lower()
    job = f" (its job is {status})" if status and status.upper() not in _NO_JOB else ""
    return (
        f"The tool behind the MCP gateway could not validate it{job}: {_last(error) or 'it gave no reason'}"
    )


def _last(text: str) -> str:
    """Its last line, which is where Python says what was wrong."""
    lines = text.strip().splitlines()
    return lines[-1].strip()[:500] if lines else ""


def _read(kind: type[_Model], answer: object) -> _Model:
    try:
        return kind.model_validate(answer)
    except ValidationError:
        raise GatewayAnswer from None


def _parsed(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        raise GatewayAnswer from None
