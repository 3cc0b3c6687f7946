"""What goes on beside the work: taking over from a replica that has died, and forgetting what is old."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from services.store.replicas import GONE, Replicas

_log = logging.getLogger(__name__)

_CLEANING_EVERY = 3600.0
_ANNOUNCING_EVERY = 3.0
_REFRESHING_EVERY = 60.0

TakeOver = Callable[[str], Awaitable[None]]
"""Takes over the unfinished work of the replica of that name; may be called again, and by several at once."""


@dataclass(slots=True)
class Watch:
    """One replica's look at the others.

    Another one is dead when its beat has not changed for `after` seconds in which we could always look; so a database
    that was away for all, or a clock that is wrong, makes nobody dead.
    """

    replicas: Replicas
    name: str
    take_over: TakeOver
    after: float = 30.0
    _seen: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])

    async def look(self) -> None:
        """Give a sign of life, and take over from those that give none."""
        try:
            await self.replicas.beat(self.name)
            beats = await self.replicas.others(self.name)
        except Exception:
            self._seen.clear()
            raise
        now = time.monotonic()
        known = self._seen
        self._seen = {
            name: known[name] if name in known and known[name][0] == beat else (beat, now)
            for name, beat in beats.items()
        }
        for name, (beat, since) in self._seen.items():
            if beat == GONE or now - since >= self.after:
                _log.warning("the replica %s is gone; its work is taken over", name)
                await self.take_over(name)
                await self.replicas.forget(name, beat)


@asynccontextmanager
async def watching(watch: Watch) -> AsyncGenerator[None]:
    """Looks at the other replicas until the context ends."""
    async with _in_background("replicas", watch.look, every=watch.after / 6):
        yield


@asynccontextmanager
async def present(replicas: Replicas, name: str) -> AsyncGenerator[None]:
    """Enters this replica on the list of those that live, and says goodbye when the context ends.

    Do it before any work begins: work of a process that is on no list would be taken over by nobody, and that of one that
    comes back must not be taken from it. With the goodbye nobody waits for it to fall silent.
    """
    await replicas.beat(name)
    try:
        yield
    finally:
        try:
            await replicas.leave(name)
        except Exception:  # noqa: BLE001  # the end goes on; the others find out by themselves
            _log.exception("could not announce to the other replicas that this one ends")


@asynccontextmanager
async def cleaning(clean: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Has what is old deleted, now and then; it is for `clean` that it happens once a day however often it is called."""
    async with _in_background("retention", clean, every=_CLEANING_EVERY):
        yield


@asynccontextmanager
async def attending(attend: Callable[[], Awaitable[None]], *, every: float) -> AsyncGenerator[None]:
    """Has proposals that wait for a decision looked after, every so many seconds."""
    async with _in_background("approvals", attend, every=every):
        yield


@asynccontextmanager
async def announcing(announce: Callable[[], Awaitable[None]]) -> AsyncGenerator[None]:
    """Posts what is new to the audit channel, soon after it is."""
    async with _in_background("audit channel", announce, every=_ANNOUNCING_EVERY):
        yield


@asynccontextmanager
async def refreshing(refresh: Callable[[], Awaitable[Sequence[str]]]) -> AsyncGenerator[None]:
    """Has samples of data taken anew once they are old; what fails is logged, as sentences."""

    async def chore() -> None:
        for fault in await refresh():
            _log.warning("samples: %s", fault)

    async with _in_background("samples", chore, every=_REFRESHING_EVERY):
        yield


@asynccontextmanager
async def _in_background(
    name: str, chore: Callable[[], Awaitable[None]], *, every: float
) -> AsyncGenerator[None]:
    task = asyncio.create_task(_again(name, chore, every))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def _again(name: str, chore: Callable[[], Awaitable[None]], every: float) -> None:
    while True:
        try:
            await chore()
        except Exception as error:  # noqa: BLE001  # a chore that fails is tried again; it never ends the bot
            _log.warning("%s: %s", name, error)
        await asyncio.sleep(every)
