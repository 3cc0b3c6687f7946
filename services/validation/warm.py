"""Ready clusters for the mounts that were used last, so that a second program with the same packages and data finds one."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from pathlib import Path

from services.domain.errors import SealUnavailable
from services.validation.sandbox import Sandbox
from services.validation.seal import Mounts

_log = logging.getLogger(__name__)
_LOOK = 0.2

Key = tuple[Mounts, tuple[int, ...]]


class WarmClusters:
    """One ready cluster for each of the last `most` mounts; the least recently used goes first.

    `start` starts a cluster with mounts. A new one is started in the background only while `calm` says so:
    when there is memory to spare, and plain clusters are not wanted.
    """

    def __init__(
        self,
        most: int,
        start: Callable[[Mounts], Awaitable[Sandbox]],
        *,
        calm: Callable[[], bool],
        stale: float,
    ) -> None:
        self._most = most
        self._start = start
        self._calm = calm
        self._stale = stale
        self._ready: OrderedDict[Key, Sandbox | None] = OrderedDict()
        self._starting: dict[Key, asyncio.Task[None]] = {}

    def ready(self, mounts: Mounts) -> bool:
        """Whether one is there at once."""
        sandbox = self._ready.get(_key(mounts))
        return sandbox is not None and sandbox.alive

    async def take(self, mounts: Mounts) -> Sandbox:
        """A live cluster with these mounts that nobody has used. Raises SealUnavailable when none can be had."""
        if self._most <= 0:
            return await self._start(mounts)
        key = _key(mounts)
        while True:
            sandbox = self._ready.get(key)
            self._ready[key] = None
            self._ready.move_to_end(key)
            if sandbox is not None and sandbox.alive:
                return sandbox
            begun = self._starting.get(key)
            if begun is None:
                return await self._start(mounts)
            await asyncio.wait({begun})

    async def keep(self) -> None:
        """Start what is missing, one after the other, and let go of what is dead, stale or not used lately."""
        try:
            while True:
                await self._let_go()
                if (key := self._lacking()) is not None and self._calm():
                    begun = self._starting[key] = asyncio.create_task(self._fill(key))
                    try:
                        await asyncio.wait({begun})
                    finally:
                        begun.cancel()
                        await asyncio.gather(begun, return_exceptions=True)
                        del self._starting[key]
                await asyncio.sleep(_LOOK)
        finally:
            await self.aclose()

    async def aclose(self) -> None:
        """End all of them."""
        ended = [sandbox for sandbox in self._ready.values() if sandbox]
        self._ready.clear()
        await asyncio.gather(*(sandbox.close() for sandbox in ended))

    async def _fill(self, key: Key) -> None:
        try:
            sandbox = await self._start(key[0])
        except (SealUnavailable, OSError) as error:
            _log.warning("a sealed cluster with packages or data did not start: %s", error)
            self._ready.pop(key, None)
            return
        if key in self._ready and _key(key[0]) == key:
            self._ready[key] = sandbox
        else:
            await sandbox.close()

    def _lacking(self) -> Key | None:
        """The environment that was used last and has no cluster."""
        return next((key for key in reversed(self._ready) if self._ready[key] is None), None)

    async def _let_go(self) -> None:
        oldest = time.monotonic() - self._stale
        gone: list[Sandbox] = []
        for key, sandbox in [*self._ready.items()]:
            if _key(key[0]) != key or len(self._ready) > self._most:
                del self._ready[key]
            elif sandbox is not None and (not sandbox.alive or sandbox.born < oldest):
                self._ready[key] = None
            else:
                continue
            if sandbox is not None:
                gone.append(sandbox)
        await asyncio.gather(*(sandbox.close() for sandbox in gone))


def _key(mounts: Mounts) -> Key:
    """A directory that was removed and made again is another one."""
    samples = (each.sample for each in mounts.provided.places)
    return mounts, tuple(_inode(path) for path in (mounts.packages, *samples) if path)


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
