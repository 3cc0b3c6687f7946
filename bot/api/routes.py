"""The API's addresses: each parses, makes one call, and answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from bot.api import health, stream, wire
from bot.api.access import Caller, Service
from bot.api.service import OWN, ApiService
from bot.api.tokens import Holder
from services.domain.parameters import Given
from services.proposals.notebook import MEDIA_TYPE

router = APIRouter()

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Any text. Requests with the same key return the same task instead of starting another one.",
    ),
]
InPath = Annotated[
    str, Path(min_length=1, max_length=256, description="The ID that you chose for the session.")
]
Id = Annotated[str, Path(max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
_LATER: dict[int | str, dict[str, Any]] = {
    202: {
        "model": wire.Answer,
        "description": "Not done yet; get its status from `/sessions/{session_id}/tasks/{task_id}`.",
    },
}
_BOTH: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Done; with `Accept: text/event-stream`, its progress.",
        "content": {stream.MEDIA_TYPE: {"schema": {"type": "string"}}},
    },
    **_LATER,
}

_NOTEBOOK: dict[int | str, dict[str, Any]] = {
    200: {"description": "The notebook.", "content": {MEDIA_TYPE: {"schema": {"type": "object"}}}}
}


@router.post("/generate", response_model=wire.Answer, responses=_BOTH, tags=["work"])
async def generate(
    asked: wire.GenerateRequest, caller: Caller, service: Service, request: Request, key: Key = None
) -> Response:
    """Turn a sentence into a validated program, or answer it."""
    ask = await service.ask(caller, asked.session_id, asked.prompt, key)
    begin = partial(service.generate, ask)
    return await _told(request, service, caller, ask.task_id, asked, begin=begin)


@router.post("/execute", response_model=wire.Answer, responses=_BOTH, tags=["work"])
async def execute(
    asked: wire.ExecuteRequest, caller: Caller, service: Service, request: Request, key: Key = None
) -> Response:
    """Validate a program, and run it on the target if your token can approve it."""
    ask = await service.ask(caller, asked.session_id, OWN, key)
    given = Given(values=asked.parameters, arguments=tuple(asked.arguments))
    begin = partial(service.execute, ask, asked.code, given, run=asked.run)
    return await _told(request, service, caller, ask.task_id, asked, begin=begin)


@router.get("/sessions/{session_id:path}/tasks/{task_id}", tags=["sessions"])
async def task(session_id: InPath, task_id: Id, caller: Caller, service: Service) -> wire.Answer:
    """The current state of one request."""
    found = await service.task(caller, session_id, task_id)
    return await service.hand_over(caller, await service.answer(found.id, session_id))


@router.get("/history/{session_id:path}", tags=["sessions"])
async def history(session_id: InPath, caller: Caller, service: Service) -> wire.Past:
    """A session's requests since its last reset."""
    return await service.history(caller, session_id)


@router.post("/sessions/{session_id:path}/reset", tags=["sessions"])
async def reset(session_id: InPath, caller: Caller, service: Service) -> wire.Fresh:
    """Reset a session: stop its requests and start without its history."""
    return await service.reset(caller, session_id)


@router.post("/proposals/{proposal_id}/approve", tags=["work"])
async def approve(
    proposal_id: Id, decision: wire.ApproveRequest, caller: Caller, service: Service
) -> wire.Job:
    """Approve and run a proposal; requires a token that can approve."""
    return await service.approve(caller, proposal_id, decision.sha256)


@router.get("/ray/status", tags=["ray"])
async def status(caller: Caller, service: Service) -> wire.Status:
    """The current state of the targets, and what those have that you can use."""
    return await service.status(caller)


@router.get("/ray/jobs", tags=["ray"])
async def jobs(caller: Caller, service: Service) -> wire.Jobs:
    """The runs that you requested or approved."""
    return await service.jobs(caller)


@router.get("/ray/jobs/{job_id}", tags=["ray"])
async def job(job_id: Id, caller: Caller, service: Service) -> wire.Job:
    """One run, with its output once it has ended."""
    return await service.job(caller, job_id)


@router.get("/ray/jobs/{job_id}/notebook", tags=["ray"], response_class=Response, responses=_NOTEBOOK)
async def notebook(job_id: Id, caller: Caller, service: Service) -> Response:
    """One run as a Jupyter notebook: its program, modules, arguments, outputs, figures and provenance."""
    made = await service.notebook(caller, job_id)
    named = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return Response(made.content, media_type=made.media_type, headers=named)


@router.post("/ray/jobs/{job_id}/stop", tags=["ray"])
async def stop(job_id: Id, caller: Caller, service: Service) -> wire.Stopped:
    """Stop a run."""
    return await service.stop(caller, job_id)


@router.post("/ray/jobs/{job_id}/resume", response_model=wire.Answer, responses=_LATER, tags=["ray"])
async def resume(job_id: Id, asked: wire.ResumeRequest, caller: Caller, service: Service) -> Response:
    """Propose the program of a run that has not passed again, with the checkpoints that the run left in place."""
    task_id = await service.resume(caller, job_id, asked.session_id)
    return await _answered(service, caller, task_id, asked.session_id, asked.wait)


@router.get("/health", tags=["health"])
async def well(request: Request) -> wire.Health:
    """Whether requests can be processed; needs no token."""
    missing = await health.missing(request.app.state.parts)
    return wire.Health(status="degraded" if missing else "ok", ready=not missing, missing=missing)


async def _told(
    request: Request,
    service: ApiService,
    holder: Holder,
    task_id: str,
    asked: wire.Work,
    *,
    begin: Callable[[], Awaitable[None]],
) -> Response:
    if stream.MEDIA_TYPE in request.headers.get("accept", ""):
        events = stream.events(service, holder, task_id, asked.session_id, begin)
        return StreamingResponse(events, media_type=stream.MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    await begin()
    return await _answered(service, holder, task_id, asked.session_id, asked.wait)


async def _answered(
    service: ApiService, holder: Holder, task_id: str, session_id: str, wait: float
) -> Response:
    answer = await service.hand_over(holder, await service.wait(task_id, session_id, wait))
    return JSONResponse(answer.model_dump(mode="json"), 200 if answer.done else 202)
