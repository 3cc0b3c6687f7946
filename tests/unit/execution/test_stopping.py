"""A stop that is not obeyed: what is done about it, and what people are told meanwhile and after."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from services.domain.errors import TargetUnavailable
from services.domain.values import TaskCount
from services.execution import stopping
from services.execution.api import RayApi
from services.execution.observing import Rhythm, RunObserver
from services.execution.remarks import remarks
from services.execution.stopping import Stopper
from services.execution.wire import JobDetails

RUNNING = JobDetails(status="RUNNING", submission_id="run-1", job_id="01000000", start_time=0, seen=60_000)
BY_FORCE = RUNNING.model_copy(update={"status": "FAILED", "error_type": "JOB_SUPERVISOR_ACTOR_DIED"})


@dataclass
class Cluster:
    """A cluster's answers; what is submitted to it is another job, which has gone on for `since` seconds."""

    details: JobDetails = RUNNING
    detached_actors: int = 0
    since: float = 0.0
    hears: bool = True
    submitted: list[dict[str, Any]] = field(default_factory=list)

    async def job(self, submission_id: str) -> JobDetails | None:
        if submission_id == "run-1":
            return self.details
        if not self.submitted:
            return None
        return JobDetails(status="RUNNING", start_time=0, seen=int(self.since * 1000))

    async def stop(self, submission_id: str) -> bool:
        return self.hears

    async def detached(self, job_id: str) -> int:
        return self.detached_actors

    async def upload(self, name: str, content: bytes) -> str:
        return f"gcs://{name}"

    async def submit(self, body: dict[str, Any]) -> bool:
        self.submitted = [body]
        return True

    async def tasks(self, job_id: str) -> tuple[TaskCount, ...]:
        return ()

    async def unplaced_groups(self, job_id: str) -> list[list[dict[str, float]]]:
        return []

    async def nodes(self) -> list[Any]:
        return []


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_ENOUGH", "_HEAR_LIMIT", "_CLEAR_LIMIT"):
        monkeypatch.setattr(stopping, name, 0.05)


def stopper(cluster: Cluster) -> Stopper:
    return Stopper(cast("RayApi", cluster), "run-1", "python")


async def test_what_does_not_end_is_ended_by_force() -> None:
    cluster = Cluster()
    assert await stopper(cluster).stop() is True
    (sweep,) = cluster.submitted
    assert sweep["submission_id"] == "run-1-stop"
    assert sweep["entrypoint"] == "exec python sweep.py run-1 01000000 2.0"
    assert sweep["metadata"] == {"title": "raygen: stop run-1"}
    details, left = await stopper(Cluster(BY_FORCE, submitted=[sweep])).settle(BY_FORCE)
    assert (details.status, left) == ("STOPPED", 0), "it was meant to end"
    details, _ = await stopper(Cluster(BY_FORCE)).settle(BY_FORCE)
    assert details.status == "FAILED", "nobody had stopped it"


async def test_a_stop_that_is_not_obeyed_is_told_with_its_time() -> None:
    assert await note(Cluster(submitted=[{}], since=4.0)) == ""
    assert (
        await note(Cluster(submitted=[{}], since=42.4))
        == "Stop was requested 42.0 s ago, but the run is still going"
    )


async def test_a_cluster_that_does_not_hear_is_named() -> None:
    with pytest.raises(TargetUnavailable, match=r"did not stop this run\. Try again"):
        await stopper(Cluster(hears=False)).stop()


async def test_actors_that_outlive_even_that_are_told() -> None:
    cluster = Cluster(RUNNING.model_copy(update={"status": "STOPPED"}), detached_actors=2)
    details, left = await stopper(cluster).settle(cluster.details)
    assert await remarks(cast("RayApi", cluster), details, left=left, failures=False) == (
        "2 of its detached actors could not be stopped and may still use the cluster.",
    )


async def note(cluster: Cluster) -> str:
    """What is told beside a run that goes on."""
    observer = RunObserver(cast("RayApi", cluster), "run-1", stopper(cluster), Rhythm(0.0, 0.01))
    looking = asyncio.create_task(observer.observe(lambda: cluster.details))
    await asyncio.sleep(0.1)
    looking.cancel()
    return observer.note
