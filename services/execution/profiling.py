"""Finds what a cluster has by one small job. The job is named for the cluster's session, so there is one of it however many ask."""

from __future__ import annotations

import asyncio
import contextlib
import re
from pathlib import Path
from typing import Annotated, Protocol

from packaging.version import InvalidVersion, Version
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.domain.errors import RaygenError, TargetRefused, TargetUnavailable
from services.domain.target_profile import TargetProfile
from services.domain.values import sha256
from services.execution.api import RayApi
from services.execution.driver_package import pack
from services.execution.profile_job import MARK, WALL

KIND = "raygen_kind"
"""The metadata by which the job can be told from people's runs."""
_JOB = Path(__file__).with_name("profile_job.py")
# Another form of the job's answer is another job.
_FORM = 1
_POLL = 0.5
_LIMIT = WALL + 30.0
_LOG = 1024**2
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?")
_UNKNOWN = "The target's environment could not be determined."

_Version = Annotated[str, Field(pattern=r"^[0-9][A-Za-z0-9.+!_-]{0,49}$")]
_Amount = Annotated[float, Field(ge=0, lt=1e6)]


class Profiling(Protocol):
    """A cluster that can be asked what it has."""

    async def session(self) -> str:
        """What names the cluster's current life. Raises RaygenError."""
        ...

    async def profile(self, session: str) -> TargetProfile:
        """What it has in that session, after up to two minutes. Raises RaygenError."""
        ...


class ClusterProfiler:
    """Asks the cluster behind `api`; `python` is the command there."""

    def __init__(self, api: RayApi, *, python: str = "python") -> None:
        self._api = api
        self._python = python

    async def session(self) -> str:
        return await self._api.session()

    async def profile(self, session: str) -> TargetProfile:
        job = f"profile-{sha256(session)[:16]}-{_FORM}"
        try:
            async with asyncio.timeout(_LIMIT):
                await self._submit(job)
                await self._ended(job)
                return read(await self._api.short_log(job, _LOG), session)
        except TimeoutError:
            with contextlib.suppress(RaygenError):
                await self._api.stop(job)
            raise TargetUnavailable(_UNKNOWN) from None

    async def _ended(self, job: str) -> None:
        while True:
            details = await self._api.job(job)
            if details is not None and details.ended:
                return
            await asyncio.sleep(_POLL)

    async def _submit(self, job: str) -> None:
        """Start it unless it runs or has succeeded."""
        known = await self._api.job(job)
        if known is not None and known.ended and known.status != "SUCCEEDED":
            await self._api.delete(job)
            known = None
        if known is not None:
            return
        package = pack({_JOB.name: _JOB.read_bytes(), ".submission": job.encode()})
        await self._api.submit(
            {
                "submission_id": job,
                "entrypoint": f"exec {self._python} {_JOB.name}",
                "runtime_env": {"working_dir": await self._api.upload(package.name, package.content)},
                "metadata": {KIND: "profile", "title": "raygen: what this cluster has"},
            }
        )


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    python: _Version
    ray: _Version
    packages: dict[str, str] = Field(max_length=5000)
    answered: int = Field(ge=0, lt=100_000)
    nodes: int = Field(ge=0, lt=100_000)
    gpus: _Amount
    accelerators: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")], ...] = Field(max_length=20)
    memory: int = Field(ge=0, lt=2**60)


def read(log: str, session: str) -> TargetProfile:
    """The profile in a job's log, of which nothing is trusted. Raises TargetRefused where there is none."""
    line = next((each for each in log.splitlines() if each.startswith(MARK)), "")
    try:
        answer = _Answer.model_validate_json(line.removeprefix(MARK))
    except ValidationError:
        raise TargetRefused(_UNKNOWN) from None
    if not answer.answered:
        raise TargetRefused(_UNKNOWN)
    return TargetProfile(
        session=session,
        python=answer.python,
        ray=answer.ray,
        packages={name: version for name, version in answer.packages.items() if _sound(name, version)},
        answered=answer.answered,
        nodes=answer.nodes,
        gpus=answer.gpus,
        accelerators=answer.accelerators,
        memory=answer.memory,
    )


def _sound(name: str, version: str) -> bool:
    if len(version) > 50 or not _NAME.fullmatch(name):
        return False
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True
