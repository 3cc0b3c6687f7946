"""Stop means that nothing of the run is left, however deaf it is: driver, workers, detached actors."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.domain.values import Outcome, Verdict
from services.execution.cluster import Size
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Event, Finished, Job, Output
from services.execution.jobs import JobsTarget
from services.execution.wire import JobDetails
from tests.contract.execution.conftest import World, told
from tests.contract.execution.test_remote import jobs_at
from tests.waiting import PATIENCE, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

DEAF = """
import signal, time
import ray

def deafen():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)

@ray.remote(num_cpus=0)
def NAME():
    deafen()
    while True:
        time.sleep(0.1)

@ray.remote(num_cpus=0)
class Left:
    def stay(self):
        deafen()

left = Left.options(lifetime="detached", name="left-NAME", namespace="left").remote()
ray.get(left.stay.remote())
task = NAME.remote()
deafen()
print("deaf", flush=True)
while True:
    time.sleep(0.1)
"""
_numbers = itertools.count(1)


def deaf() -> tuple[Job, str]:
    name = f"deaf_{next(_numbers)}"
    return Job(f"run-{name}", DEAF.replace("NAME", name)), f"ray::{name}"


def titled(title: str) -> int:
    """How many living processes of this machine call themselves so."""
    found = 0
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            found += process.name.isdigit() and title in (process / "cmdline").read_text(errors="replace")
    return found


async def first(events: AsyncIterator[Event], kind: type[Event]) -> Event:
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if isinstance(event, kind):
                return event
    raise AssertionError("It ended before.")


async def outcome(events: AsyncIterator[Event]) -> Outcome:
    last = await first(events, Finished)
    assert isinstance(last, Finished)
    return last.outcome


@pytest.fixture(params=["embedded", "remote"])
def real_world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(f"{request.param}_world")
    return made


async def test_nothing_of_a_deaf_run_is_left(real_world: World, embedded: EmbeddedTarget) -> None:
    job, title = deaf()
    target = real_world.target
    await target.submit(job)
    events = target.follow(job.submission_id)
    await first(events, Output)
    async with jobs_at(embedded.address, embedded.token) as eyes:
        assert await _detached(eyes, job) == 1
        await until(lambda: titled(title))
        assert await target.stop(job.submission_id) is True
        ended = await outcome(events)
        assert await _detached(eyes, job) == 0
    assert (ended.verdict, ended.detail) == (Verdict.STOPPED, None)
    assert titled(title) == 0
    assert await target.stop(job.submission_id) is False


async def test_a_limit_spares_nothing_and_what_waits_for_resources_is_stopped(
    embedded: EmbeddedTarget,
) -> None:
    # When one fails, the group ends the others before the target is closed under them.
    async with jobs_at(embedded.address, embedded.token) as target, asyncio.TaskGroup() as group:
        for one in (_limited, _limited_unseen, _limited_late, _stopped_as_it_waits):
            group.create_task(one(target))


async def _limited(target: JobsTarget) -> None:
    job, title = deaf()
    await target.submit(Job(job.submission_id, job.code, wall_limit=12.0))
    await _was_limited(target, job, title)


async def _limited_unseen(target: JobsTarget) -> None:
    """The cluster keeps the limit by itself when nobody follows; whoever comes later is told, and tidies up."""
    job, title = deaf()
    await target.submit(Job(job.submission_id, job.code, wall_limit=8.0))
    async with asyncio.timeout(PATIENCE):
        while not (await _details(target, job)).ended:
            await asyncio.sleep(0.2)
    ended = await _details(target, job)
    assert (ended.status, ended.driver_exit_code) == ("FAILED", -9)
    await _was_limited(target, job, title)


async def _limited_late(target: JobsTarget) -> None:
    """Waiting for room uses up nothing: its own time begins with the program."""
    code = "import time\nprint('begun', flush=True)\ntime.sleep(0.5)\nprint('done')\n"
    job = Job("run-late", code, wall_limit=6.0, resources={"CPU": 1})
    held = Job("run-holding", "import time\ntime.sleep(6.5)\n", resources={"CPU": Size().cpus})
    await target.submit(held)
    async with asyncio.timeout(PATIENCE):
        while (await _details(target, held)).status == "PENDING":
            await asyncio.sleep(0.05)
    await target.submit(job)
    seen = await told(target, job.submission_id)
    assert (seen.outcome.verdict, seen.text) == (Verdict.PASSED, "begun\ndone\n")
    assert seen.outcome.wall is not None
    assert seen.outcome.wall < 6.0
    details = await _details(target, job)
    assert details.end_time is not None
    assert details.start_time is not None
    assert details.end_time - details.start_time > 6000, "it did wait"


async def _was_limited(target: JobsTarget, job: Job, title: str) -> None:
    seen = await told(target, job.submission_id)
    assert seen.outcome.verdict is Verdict.TIMED_OUT
    own = [line for line in seen.text.splitlines() if not line.startswith("(autoscaler)")]
    if own[:1] == ["deaf"]:  # a slow machine's program may have had its time before it got so far
        assert own == ["deaf"], "nothing but its own words, and Ray's news of the cluster"
    # A slow cluster may need longer for that than a run's end is held back, and then it is said.
    assert await _detached(target, job) == 0 or "of its detached actors" in " ".join(seen.outcome.remarks)
    await until(lambda: _gone(target, job))
    await until(lambda: titled(title) == 0)


async def _gone(target: JobsTarget, job: Job) -> bool:
    return await _detached(target, job) == 0


async def _stopped_as_it_waits(target: JobsTarget) -> None:
    body = {"submission_id": "waits", "entrypoint": "exec sleep 60", "entrypoint_resources": {"moon": 1}}
    assert await target._api.submit(body)
    events = target.follow("waits")
    await anext(events)
    assert await target.stop("waits") is True
    ended = await outcome(events)
    assert (ended.verdict, ended.detail) == (Verdict.STOPPED, None)
    assert await target.stop("waits") is False


async def _details(target: JobsTarget, job: Job) -> JobDetails:
    details = await target._api.job(job.submission_id)
    assert details is not None
    return details


async def _detached(target: JobsTarget, job: Job) -> int:
    details = await _details(target, job)
    if details.job_id is None:  # a slow machine's program may have had its time before Ray knew it
        return 0
    return await target._api.detached(details.job_id)
