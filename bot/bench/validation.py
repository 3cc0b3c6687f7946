"""How long validation takes, beside Ray's Jobs API and plain Python on an ordinary cluster of the same machine."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bot.bench.figures import BYTES, PER_MINUTE, SECONDS, Figure, Ratio, Report
from bot.bench.machine import describe
from bot.bench.ordinary import Ordinary, ordinary_cluster
from bot.bench.pooled import lease_ready, until_full
from bot.bench.programs import Timed, add_numbers
from bot.bench.sides import JobsSide, plain, validated
from services.validation.pool import PoolSettings, SealedPool
from services.validation.readings import processor_times, proportional
from services.validation.sandbox import ClusterSettings, Sandbox
from services.validation.template import shared_template

_STARTS = 5
_SETTLE = 1.0
_UNITS = {"pss_per_cluster": BYTES, "per_minute": PER_MINUTE, "jobs_per_minute": PER_MINUTE}
_PROCESSES = {
    "gcs": b"/gcs_server\0",
    "raylet": b"/raylet/raylet\0",
    "driver": b"raygen_driver",
    "workers": b"ray::",
}
_TEXT = "“add 1 and 2”"

Say = Callable[[str], None]
Work = Callable[[Timed], Coroutine[Any, Any, None]]
Rest = Callable[[], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: `programs` validations, and `rounds` of everything that takes seconds."""

    programs: int = 50
    rounds: int = 10


