"""Ready sealed clusters: filled in the background, leased to one task each, destroyed after, replaced when dead."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

from services.domain.checkpoints import CheckpointFile, packed
from services.domain.companion_files import companions_of, sizes
from services.domain.errors import SealUnavailable
from services.domain.filenames import importable
from services.domain.modules import modules
from services.domain.parser_process import run_isolated
from services.domain.values import InputFile, Outcome, Readiness, Verdict
from services.validation import readings
from services.validation.cgroup import delegated
from services.validation.imports import installed, missing, provided
from services.validation.interface import (
    BARE,
    Setup,
    ValidationLease,
    ValidationLimits,
    Validator,
    Waiting,
)
from services.validation.probe import PART, probe
from services.validation.refused import RefusedValidator
from services.validation.sandbox import TOO_SLOW, AttemptRecord, ClusterSettings, Sandbox
from services.validation.seal import NO_MOUNTS, Furnishing, Mounts
from services.validation.template import Template, can_be_used, shared_template
from services.validation.verdict import conclude
from services.validation.warm import WarmClusters

_log = logging.getLogger(__name__)
_FIRST_START = 3.0
_REPLACED = "Its packages bring another version of {}, which Ray itself has loaded already. Loosen the versions in its header."
_STARTING = "Sealed clusters are starting."
# How long a request waits, in seconds, for another try after a start has failed.
_FAILING = 60.0
_CHECK = 0.2
_ABREAST = len(os.sched_getaffinity(0))
_COURTESY = 2.0
_PAUSES = (0.5, 30.0)


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """`size` clusters are kept ready (none: each lease starts its own); `most` exist at a time, leased ones included.

    An idle one is replaced after `stale` seconds. One more is kept ready for each of the last `warm` mounts of packages and data. `limits` hold where a validation names none of its own.
    """

    size: int = 1
    most: int = 4
    limits: ValidationLimits = field(default_factory=ValidationLimits)
    cluster: ClusterSettings = field(default_factory=ClusterSettings)
    stale: float = 1800.0
    warm: int = 2


@asynccontextmanager
async def open_validator(settings: PoolSettings) -> AsyncGenerator[Validator]:
    """A pool where this host can seal programs; otherwise one that refuses visibly, and says why."""
    readiness = await probe()
    if not readiness.ready:
        _log.warning(readiness.missing)
        yield RefusedValidator(readiness)
        return
    await asyncio.to_thread(installed)
    async with SealedPool(affordable(settings)) as pool:
        yield pool


def affordable(settings: PoolSettings) -> PoolSettings:
    """No more clusters than the machine's free memory has room for, and one in any case."""
    room = max(1, readings.available() // max(settings.limits.memory, 1))
    size = min(settings.size, room)
    return replace(settings, size=size, most=min(settings.most, room), warm=min(settings.warm, room - size))


class SealedPool:
    """Use as an async context manager; leaving it destroys everything that it started."""

    def __init__(self, settings: PoolSettings) -> None:
        self._settings = settings
        self._idle: deque[Sandbox] = deque()
        self._changed = asyncio.Condition()
        self._demand = 0
        self._busy = 0
        self._taken = 0.0
        self._room = asyncio.Semaphore(settings.most)
        self._took = _FIRST_START
        self._groups = delegated()
        self._problem = ""
        self._warm = WarmClusters(settings.warm, self._with_mounts, calm=self._is_calm, stale=settings.stale)
        self._chores: list[asyncio.Task[None]] = []
        self._resources = ExitStack()
        self._template: Template | None = None
        self._has_forked = False

    async def __aenter__(self) -> Self:
        if can_be_used():
            self._template = self._resources.enter_context(shared_template())
        self._chores.append(asyncio.create_task(self._keep_filled()))
        if self._settings.warm > 0:
            self._chores.append(asyncio.create_task(self._warm.keep()))
        return self

    async def __aexit__(self, *_: object) -> None:
        for chore in self._chores:
            chore.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)
        await asyncio.gather(*(sandbox.close() for sandbox in self._idle))
        self._idle.clear()
        self._resources.close()

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        checkpoints: Sequence[CheckpointFile] = (),
        waiting: Waiting | None = None,
    ) -> AsyncGenerator[ValidationLease]:
        """A cluster for one task; what is wrong with it shows as outcomes, so this does not raise.

        With data or checkpoints it is one of the task's own from the start, since a seal can't be opened to put something in.
        """
        data = Furnishing(
            tuple(file for file in inputs if not importable(file.name)),
            await asyncio.to_thread(packed, checkpoints) if checkpoints else b"",
        )
        if waiting and (data or not self._idle or self._room.locked()):
            await waiting(self._took * (1 + self._demand))
        async with self._room:
            lease = PooledLease(self, self._settings.limits, data, modules(inputs))
            try:
                lease.open()
                yield lease
            finally:
                await lease.aclose()

    where = ""

    def readiness(self) -> Readiness:
        ready = bool(self._idle) or (self._settings.size == 0 and not self._problem)
        return Readiness(PART, ready=ready, missing="" if ready else self._problem or _STARTING)

    def take_ready(self) -> Sandbox | None:
        """A live cluster without mounts that nobody has used, if one is there at once."""
        if self._demand or not self._has_live():
            return None
        self._taken = time.monotonic()
        return self._idle.popleft()

    async def give_back(self, sandbox: Sandbox) -> None:
        """Take a cluster without mounts back that nobody has used after all."""
        async with self._changed:
            self._idle.appendleft(sandbox)
            self._changed.notify_all()

    async def take(self, data: Furnishing, mounts: Mounts = NO_MOUNTS) -> Sandbox:
        """A live cluster that nobody has used; raises SealUnavailable when none can be had."""
        if data:
            return await Sandbox.start(self._settings.cluster, data, self._groups, mounts)
        if mounts:
            return await self._warm.take(mounts)
        async with self._changed:
            self._demand += 1
            self._changed.notify_all()
            try:
                await self._next_ready()
            finally:
                self._demand -= 1
            self._taken = time.monotonic()
            return self._idle.popleft()

    def warm(self, mounts: Mounts) -> bool:
        """Whether a cluster with these mounts is ready."""
        return self._warm.ready(mounts)

    async def _with_mounts(self, mounts: Mounts) -> Sandbox:
        return await Sandbox.start(self._settings.cluster, groups=self._groups, mounts=mounts)

    async def _plain(self) -> Sandbox:
        """A new cluster, forked from the template where that works."""
        if self._template:
            try:
                sandbox = await Sandbox.start(
                    self._settings.cluster, groups=self._groups, template=self._template
                )
            except SealUnavailable as error:
                _log.warning("a sealed cluster is started without the template: %s", error)
                if not self._has_forked:
                    self._template = None  # it never works on this machine
            else:
                self._has_forked = True
                return sandbox
        return await Sandbox.start(self._settings.cluster, groups=self._groups)

    def _is_calm(self) -> bool:
        """Whether a cluster may be started that nobody waits for: plain ones come first."""
        return (
            not self._demand
            and len(self._idle) >= self._goal()
            and not self._is_courteous()
            and readings.available() > self._settings.limits.memory
        )

    async def _next_ready(self) -> None:
        """Wait while clusters start, however slowly, but not for long once starts fail."""
        began = time.monotonic()
        while not self._has_live():
            limit = _FAILING if self._problem else self._settings.cluster.start_limit
            left = began + limit - time.monotonic()
            if left <= 0:
                raise SealUnavailable(self._problem or TOO_SLOW)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._changed.wait()

    def _has_live(self) -> bool:
        while self._idle and not self._idle[0].alive:
            self._idle.popleft()
        return bool(self._idle)

    async def _keep_filled(self) -> None:
        """Start clusters whenever there are fewer than wanted, as many at a time as there are processors; replace dead and stale ones."""
        pause, longest = _PAUSES
        while True:
            await self._replace()
            lacking = min(self._goal() - len(self._idle), _ABREAST)
            if lacking <= 0:
                await self._sleep()
            elif all(await asyncio.gather(*(self._add() for _ in range(lacking)))):
                pause = _PAUSES[0]
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, longest)

    async def _add(self) -> bool:
        """Start one more; whether that went well."""
        began = time.monotonic()
        try:
            sandbox = await self._plain()
        except SealUnavailable as error:
            async with self._changed:
                self._problem = error.public
                self._changed.notify_all()
            _log.warning("a sealed cluster did not start: %s", error)
            return False
        self._took, self._problem = time.monotonic() - began, ""
        self._idle.append(sandbox)
        async with self._changed:
            self._changed.notify_all()
        return True

    def _goal(self) -> int:
        """How many idle ones there should be; refilling leaves the processors to a program that has just begun."""
        return self._demand if self._is_courteous() else max(self._settings.size, self._demand)

    def _is_courteous(self) -> bool:
        return bool(self._busy) and time.monotonic() - self._taken < _COURTESY

    @asynccontextmanager
    async def busy(self) -> AsyncGenerator[None]:
        """While a program runs."""
        self._busy += 1
        try:
            yield
        finally:
            self._busy -= 1

    async def _sleep(self) -> None:
        async with self._changed:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CHECK):
                    await self._changed.wait()

    async def _replace(self) -> None:
        """Let go of idle clusters that have died or grown old."""
        oldest = time.monotonic() - self._settings.stale
        gone = [sandbox for sandbox in self._idle if not sandbox.alive or sandbox.born < oldest]
        for sandbox in gone:
            self._idle.remove(sandbox)
        await asyncio.gather(*(sandbox.close() for sandbox in gone))


