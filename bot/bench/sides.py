# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
# Ray's client is untyped in part.
"""The ways to run one program that are compared: a sealed validation, Ray's own Jobs client, and plain Python."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from ray.job_submission import JobStatus, JobSubmissionClient

from bot.bench.ordinary import Ordinary
from bot.bench.programs import BenchFailed, Timed, written
from services.validation.interface import ValidationLease

_POLL = 0.02
_LIMIT = 120.0


@dataclass(frozen=True, slots=True)
class Taken:
    """Seconds of one execution: as seen from outside, and between the program's own first and last line."""

    whole: float
    inside: float


async def validated(lease: ValidationLease, program: Timed) -> Taken:
    """From code in to verdict out."""
    began = time.perf_counter()
    outcome = await lease.validate(program.code)
    whole = time.perf_counter() - began
    if not outcome.passed:
        raise BenchFailed(
            f"A validation ended as {outcome.verdict}: {outcome.detail or outcome.stderr[-300:]}"
        )
    return Taken(whole, program.inside(outcome.stdout))


class JobsSide:
    """`JobSubmissionClient`, as Ray's documentation shows it: a working directory, and polling, only faster."""

    def __init__(self, cluster: Ordinary) -> None:
        logging.getLogger("ray.dashboard.modules.dashboard_sdk").setLevel(logging.WARNING)
        logging.getLogger("ray._private").setLevel(logging.WARNING)
        for name in ("RAY_ADDRESS", "RAY_API_SERVER_ADDRESS"):
            os.environ.pop(name, None)  # Ray would prefer these to the address that it is given
        self._client = JobSubmissionClient(cluster.jobs, headers={"Authorization": f"Bearer {cluster.token}"})

    async def run(self, program: Timed, folder: Path) -> Taken:
        """From the call that submits to the logs of a job that has succeeded."""
        file = written(program, folder)
        return await asyncio.to_thread(self._run, program, file)

    def _run(self, program: Timed, file: Path) -> Taken:
        began = time.perf_counter()
        job = self._client.submit_job(
            entrypoint=f"{sys.executable} {file.name}", runtime_env={"working_dir": str(file.parent)}
        )
        status = self._await_end(job, began + _LIMIT)
        logs = self._client.get_job_logs(job)
        whole = time.perf_counter() - began
        if status is not JobStatus.SUCCEEDED:
            raise BenchFailed(f"A job ended as {status}: {logs[-300:]}")
        return Taken(whole, program.inside(logs))

    def _await_end(self, job: str, limit: float) -> JobStatus:
        while not (status := self._client.get_job_status(job)).is_terminal():
            if time.perf_counter() > limit:
                raise BenchFailed("A job did not end in time.")
            time.sleep(_POLL)
        return status


async def plain(cluster: Ordinary, program: Timed, folder: Path) -> Taken:
    """`python program.py` with the cluster's address in its environment, until it has ended."""
    file = written(program, folder)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(file)),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=cluster.environment,
        cwd=folder,
    )
    try:
        async with asyncio.timeout(_LIMIT):
            output, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    whole = time.perf_counter() - began
    if process.returncode != 0:
        raise BenchFailed(f"Plain Python failed: {complaint.decode(errors='replace')[-300:]}")
    return Taken(whole, program.inside(output.decode()))
