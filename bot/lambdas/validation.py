"""The Lambda that validates: it runs a program on a Ray cluster by its Jobs API, and says what came of it.

Environment: RAY_ADDRESS is the cluster of events that name none; RAY_AUTH_TOKEN its token, or RAYGEN_RAY_TOKEN_SECRET
the ARN of a secret that holds it.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import replace
from functools import cache
from typing import Any

from bot.lambdas.answers import answer, refusal
from bot.lambdas.events import Context, read, seconds_left
from services.domain.errors import BadRequest, RaygenError
from services.domain.input_files import NO_SIZE_LIMITS, checked
from services.domain.parameters import check_arguments
from services.domain.values import Outcome, Verdict
from services.execution.address import jobs_address
from services.execution.api import RayApi
from services.execution.following import PollIntervals
from services.execution.interface import Job
from services.execution.jobs import JobsTarget
from services.lambdas.secrets import read_token
from services.lambdas.wire import VALIDATE, ValidationEvent, load_files
from services.validation.cluster import tried, validation_job
from services.validation.interface import Setup

_NO_CLUSTER = (
    "The event has no `ray_cluster_ip`, and RAY_ADDRESS isn't set in this function. Send one of them."
)
_RESERVE = 10.0
_TOO_LATE = "This function has too little time left to run anything. Raise its timeout."
_MARGIN = 0.5
_LEAST = 1.0

stored_token = cache(read_token)
"""Asked once in the life of a function's instance, unless a cluster refuses what it gave."""


def handler(event: object, context: Context | None) -> dict[str, Any]:
    """`{code, ray_cluster_ip}` to `{success, job_id, status, output, error}`; never raises for what is in the event."""
    return asyncio.run(answered(event, context, os.environ))


async def answered(event: object, context: Context | None, environment: Mapping[str, str]) -> dict[str, Any]:
    """As `handler`, with the settings from `environment`."""
    try:
        asked = read(ValidationEvent, event, context, VALIDATE)
        api = await _cluster(asked, environment)
        files = tuple(checked(load_files(asked.files), NO_SIZE_LIMITS))
        given = asked.arguments or []
        check_arguments(given)
        left = seconds_left(context) - _MARGIN
        # What is kept back is for a cluster that is slow to stop the job, and for the answer itself.
        reserve = min(_RESERVE, left / 2)
        if left - reserve < _LEAST:
            raise BadRequest(_TOO_LATE)
    except RaygenError as error:
        return refusal(error.public)
    setup = Setup(arguments=tuple(given))
    job = validation_job(asked.code, files, min(asked.timeout or left, left - reserve), setup)
    async with aclosing(api):
        outcome = await _tried(api, job, reserve)
    if outcome.verdict is Verdict.UNAVAILABLE:
        stored_token.cache_clear()
    return answer(job.submission_id, outcome, details=asked.details, arguments=given)


async def _cluster(asked: ValidationEvent, environment: Mapping[str, str]) -> RayApi:
    written = asked.ray_cluster_ip or environment.get("RAY_ADDRESS")
    if not written:
        raise BadRequest(_NO_CLUSTER)
    address = jobs_address(written)
    token = environment.get("RAY_AUTH_TOKEN")
    secret = environment.get("RAYGEN_RAY_TOKEN_SECRET")
    if not token and secret:
        token = await asyncio.to_thread(stored_token, secret)
    return RayApi(address, token=token)


async def _tried(api: RayApi, job: Job, reserve: float) -> Outcome:
    target = JobsTarget(api, name="validation", intervals=PollIntervals(unreachable_after=15))
    outcome = await tried(target, job, grace=reserve * 0.3, stop_limit=reserve * 0.4)
    if outcome.passed or outcome.stdout or outcome.verdict is Verdict.UNAVAILABLE:
        return outcome
    return await _with_log(api, job, outcome, reserve * 0.2)


async def _with_log(api: RayApi, job: Job, outcome: Outcome, patience: float) -> Outcome:
    """The outcome with all that Ray logged of a job that failed before its program printed anything."""
    try:
        async with asyncio.timeout(patience):
            log = await api.whole_log(job.submission_id)
    except (RaygenError, TimeoutError, LookupError, ValueError, TypeError):
        return outcome
    return replace(outcome, stdout=log.decode("utf-8", "replace"))
