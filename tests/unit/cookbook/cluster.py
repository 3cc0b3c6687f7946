"""Runs programs on a real Ray, each in a fresh driver of one sealed cluster."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field

import pytest

from services.validation.interface import ValidationLease, ValidationLimits
from services.validation.pool import PoolSettings, open_validator

RUN_LIMIT = 60.0


@dataclass(frozen=True)
class Ran:
    """How a program ended, and the files that it made."""

    code: int | None
    out: str
    err: str
    files: frozenset[str]

    @property
    def result(self) -> str:
        """The text after the `Result:` of the program."""
        (line,) = (line for line in self.out.splitlines() if line.startswith("Result: "))
        return line.removeprefix("Result: ")


@dataclass
class Programs:
    """Runs programs one after the other; the same program only once."""

    loop: asyncio.AbstractEventLoop
    lease: ValidationLease
    ran: dict[str, Ran] = field(default_factory=dict)

    def run(self, code: str) -> Ran:
        if code not in self.ran:
            work = asyncio.run_coroutine_threadsafe(self._run(code), self.loop)
            self.ran[code] = work.result(2 * RUN_LIMIT)
        return self.ran[code]

    async def _run(self, code: str) -> Ran:
        outcome = await self.lease.validate(code, limits=ValidationLimits(wall=RUN_LIMIT))
        files = frozenset(f"outputs/{artifact.name}" for artifact in outcome.artifacts)
        return Ran(outcome.exit_code, outcome.stdout, outcome.stderr, files)


@contextmanager
def programs() -> Iterator[Programs]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    stack = AsyncExitStack()
    try:
        lease = asyncio.run_coroutine_threadsafe(_leased(stack), loop).result(RUN_LIMIT)
        yield Programs(loop, lease)
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(RUN_LIMIT)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _leased(stack: AsyncExitStack) -> ValidationLease:
    validator = await stack.enter_async_context(open_validator(PoolSettings(size=1)))
    async with asyncio.timeout(RUN_LIMIT):
        while not validator.readiness().ready:
            if "starting" not in validator.readiness().missing:
                pytest.skip(validator.readiness().missing)
            await asyncio.sleep(0.05)
    return await stack.enter_async_context(validator.lease())
