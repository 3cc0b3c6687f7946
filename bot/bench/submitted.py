"""The two ways to run a program as a job that are compared: raygen's own target, and the command `ray job submit`."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from bot.bench.ordinary import Ordinary
from bot.bench.programs import BenchFailed, Timed, written
from services.domain.values import Verdict
from services.execution.interface import Finished, Job, Output, Progress, Target

_LIMIT = 120.0
ENDLESS = """
import time
import ray

@ray.remote(num_cpus=0)
def work():
    while True:
        time.sleep(0.1)

@ray.remote(num_cpus=0)
class Stays:
    def there(self):
        return True

ray.get(Stays.options(lifetime="detached", name="stays", namespace="bench").remote().there.remote())
task = work.remote()
print("on", flush=True)
ray.get(task)
"""
_ACCEPTED = "submitted successfully"


@dataclass(frozen=True, slots=True)
class Stages:
    """Seconds from the wish to run it: until it was handed over, its first output was read, and its result was known.

    `inside` is how long the program itself says that it took.
    """

    submit: float
    first_output: float
    result: float
    inside: float


@dataclass(frozen=True, slots=True)
class OurStages(Stages):
    """`running` is when its driver was seen to have started, `ending` what passed between first output and result.

    Four spans tell where the time goes, beside `submit` and `inside`: `start` until Ray had begun a process for it,
    `driver` until the program's first line, `reading` from its last line until its output was read, `exit` from there,
    too, until its result was known.
    """

    running: float
    ending: float
    start: float
    driver: float
    reading: float
    exit: float


async def by_target(target: Target, program: Timed, submission_id: str) -> OurStages:
    """As an approved run: handed over once, then followed to its outcome. The program is a stamped one."""
    seen: dict[str, float] = {}
    wished = time.time()
    began = time.perf_counter()
    async with asyncio.timeout(_LIMIT):
        await target.submit(Job(submission_id, program.code, {"title": "raygen bench runs"}))
        seen["submit"] = time.perf_counter() - began
        async for event in target.follow(submission_id):
            now = time.perf_counter() - began
            match event:
                case Progress(status="RUNNING"):
                    seen.setdefault("running", now)
                case Output(text) if text.strip():
                    seen.setdefault("first_output", now)
                case Finished(outcome):
                    if not outcome.passed:
                        raise BenchFailed(f"A run ended as {outcome.verdict}: {outcome.detail}")
                    seen.update(result=now, inside=program.inside(outcome.stdout))
                    stamps = program.stamps(outcome.stdout)
                    seen.update(
                        start=stamps.born - wished - seen["submit"],
                        driver=stamps.began - stamps.born,
                        reading=seen["first_output"] - (stamps.ended - wished),
                        exit=now - (stamps.ended - wished),
                    )
                case _:
                    pass
    seen.setdefault("running", seen["first_output"])
    return OurStages(**seen, ending=seen["result"] - seen["first_output"])


async def stopped(target: Target, submission_id: str) -> float:
    """Seconds from the wish to stop a run until it is known to be over: driver, worker and detached actor."""
    began = 0.0
    async with asyncio.timeout(_LIMIT):
        await target.submit(Job(submission_id, ENDLESS, {"title": "raygen bench runs"}))
        async for event in target.follow(submission_id):
            match event:
                case Output() if not began:
                    began = time.perf_counter()
                    await target.stop(submission_id)
                case Finished(outcome):
                    if outcome.verdict is not Verdict.STOPPED:
                        raise BenchFailed(f"A stopped run ended as {outcome.verdict}: {outcome.detail}")
                    return time.perf_counter() - began
                case _:
                    pass
    raise BenchFailed("A stopped run has no end.")


async def by_command(cluster: Ordinary, program: Timed, folder: Path) -> Stages:
    """`ray job submit` as people type it, which follows the log until the job has ended."""
    file = written(program, folder)
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ray.scripts.scripts", "job", "submit", "--working-dir", str(folder)),
        *("--", sys.executable, file.name),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        # Ray's client prefers the address in its environment to any other.
        env={**cluster.environment, "RAY_ADDRESS": cluster.jobs},
    )
    try:
        async with asyncio.timeout(_LIMIT):
            return await _read(process, program, began)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _read(process: asyncio.subprocess.Process, program: Timed, began: float) -> Stages:
    assert process.stdout is not None
    lines: list[str] = []
    seen: dict[str, float] = {}
    async for raw in process.stdout:
        line = raw.decode(errors="replace").rstrip("\n")
        now = time.perf_counter() - began
        lines.append(line)
        if _ACCEPTED in line:
            seen["submit"] = now
        if line.startswith("Result:"):
            seen["first_output"] = now
    code = await process.wait()
    result = time.perf_counter() - began
    if code != 0 or seen.keys() != {"submit", "first_output"}:
        raise BenchFailed(f"`ray job submit` ended with code {code}: {' '.join(lines)[-300:]}")
    own = lines[: 1 + max(number for number, line in enumerate(lines) if line.startswith("took "))]
    return Stages(**seen, result=result, inside=program.inside("\n".join(own)))