@dataclass(slots=True)
class Course:
    """One benchmark while it runs: its samples by the names of the figures, and the folder of its programs."""

    plan: Plan
    say: Say
    folder: Path
    samples: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _numbers: count[int] = field(default_factory=lambda: count(1))

    async def starts(self) -> None:
        """Clusters from nothing, and what a ready one holds while nothing else of Ray is there to share with.

        Then clusters as the pool has them: forked. CPU time is that of all processes of a cluster until it is ready.
        """
        for _ in range(min(_STARTS, self.plan.rounds)):
            began = time.perf_counter()
            sandbox = await Sandbox.start(ClusterSettings())
            self.samples["cold_start"].append(time.perf_counter() - began)
            self.samples["cpu_unforked"].append(sum((await _cpu(sandbox)).values()))
            await asyncio.sleep(_SETTLE)
            self.samples["pss_per_cluster"].append(await asyncio.to_thread(proportional, sandbox.pids))
            await sandbox.close()
        with shared_template() as template:
            await (await Sandbox.start(ClusterSettings(), template=template)).close()
            for _ in range(min(_STARTS, self.plan.rounds)):
                began = time.perf_counter()
                sandbox = await Sandbox.start(ClusterSettings(), template=template)
                self.samples["forked_start"].append(time.perf_counter() - began)
                parts = await _cpu(sandbox)
                self.samples["cpu"].append(sum(parts.values()))
                for name, spent in parts.items():
                    self.samples[f"cpu_{name}"].append(spent)
                await sandbox.close()

    async def compare(self, pool: SealedPool, cluster: Ordinary) -> None:
        """One program at a time; the slow sides take their turns between the validations."""
        jobs = await asyncio.to_thread(JobsSide, cluster)
        # The first of each pays for what none after it does.
        await self._warm_up(pool, jobs, cluster)
        turns = [round(turn * self.plan.programs / self._rounds) for turn in range(self._rounds)]
        for number in range(self.plan.programs):
            await self._validate(pool)
            if number in turns:
                job = await jobs.run(*self._next())
                self.samples["job"].append(job.whole)
                python = await plain(cluster, *self._next())
                self.samples["python"].append(python.whole)
                self.say(f"{number + 1} of {self.plan.programs} validations, {len(self.samples['job'])} jobs")

    async def sustain(self, pool: SealedPool, cluster: Ordinary) -> None:
        """As many at a time as there are processors, again and again, each side in its turn."""
        jobs = await asyncio.to_thread(JobsSide, cluster)

        async def validation(program: Timed) -> None:
            async with pool.lease() as lease:
                await validated(lease, program)

        async def job(program: Timed) -> None:
            await jobs.run(program, self.folder / f"sustained-{next(self._numbers)}")

        for _ in range(max(1, self._rounds // 2)):
            await until_full(pool)
            self.samples["per_minute"].append(await self._rate(validation, lambda: until_full(pool)))
            self.samples["jobs_per_minute"].append(await self._rate(job))
        self.say("sustained rates measured")

    async def _validate(self, pool: SealedPool) -> None:
        program, _ = self._next()
        async with lease_ready(pool) as lease:
            leased = time.perf_counter()
            taken = await validated(lease, program)
        await until_full(pool)
        self.samples["refill"].append(time.perf_counter() - leased)
        self.samples["warm"].append(taken.whole)
        self.samples["inside"].append(taken.inside)
        self.samples["own_overhead"].append(taken.whole - taken.inside)

    async def _warm_up(self, pool: SealedPool, jobs: JobsSide, cluster: Ordinary) -> None:
        async with lease_ready(pool) as lease:
            await validated(lease, self._next()[0])
        await jobs.run(*self._next())
        await plain(cluster, *self._next())

    async def _rate(self, work: Work, rest: Rest | None = None) -> float:
        """Programs per minute; `rest` is what must be done again before the next can begin as these did."""
        abreast = len(os.sched_getaffinity(0))
        each = abreast * min(2, self._rounds)
        programs = iter([add_numbers(next(self._numbers)) for _ in range(each)])

        async def hand() -> None:
            for program in programs:
                await work(program)

        began = time.perf_counter()
        await asyncio.gather(*(hand() for _ in range(abreast)))
        if rest:
            await rest()
        return 60 * each / (time.perf_counter() - began)

    @property
    def _rounds(self) -> int:
        return min(self.plan.rounds, self.plan.programs)

    def _next(self) -> tuple[Timed, Path]:
        number = next(self._numbers)
        return add_numbers(number), self.folder / f"program-{number}"


async def _cpu(sandbox: Sandbox) -> dict[str, float]:
    """CPU time of a cluster so far, by process, in seconds; the kernel counts hundredths of each."""
    parts: dict[str, float] = dict.fromkeys((*_PROCESSES, "rest"), 0.0)
    for pid, spent in (await asyncio.to_thread(processor_times, sandbox.pids[0])).items():
        command = await asyncio.to_thread(_command, pid)
        parts[next((name for name, word in _PROCESSES.items() if word in command), "rest")] += spent
    return parts


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()[:4000]
    except OSError:
        return b""


async def run(plan: Plan, say: Say) -> Report:
    """Measure. Raises SealUnavailable where nothing can be sealed, BenchFailed when a side does not work."""
    with tempfile.TemporaryDirectory(prefix="raygen-bench-") as folder:
        course = Course(plan, say, Path(folder))
        say("starting sealed clusters from nothing")
        await course.starts()
        say("starting an ordinary cluster")
        async with ordinary_cluster() as cluster, SealedPool(PoolSettings()) as pool:
            await course.compare(pool, cluster)
            await course.sustain(pool, cluster)
    return report(course.samples)


def report(samples: dict[str, list[float]]) -> Report:
    figures = {name: Figure.of(taken, _UNITS.get(name, SECONDS)) for name, taken in samples.items()}
    return Report("validation", describe(), figures, _ratios(figures))


def _ratios(figures: dict[str, Figure]) -> dict[str, Ratio]:
    warm, abreast = figures["warm"], len(os.sched_getaffinity(0))
    with_lease = f"medians: {_TEXT} from code in to verdict out, each in a sealed cluster of its own"
    return {
        "job_over_warm": Ratio.between(
            figures["job"],
            warm,
            f"{with_lease}; by JobSubmissionClient with a working_dir, from submit to logs",
        ),
        "python_over_warm": Ratio.between(
            figures["python"], warm, f"{with_lease}; by `python program.py` with RAY_ADDRESS, until it ended"
        ),
        "cpu_unforked_over_forked": Ratio.between(
            figures["cpu_unforked"],
            figures["cpu"],
            "medians: CPU time of a cluster until it is ready, started by bubblewrap; forked from the template",
        ),
        "per_minute_over_jobs": Ratio.between(
            figures["per_minute"],
            figures["jobs_per_minute"],
            f"{_TEXT}, {abreast} at a time on each side in turns; refilling the pool counts",
        ),
    }
