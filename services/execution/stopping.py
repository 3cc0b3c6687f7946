"""Ends a job on its cluster, and all that it left there; the means lie on the cluster, so a bot that dies changes nothing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from services.domain.errors import RaygenError, TargetUnavailable
from services.execution.api import RayApi
from services.execution.driver_package import pack
from services.execution.wire import JobDetails

STOP_ENVIRONMENT = {"RAY_JOB_STOP_WAIT_TIME_S": "1"}
"""For a job's environment: how long Ray waits after SIGTERM before it kills, a whole number of seconds."""

_SWEEP = Path(__file__).with_name("sweep.py")
_HEAR_LIMIT = 10.0
_ENOUGH = 1.6
_GRACE = 2.0
_CLEAR_LIMIT = 8.0
_STUCK_AFTER = 10.0
_BY_FORCE = "JOB_SUPERVISOR_ACTOR"


class Stopper:
    """Stops one submission; `python` is the command on the cluster."""

    def __init__(self, api: RayApi, submission_id: str, python: str) -> None:
        self._api = api
        self._id = submission_id
        self._python = python

    @property
    def _sweep_id(self) -> str:
        # No dot: Ray logs by names made of these, and the parent of a dotted one gets its lines too.
        return f"{self._id}-stop"

    async def stop(self) -> bool:
        """Ask, and see to it that asking is not all; False when there was nothing left to stop.

        Returns within two seconds of the job's having heard, mostly because it has ended. What is still there
        then is ended by force, by a job of its own on the cluster.
        """
        details = await self._request_stop()
        if details is None:
            return False
        enough = time.monotonic() + _ENOUGH
        if await self._detached(details):
            await self._sweep(details)
            return True
        while time.monotonic() < enough:
            await asyncio.sleep(0.1)
            now = await self._api.job(self._id)
            if now is None or now.ended:
                return True
            details = now
        await self._sweep(details)
        return True

    async def settle(self, details: JobDetails) -> tuple[JobDetails, int]:
        """An ended job's details as they are meant, and how many detached actors of a stopped one could not be ended.

        A job that was ended by force counts as failed for Ray; it was stopped. Waits, within limits, until nothing
        of a stopped one is left. A job that ended by itself keeps its actors: that is what they are for.
        """
        if details.status == "FAILED" and (details.error_type or "").startswith(_BY_FORCE):
            details = await self._as_meant(details)
        return details, await self._clear(details) if details.status == "STOPPED" else 0

    async def stuck(self) -> float | None:
        """For how many seconds a job that still runs has withstood its end by force, when that is too long."""
        sweep = await self._api.job(self._sweep_id)
        asked = sweep.since_start if sweep else None
        return asked if asked is not None and asked > _STUCK_AFTER else None

    async def _request_stop(self) -> JobDetails | None:
        """The job when the stop was requested; the request is repeated while its supervisor is starting."""
        limit = time.monotonic() + _HEAR_LIMIT
        while True:
            details = await self._api.job(self._id)
            if details is None or details.ended:
                return None
            if await self._api.stop(self._id):
                return details
            if time.monotonic() > limit:
                raise TargetUnavailable("The target cluster did not stop this run. Try again.")
            await asyncio.sleep(0.1)

    async def _as_meant(self, details: JobDetails) -> JobDetails:
        try:
            by_us = await self._api.job(self._sweep_id) is not None
        except RaygenError:
            return details
        return details.model_copy(update={"status": "STOPPED", "message": None}) if by_us else details

    async def _clear(self, details: JobDetails) -> int:
        limit = time.monotonic() + _CLEAR_LIMIT
        while left := await self._detached(details):
            if time.monotonic() > limit:
                return left
            await self._sweep(details)
            await asyncio.sleep(0.15)
        return 0

    async def _detached(self, details: JobDetails) -> int:
        """How many detached actors of the job live; none if the cluster doesn't report it."""
        if details.job_id is None:
            return 0
        try:
            return await self._api.detached(details.job_id)
        except (RaygenError, LookupError, TypeError, ValueError):
            return 0

    async def _sweep(self, details: JobDetails) -> None:
        """Start the one sweep of this submission; Ray refuses a second."""
        package = pack({"sweep.py": _SWEEP.read_bytes()})
        body = {
            "submission_id": self._sweep_id,
            "entrypoint": f"exec {self._python} sweep.py {self._id} {details.job_id or '-'} {_GRACE}",
            "runtime_env": {"working_dir": await self._api.upload(package.name, package.content)},
            "metadata": {"title": f"raygen: stop {self._id}"},
        }
        await self._api.submit(body)
