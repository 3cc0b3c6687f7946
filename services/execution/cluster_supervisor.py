"""Sees to it that the embedded target has one healthy cluster: adopts, starts, watches, replaces, lets go."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from typing import TypeVar

from services.domain.errors import RaygenError, TargetUnavailable
from services.execution.api import RayApi
from services.execution.cluster import Cluster, Size, clean_up, launch, recorded
from services.execution.cluster_directory import ClusterDirectory
from services.execution.cluster_lease import ClusterLease, take
from services.execution.outgoing import Outgoing

_log = logging.getLogger(__name__)
_T = TypeVar("_T")
_LOCK_LIMIT = 240.0
_CLEAN_UP_LIMIT = 30.0
_LONGEST_PAUSE = 60.0
_STARTING = "The embedded Ray cluster is starting."
_SLOW = "The embedded Ray cluster did not start in time: this machine is slow or busy. Please try again in a few minutes."
_DEAD = "The embedded Ray cluster does not start. `raygen doctor` shows why."


@dataclass(frozen=True, slots=True)
class SupervisorTimeouts:
    """Times in seconds: how long a cluster outlives its bots, and how often and patiently it is looked after."""

    orphan_limit: float = 600.0
    lease_every: float = 3.0
    health_every: float = 5.0
    unhealthy_after: float = 60.0
    boot_limit: float = 120.0
    tries: int = 3


@dataclass(frozen=True, slots=True)
class Attached:
    """A cluster that answers, and the way to talk to it."""

    cluster: Cluster
    api: RayApi


class ClusterSupervisor:
    """Holds this bot's lease on the one cluster of `home`; several bots may hold leases at once."""

    def __init__(
        self, home: ClusterDirectory, size: Size, way_out: Outgoing, timeouts: SupervisorTimeouts
    ) -> None:
        self._home = home
        self._size = size
        self._way_out = way_out
        self._timeouts = timeouts
        self._leased: Cluster | None = None
        self._lease: ClusterLease | None = None
        self._attached: Attached | None = None
        self._apis: list[RayApi] = []
        self._ready = asyncio.Event()
        self._wake = asyncio.Event()
        self._duties: list[asyncio.Task[None]] = []
        self._noted: set[str] = set()
        self._healthy_at = 0.0
        self.missing = _STARTING

    @property
    def attached(self) -> Attached | None:
        """What can be used now; None while nothing answers."""
        attached = self._attached
        if attached is None or not attached.cluster.alive():
            self._renew()
            return None
        return attached

    async def open(self) -> None:
        await asyncio.to_thread(self._home.prepare)
        await asyncio.to_thread(self._home.sweep)
        self._duties = [asyncio.create_task(self._renew_lease()), asyncio.create_task(self._look_after())]

    async def aclose(self) -> None:
        """End the cluster unless a run is active or another bot holds it; the guard ends it later then."""
        for duty in self._duties:
            duty.cancel()
        await asyncio.gather(*self._duties, return_exceptions=True)
        try:
            await self._let_go()
        finally:
            for api in self._apis:
                await api.aclose()

    async def current(self, limit: float) -> Attached:
        """The cluster, as soon as there is one that answers. Raises TargetUnavailable after `limit` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while True:
                    attached = self.attached
                    if attached is not None:
                        return attached
                    await self._ready.wait()
        raise TargetUnavailable(self.missing)

    async def cleaned_up(self, cluster: Cluster) -> None:
        """Wait until what a lost cluster left behind has been put in order; bounded by the times to end it."""
        self._renew()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLEAN_UP_LIMIT):
                while cluster.directory.exists():  # noqa: ASYNC110  # another process may do it
                    await asyncio.sleep(0.02)

    def _renew(self) -> None:
        if self._ready.is_set():
            self._ready.clear()
            self.missing = "The embedded Ray cluster stopped and is being replaced."
        self._wake.set()

    async def _look_after(self) -> None:
        pause = self._timeouts.health_every
        while True:
            self._wake.clear()
            try:
                await self._ensure()
                pause = self._timeouts.health_every
            except RaygenError as error:
                self.missing = error.public
                _log.warning("embedded cluster: %s", error.public)
            except Exception:  # noqa: BLE001  # whatever it was, the next round may do better
                self.missing = "The embedded Ray cluster can't be started. The bot's log shows why."
                _log.exception("embedded cluster")
            if self._attached is None:
                pause = min(2 * pause, _LONGEST_PAUSE)
                await asyncio.sleep(pause)
            else:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), pause)

    async def _ensure(self) -> None:
        if self._attached is not None and await self._healthy(self._attached):
            return
        self._attached = None
        self._ready.clear()
        async with self._locked():
            if not await self._adopt():
                await self._start()

    async def _healthy(self, attached: Attached) -> bool:
        """Whether it lives and has answered lately; what has ended is written down on the way."""
        if not attached.cluster.alive():
            return False
        try:
            jobs = await attached.api.jobs()
        except RaygenError:
            return time.monotonic() - self._healthy_at < self._timeouts.unhealthy_after
        self._healthy_at = time.monotonic()
        for job in jobs:
            if job.ended and job.submission_id and job.submission_id not in self._noted:
                self._noted.add(job.submission_id)
                self._home.note_end(job.submission_id, job)
        return True

    async def _adopt(self) -> bool:
        cluster = recorded(self._home)
        if cluster is None or not cluster.alive():
            return False
        if cluster.outgoing is Outgoing.INTERNET and self._way_out is Outgoing.NONE:
            _log.warning(
                "replacing the embedded cluster: it has internet access, which the settings no longer allow"
            )
            return False
        self._hold(cluster)
        return await self._attach(cluster, self._timeouts.unhealthy_after)

    async def _start(self) -> None:
        for directory in self._home.clusters():
            await _thread(lambda gone=directory: clean_up(self._home, gone))
        slow = False
        for left in reversed(range(self._timeouts.tries)):
            cluster = await _thread(self._launch)
            self._hold(cluster)
            if await self._attach(cluster, self._timeouts.boot_limit):
                return
            slow = cluster.alive()
            _log.warning("embedded cluster did not start; %d attempts left", left)
            await _thread(lambda dead=cluster: clean_up(self._home, dead.directory))
        raise TargetUnavailable(_SLOW if slow else _DEAD)

    def _launch(self) -> Cluster:
        return launch(self._home, self._size, self._way_out, self._timeouts.orphan_limit)

    async def _attach(self, cluster: Cluster, limit: float) -> bool:
        """Wait until it answers and its job agent is warm; False when it died or took too long."""
        api = RayApi(cluster.address, token=cluster.token)
        self._apis.append(api)
        give_up = time.monotonic() + limit
        while cluster.alive() and time.monotonic() < give_up:
            try:
                await api.jobs()
            except RaygenError:
                await asyncio.sleep(0.1)
                continue
            await self._warm(cluster)
            self._attached = Attached(cluster, api)
            self._healthy_at = time.monotonic()
            self._ready.set()
            return True
        return False

    async def _warm(self, cluster: Cluster) -> None:
        """The job agent connects to Ray on its first call, which costs seconds: make it now."""
        agent = RayApi(cluster.agent, token=cluster.token, timeout=5.0)
        try:
            for _ in range(20):
                if await agent.warm():
                    return
                await asyncio.sleep(0.2)
        finally:
            await agent.aclose()

    async def _let_go(self) -> None:
        cluster, lease = self._leased, self._lease
        if cluster is None or lease is None:
            return
        try:
            reason = await self._reason_to_leave(lease) if cluster.alive() else None
            if reason is None:
                await _thread(lambda: clean_up(self._home, cluster.directory))
                return
        finally:
            lease.drop()
        _log.info(
            "embedded cluster left running (%s); it stops after %.0f s without a bot",
            reason,
            self._timeouts.orphan_limit,
        )

    async def _reason_to_leave(self, lease: ClusterLease) -> str | None:
        if lease.shared():
            return "another bot uses it"
        if self._attached is None:
            return None
        if not await self._healthy(self._attached):
            return None
        try:
            active = [job for job in await self._attached.api.jobs() if job.submission_id and not job.ended]
        except RaygenError:
            return "it does not answer"
        return f"{len(active)} active" if active else None

    def _hold(self, cluster: Cluster) -> None:
        if self._lease is not None:
            self._lease.drop()
        self._leased, self._lease = cluster, ClusterLease(cluster.leases)

    async def _renew_lease(self) -> None:
        while True:
            if self._lease is not None:
                self._lease.renew()
            await asyncio.sleep(self._timeouts.lease_every)

    @contextlib.asynccontextmanager
    async def _locked(self) -> AsyncGenerator[None]:
        """One starter at a time, over all processes that use this directory."""
        with self._home.lock.open("ab") as file:  # opening a small local file
            async with asyncio.timeout(_LOCK_LIMIT):
                while not take(file):  # noqa: ASYNC110  # held by another process
                    await asyncio.sleep(0.05)
            yield


async def _thread(work: Callable[[], _T]) -> _T:
    """Run blocking work that must not be left half done: a cancellation waits for its (bounded) end."""
    task = asyncio.create_task(asyncio.to_thread(work))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise
