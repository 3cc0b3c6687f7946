"""Many validations in a row, ending in every way there is, and what this process holds more of afterwards."""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path

from bot.bench.figures import BYTES, COUNT, SECONDS, Figure, Ratio, Report
from bot.bench.holdings import Holdings, take_stock
from bot.bench.machine import describe
from bot.bench.mixture import MEMORY, MIB, MIXTURE, Case
from bot.bench.pooled import until_full
from services.text.formatting import human_bytes, plural
from services.validation.interface import ValidationLimits
from services.validation.pool import PoolSettings, SealedPool

_PER_LEASE = 4
_THREADS = 8
_SETTLE = 10.0
_WALL = 30.0
# An allocator keeps some of what it had; one record that is kept of each validation would be far more.
_NOISE = {"memory": 16 * MIB}

Say = Callable[[str], None]


@dataclass(slots=True)
class Course:
    """The validations of one benchmark: what each took in seconds, and which did not end as they must."""

    say: Say
    seconds: list[float] = field(default_factory=list[float])
    wrong: list[str] = field(default_factory=list[str])

    async def go(self, pool: SealedPool, count: int) -> None:
        """`count` programs of the mixture; the lease changes every few of them."""
        cases = islice(cycle(MIXTURE), count)
        while some := list(islice(cases, _PER_LEASE)):
            async with pool.lease() as lease:
                for case in some:
                    began = time.perf_counter()
                    outcome = await lease.validate(case.code)
                    self.seconds.append(time.perf_counter() - began)
                    if outcome.verdict is not case.verdict:
                        self.wrong.append(_wrong(case, f"{outcome.verdict} ({outcome.detail})"))
            if len(self.seconds) % 40 < _PER_LEASE:
                self.say(f"{len(self.seconds)} validations")


def _wrong(case: Case, verdict: str) -> str:
    return f"A program that must end as {case.verdict} ended as {verdict}."


async def run(count: int, say: Say) -> Report:
    """Measure; growth beyond noise is among the report's problems."""
    settings = PoolSettings(limits=ValidationLimits(wall=_WALL, memory=MEMORY))
    await _start_threads()
    with _scratch() as scratch:
        async with SealedPool(settings) as pool:
            course = Course(say)
            say("warming up")
            await course.go(pool, len(MIXTURE))
            await until_full(pool)
            before = await asyncio.to_thread(take_stock, scratch)
            course = Course(say, wrong=course.wrong)
            await course.go(pool, count)
            await until_full(pool)
            after = await _settled(scratch, before)
        left = (await _settled(scratch, replace(before, processes=0))).processes
    return report(course, after.since(before), left)


def report(course: Course, growth: dict[str, int], left: int) -> Report:
    figures = {
        "validation": Figure.of(course.seconds, SECONDS),
        **{f"{name}_growth": _counted(grown, name) for name, grown in growth.items()},
        "processes_left": _counted(left),
        "wrong_verdicts": _counted(len(course.wrong)),
    }
    problems = [*dict.fromkeys(course.wrong), *_problems(growth, left)]
    return Report("endurance", describe(), figures, _slowdown(course.seconds), tuple(problems))


def _problems(growth: dict[str, int], left: int) -> list[str]:
    grown = {name: more for name, more in growth.items() if more > _NOISE.get(name, 0)}
    problems = [
        f"This process has {human_bytes(more) if name == 'memory' else more} more of {name} than before."
        for name, more in grown.items()
    ]
    return [*problems, f"{plural(left, 'process', 'processes')} outlived the pool."] if left else problems


def _slowdown(seconds: list[float]) -> dict[str, Ratio]:
    """Whole rounds of the mixture only, so that both halves hold the same programs."""
    half = len(seconds) // (2 * len(MIXTURE)) * len(MIXTURE)
    if not half:
        return {}
    first, last = Figure.of(seconds[:half], SECONDS), Figure.of(seconds[-half:], SECONDS)
    how = f"medians of the last {half} validations and the first {half}, the same programs in both"
    return {"last_over_first": Ratio.between(last, first, how)}


def _counted(number: int, name: str = "") -> Figure:
    return Figure.of([number], BYTES if name == "memory" else COUNT)


async def _settled(scratch: Path, before: Holdings) -> Holdings:
    """What is held now; what a dying sandbox still holds is given a moment to go."""
    limit = time.monotonic() + _SETTLE
    while True:
        now = await asyncio.to_thread(take_stock, scratch)
        if time.monotonic() > limit or not _problems(now.since(before), left=0):
            return now
        await asyncio.sleep(0.2)


async def _start_threads() -> None:
    """All the threads that work is handed to, so that none of them counts as growth."""
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS))
    everyone = threading.Barrier(_THREADS)
    await asyncio.gather(*(asyncio.to_thread(everyone.wait, _SETTLE) for _ in range(_THREADS)))


@contextmanager
def _scratch() -> Generator[Path]:
    """A directory for temporary files in which only this process's can turn up."""
    usual = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="raygen-bench-") as folder:
        tempfile.tempdir = folder
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = usual