class PooledLease:
    """A task's cluster; one that a program has spoiled is replaced before the next attempt."""

    def __init__(
        self,
        pool: SealedPool,
        limits: ValidationLimits,
        data: Furnishing,
        python: tuple[InputFile, ...],
    ) -> None:
        self._pool = pool
        self._limits = limits
        self._data = data
        self._python = python
        self._sandbox: Sandbox | None = None
        self._mounts = NO_MOUNTS
        self._used = False
        self._one_at_a_time = asyncio.Lock()

    def open(self) -> None:
        """Take a cluster now if one is ready; otherwise the first validation takes what it needs."""
        if not self._data:
            self._sandbox = self._pool.take_ready()

    async def aclose(self) -> None:
        sandbox, self._sandbox = self._sandbox, None
        if sandbox is None:
            return
        if sandbox.alive and not self._used and not self._data and not self._mounts:
            await self._pool.give_back(sandbox)
        else:
            await sandbox.close()

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        chosen = limits or self._limits
        own = await companions_of(code, self._python)
        there = await asyncio.to_thread(provided, setup.environment.path)
        look = partial(missing, files=own, provided=there)
        if absent := await run_isolated(look, code, size=sizes(code, own)):
            return Outcome(verdict=Verdict.NOT_IMPORTABLE, detail=", ".join(absent))
        async with self._one_at_a_time:
            try:
                sandbox = await self._live(setup)
                if replaced := sandbox.loaded & there:
                    return Outcome(
                        verdict=Verdict.FAILED, detail=_REPLACED.format(", ".join(sorted(replaced)))
                    )
                record = await self._run(code, own, setup, chosen)
            except SealUnavailable as error:
                await self.aclose()
                return Outcome(verdict=Verdict.UNAVAILABLE, detail=error.public)
            return conclude(record, chosen, setup)

    async def _run(
        self, code: str, own: tuple[InputFile, ...], setup: Setup, limits: ValidationLimits
    ) -> AttemptRecord:
        """Run it; a cluster that an earlier attempt spoiled can refuse to begin, and is replaced once."""
        used = self._sandbox
        sandbox = await self._live(setup)
        self._used = True
        try:
            async with self._pool.busy():
                record = await sandbox.run(code, limits, own, setup.arguments)
        except SealUnavailable:
            if sandbox is not used:
                raise
            await self.aclose()
            return await self._run(code, own, setup, limits)
        if not sandbox.alive:
            await self.aclose()
        return record

    async def _live(self, setup: Setup) -> Sandbox:
        mounts = Mounts(setup.environment.path, setup.provided)
        if self._sandbox is not None and (not self._sandbox.alive or self._mounts != mounts):
            await self.aclose()
        if self._sandbox is None:
            self._sandbox = await self._pool.take(self._data, mounts)
            self._mounts, self._used = mounts, False
        return self._sandbox
