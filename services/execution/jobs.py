"""A target that is any Ray cluster with a Jobs API: a head's dashboard, KubeRay's head service, or a proxy of it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from services.domain.checkpoints import FOLDER, NOTHING_LEFT
from services.domain.errors import RaygenError, TargetRefused, TargetUnavailable
from services.domain.input_files import NO_SIZE_LIMITS
from services.domain.input_files import checked as checked_inputs
from services.domain.values import Readiness
from services.driver import ARGUMENTS, PACKAGE, TIMES, driver_files
from services.driver.checkpoints import read_checkpoints
from services.execution.api import RayApi
from services.execution.driver_package import pack
from services.execution.following import Follower, JobUnknown, PollIntervals, always
from services.execution.installed import installed
from services.execution.interface import Event, Finished, Job
from services.execution.profiling import ClusterProfiler
from services.execution.remarks import remarks
from services.execution.secrets import Deliveries
from services.execution.state import ClusterState
from services.execution.stopping import STOP_ENVIRONMENT, Stopper
from services.execution.transcript import OUTPUT, Transcript, nonce
from services.execution.verdict import conclude, limited, unavailable
from services.execution.wire import WALL_LIMIT
from services.text.formatting import human_bytes, human_seconds

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
# What a head's dashboard takes as one request's body: DASHBOARD_CLIENT_MAX_SIZE of Ray 2.60.
_PACKAGE = 100 * 1024**2 - 1024
_LAUNCH = Path(__file__).with_name("launch.py")
_FORGOTTEN = "The head node of the target {} restarted during this run, so its outcome is unknown."
_OUT_OF_REACH = (
    "The head node of the target {} has not responded for {}, so the outcome of this run is unknown."
)


class JobsTarget:
    """Runs programs on the cluster behind `api`.

    `python` is the command on the cluster; `claims` is a directory there in which each run leaves a mark
    as it starts, for clusters that can lose their job table; `output_limit` is in characters. Where `mounted`, the cluster has
    the packages of locks, and nothing is installed. `deliveries` are those of all that speak to the same cluster.
    """

    def __init__(
        self,
        api: RayApi,
        *,
        name: str = "remote",
        python: str = "python",
        claims: str | None = None,
        mounted: bool = False,
        intervals: PollIntervals | None = None,
        output_limit: int = OUTPUT,
        deliveries: Deliveries | None = None,
    ) -> None:
        self.name = name
        self._api = api
        self._python = python
        self._claims = claims
        self._mounted = mounted
        self._intervals = intervals or PollIntervals()
        self._output_limit = output_limit
        self._deliveries = deliveries or Deliveries()

    @property
    def address(self) -> str:
        return self._api.address

    @property
    def profiler(self) -> ClusterProfiler:
        """Finds what the cluster has."""
        return ClusterProfiler(self._api, python=self._python)

    async def aclose(self) -> None:
        await self._api.aclose()

    async def submit(self, job: Job) -> bool:
        submission_id = checked(job.submission_id)
        # A job that is there has its half of the secrets; another one would never be taken.
        if job.secrets and await self._api.job(submission_id) is not None:
            return False
        files = {
            **{file.name: file.content for file in checked_inputs(job.inputs, NO_SIZE_LIMITS)},
            "program.py": job.code.encode(),
            **driver_files(),
            "launch.py": _LAUNCH.read_bytes(),
            f"{PACKAGE}/{ARGUMENTS}": json.dumps(job.arguments).encode(),
            **{f"{FOLDER}/{file.name}": file.content for file in job.checkpoints},
            f"{PACKAGE}/{TIMES}": json.dumps({file.name: file.modified for file in job.checkpoints}).encode(),
            # Ray unpacks equal packages into one directory, and no two runs may share theirs.
            ".submission": submission_id.encode(),
            **await self._deliveries.add(self._api, submission_id, job.secrets),
        }
        if self._mounted:
            files[".environment"] = job.lock.sha256.encode()
        package = pack(files, read_only={file.name for file in job.inputs})
        if len(package.content) > _PACKAGE:
            raise TargetRefused(
                f"The program and its files have {human_bytes(len(package.content))} packed, and Ray accepts at most "
                f"{human_bytes(_PACKAGE)}. Use fewer or smaller input files."
            )
        body = {
            "submission_id": submission_id,
            "entrypoint": self._entrypoint(submission_id, job.wall_limit),
            "runtime_env": {
                "working_dir": await self._api.upload(package.name, package.content),
                "env_vars": {**job.variables, **STOP_ENVIRONMENT},
                **({} if self._mounted else installed(job)),
            },
            **_asked(job.resources),
            "metadata": {**job.metadata, WALL_LIMIT: str(job.wall_limit)},
        }
        try:
            accepted = await self._api.submit(body)
        except TargetRefused:
            await self._deliveries.remove(self._api, submission_id)
            raise
        if not accepted:
            await self._deliveries.remove(self._api, submission_id)
        return accepted

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        transcript = self.transcript(submission_id)
        known = False
        try:
            async with aclosing(self.watch(submission_id, transcript)) as events:
                async for event in events:
                    known = True
                    yield event
        except JobUnknown:
            sentence = _FORGOTTEN if known else "The target {} has no record of this run."
            yield Finished(unavailable(sentence.format(self.name), transcript))
        except TargetUnavailable as error:
            sentence = (
                _OUT_OF_REACH.format(self.name, human_seconds(self._intervals.unreachable_after))
                if known
                else error.public
            )
            yield Finished(unavailable(sentence, transcript))
        except RaygenError as error:
            yield Finished(unavailable(error.public, transcript))

    async def watch(
        self, submission_id: str, transcript: Transcript, alive: Callable[[], bool] = always
    ) -> AsyncGenerator[Event]:
        """As `follow`, onto a transcript that may hold the beginning; raises when the job can't be followed."""
        stopper = self._stopper(submission_id)
        follower = Follower(self._api, submission_id, transcript, self._intervals, stopper, alive=alive)
        async with self._deliveries.waiting(self._api, submission_id), aclosing(follower.events()) as events:
            async for event in events:
                yield event
        await self._deliveries.remove(self._api, submission_id)
        assert follower.details is not None
        details, actors = await stopper.settle(limited(follower.details, transcript))
        said = await remarks(self._api, details, left=actors, failures=follower.failures)
        # Of large ones it takes a moment.
        left = await asyncio.to_thread(read_checkpoints, transcript.checkpoints)
        outcome = conclude(details, transcript, said)
        yield Finished(outcome, NOTHING_LEFT if outcome.passed else left)

    def transcript(self, submission_id: str) -> Transcript:
        return Transcript(checked(submission_id), limit=self._output_limit)

    async def stop(self, submission_id: str) -> bool:
        return await self._stopper(checked(submission_id)).stop()

    async def state(self) -> ClusterState:
        try:
            return await self._api.state()
        except RaygenError as error:
            return ClusterState(problem=error.public)

    async def readiness(self) -> Readiness:
        part = f"target {self.name}"
        try:
            await self._api.version()
        except RaygenError as error:
            return Readiness(part, ready=False, missing=error.public)
        return Readiness(part, ready=True)

    def _stopper(self, submission_id: str) -> Stopper:
        return Stopper(self._api, submission_id, self._python)

    def _entrypoint(self, submission_id: str, wall_limit: float) -> str:
        """The shell line; holds nothing but our own words and the checked submission ID.

        With `exec` no shell stays behind that would add words of its own to the log.
        """
        claim = f"{self._claims}/{submission_id}" if self._claims else "-"
        driver = f"-m {PACKAGE} --nonce {nonce(submission_id)} program.py"
        return f"exec {self._python} launch.py {submission_id} {claim} {float(wall_limit)} {driver}"


def _asked(resources: Mapping[str, float]) -> dict[str, Any]:
    """What the driver itself takes, in the words of the Jobs API; Ray wants memory in whole bytes."""
    own = {name: amount for name, amount in resources.items() if name not in {"CPU", "GPU", "memory"}}
    asked = {
        "entrypoint_num_cpus": resources.get("CPU"),
        "entrypoint_num_gpus": resources.get("GPU"),
        "entrypoint_memory": int(resources["memory"]) if "memory" in resources else None,
        "entrypoint_resources": own or None,
    }
    return {name: amount for name, amount in asked.items() if amount is not None}


def checked(submission_id: str) -> str:
    """The ID itself, once it is sure to be a plain word in paths, URLs and shell lines."""
    if not _SAFE.fullmatch(submission_id):
        raise TargetRefused("The name of this run is not valid on any target.")
    return submission_id
