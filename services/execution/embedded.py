"""The target of a bot that has no cluster: a local Ray of its own, fenced in, that outlives the bot's crashes."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from services.domain.disk_space import Disk, no_room
from services.domain.errors import PackagesRefused, RaygenError, StorageFull, TargetRefused, TargetUnavailable
from services.domain.values import Readiness
from services.environments.interface import Environment, Environments
from services.execution import sandbox
from services.execution.cluster import Size
from services.execution.cluster_directory import ClusterDirectory
from services.execution.cluster_supervisor import Attached, ClusterSupervisor, SupervisorTimeouts
from services.execution.ended_cluster import EndedCluster
from services.execution.following import JobUnknown, PollIntervals
from services.execution.interface import Event, Finished, Job
from services.execution.jobs import JobsTarget, checked
from services.execution.outgoing import Outgoing
from services.execution.secrets import Deliveries
from services.execution.state import ClusterState
from services.execution.transcript import OUTPUT, Transcript
from services.execution.verdict import unavailable
from services.execution.wire import JobDetails

_log = logging.getLogger(__name__)
_WAIT = 60.0
_ROUNDS = 5
_NO_PACKAGES = (
    "This raygen installs no packages, and the program needs some. Have an operator set RAYGEN_PACKAGES."
)
_WITHOUT_SECRETS = "The local cluster restarted before this run began, and its secrets aren't stored, so it was not started. Run it again."
_FULL = "The local cluster's disk filled up during this run. Free some space, then run it again."


async def _unreported(_: str) -> None:
    """Report to no one."""


class EmbeddedTarget:
    """Runs programs on a Ray cluster below `root`, a directory for the bot's user alone.

    The cluster has a network of its own; `outgoing` is what programs can reach from there. `environments` has the packages of
    their locks, without which such programs are refused.
    Use it as an async context manager: entering starts or adopts the cluster in the background.
    """

    def __init__(
        self,
        root: Path,
        *,
        outgoing: Outgoing,
        name: str = "embedded",
        size: Size | None = None,
        environments: Environments | None = None,
        timeouts: SupervisorTimeouts | None = None,
        intervals: PollIntervals | None = None,
        output_limit: int = OUTPUT,
    ) -> None:
        self.name = name
        self._home = ClusterDirectory(root, environments.directory if environments else None)
        self._past = EndedCluster(self._home)
        self._environments = environments
        self._supervisor = ClusterSupervisor(
            self._home, size or Size(), outgoing, timeouts or SupervisorTimeouts()
        )
        self._intervals = intervals or PollIntervals()
        self._output_limit = output_limit
        self._without_room: set[str] = set()
        self._held: dict[str, Environment] = {}
        self._secrets: dict[str, Mapping[str, str]] = {}
        self._deliveries = Deliveries()

    async def __aenter__(self) -> Self:
        await self._supervisor.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def up(self, limit: float = _WAIT) -> None:
        """Wait until the cluster answers. Raises TargetUnavailable with what is missing after `limit` seconds."""
        await self._supervisor.current(limit)

    async def aclose(self) -> None:
        await self._supervisor.aclose()

    @property
    def address(self) -> str:
        attached = self._supervisor.attached
        return attached.cluster.address if attached else ""

    @property
    def token(self) -> str:
        """What opens the dashboard at `address`; for people on this machine, never for a log."""
        attached = self._supervisor.attached
        return attached.cluster.token if attached else ""

    async def submit(self, job: Job) -> bool:
        submission_id = checked(job.submission_id)
        if self._home.started(submission_id) or self._home.end(submission_id):
            return False
        await self._hold(job)
        try:
            self._home.keep_job(job)
        except OSError as error:
            if no_room(error):
                raise StorageFull from error
            raise
        if job.secrets:
            self._secrets[submission_id] = job.secrets
        return await self._jobs(await self._supervisor.current(_WAIT)).submit(job)

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        try:
            if (job := self._home.kept_job(submission_id)) is not None:
                await self._hold(job)
        except TargetRefused as error:  # its packages are gone, and with them what would run
            _log.warning("the packages of a run can't be had: %s", error.public)
        try:
            async with aclosing(self._events(submission_id)) as events:
                async for event in events:
                    yield self._explained(submission_id, event)
        finally:
            self._held.pop(submission_id, None)
            self._secrets.pop(submission_id, None)

    async def _hold(self, job: Job) -> None:
        """Have the packages of a run, and keep them until it was followed to its end. Raises TargetRefused."""
        if not job.lock or job.submission_id in self._held:
            return
        if self._environments is None:
            raise TargetRefused(_NO_PACKAGES)
        try:
            self._held[job.submission_id] = await self._environments.install(job.lock, _unreported)
        except PackagesRefused as error:
            raise TargetRefused(error.public) from error

    def _explained(self, submission_id: str, event: Event) -> Event:
        """An end that a full disk may have caused says so: Ray and the program report it in many ways, or in none.

        It is kept in mind, since the bot follows a run again that it could not record.
        """
        if not Disk(self._home.root).writable:
            self._without_room.add(submission_id)
        match event:
            case Finished(outcome, left) if not outcome.passed and submission_id in self._without_room:
                return Finished(replace(outcome, remarks=(*outcome.remarks, _FULL)), left)
            case _:
                return event

    async def _events(self, submission_id: str) -> AsyncGenerator[Event]:
        """As `follow`; work that a lost cluster had not begun is handed to the next one."""
        transcript = self._transcript(checked(submission_id))
        for _ in range(_ROUNDS):
            try:
                async with aclosing(self._live(submission_id, transcript)) as events:
                    async for event in events:
                        yield event
            except JobUnknown:
                if transcript.begun or self._past.began(submission_id):
                    break
                if problem := await self._send_again(submission_id):
                    self._home.drop_job(submission_id)
                    yield Finished(unavailable(problem, transcript))
                    return
                transcript = self._transcript(submission_id)
            except RaygenError as error:
                if self._supervisor.attached is None and self._past.began(submission_id):
                    break
                self._home.drop_job(submission_id)
                yield Finished(unavailable(error.public, transcript))
                return
            else:
                return
        async with aclosing(self._past.replay(submission_id, transcript)) as events:
            async for event in events:
                yield event

    async def stop(self, submission_id: str) -> bool:
        attached = self._supervisor.attached
        if attached is not None and await self._jobs(attached).stop(submission_id):
            return True
        job = self._home.kept_job(submission_id)
        if job is None or self._past.began(submission_id):
            return False
        self._home.note_end(submission_id, JobDetails(status="STOPPED", submission_id=submission_id))
        return True

    async def readiness(self) -> Readiness:
        attached = self._supervisor.attached
        if attached is None:
            return Readiness(f"target {self.name}", ready=False, missing=self._supervisor.missing)
        return await self._jobs(attached).readiness()

    async def state(self) -> ClusterState:
        attached = self._supervisor.attached
        if attached is None:
            return ClusterState(problem=self._supervisor.missing)
        return await self._jobs(attached).state()

    async def _live(self, submission_id: str, transcript: Transcript) -> AsyncGenerator[Event]:
        """The run on the cluster of now. Raises JobUnknown also when that cluster is lost meanwhile."""
        attached = await self._supervisor.current(_WAIT)
        alive = attached.cluster.alive
        try:
            async with aclosing(self._jobs(attached).watch(submission_id, transcript, alive)) as events:
                async for event in events:
                    yield event
        except TargetUnavailable:
            if alive():
                raise
            await self._supervisor.cleaned_up(attached.cluster)
            raise JobUnknown from None

    async def _send_again(self, submission_id: str) -> str:
        """Submit what was handed over and never begun; why that isn't possible, as a sentence."""
        job = self._home.kept_job(submission_id)
        if job is None:
            return f"The target {self.name} has no record of this run."
        secrets = self._secrets.get(submission_id, {})
        if set(self._home.secrets_of(submission_id)) - set(secrets):
            return _WITHOUT_SECRETS
        try:
            await self.submit(replace(job, secrets=secrets))
        except TargetUnavailable:
            await asyncio.sleep(1.0)
        return ""

    def _jobs(self, attached: Attached) -> JobsTarget:
        return JobsTarget(
            attached.api,
            name=self.name,
            python=sys.executable,
            claims=sandbox.CLAIMS,
            mounted=True,
            intervals=self._intervals,
            output_limit=self._output_limit,
            deliveries=self._deliveries,
        )

    def _transcript(self, submission_id: str) -> Transcript:
        return Transcript(submission_id, limit=self._output_limit)
