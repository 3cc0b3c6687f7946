"""Embedded clusters for the tests that harm them, and what tells whether anything is left of one."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from services.domain.values import Outcome
from services.environments.interface import Environments
from services.environments.terms import Index, Terms
from services.environments.uv_environments import UvEnvironments
from services.execution.cluster import Cluster, recorded
from services.execution.cluster_directory import ClusterDirectory
from services.execution.cluster_supervisor import SupervisorTimeouts
from services.execution.embedded import EmbeddedTarget
from services.execution.following import PollIntervals
from services.execution.interface import Event, Finished, Job, Output, Target
from services.execution.outgoing import Outgoing, default
from tests.package_index import PackageIndex, wheel
from tests.waiting import PATIENCE

CARE = SupervisorTimeouts(lease_every=0.5, health_every=0.5)
CANARY = "canary-5f1d"
Open = Callable[..., AbstractAsyncContextManager[EmbeddedTarget]]


def cluster_of(root: Path) -> Cluster:
    cluster = recorded(ClusterDirectory(root))
    assert cluster is not None
    return cluster


async def run(target: Target, submission_id: str, code: str) -> tuple[str, Outcome]:
    await target.submit(Job(submission_id, code))
    return await told(target, submission_id)


async def told(target: Target, submission_id: str) -> tuple[str, Outcome]:
    async with asyncio.timeout(PATIENCE):
        events: list[Event] = [event async for event in target.follow(submission_id)]
    assert sum(isinstance(event, Finished) for event in events) == 1
    last = events[-1]
    assert isinstance(last, Finished)
    return "".join(event.text for event in events if isinstance(event, Output)), last.outcome


def processes_of(root: Path) -> list[int]:
    """Every process on the machine that has a mount from below `root`: a cluster's, whoever started it."""
    found: list[int] = []
    for process in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if process.name.isdigit() and f"{root}/c-" in (process / "mountinfo").read_text():
                found.append(int(process.name))
    return found


@asynccontextmanager
async def opened(
    root: Path,
    timeouts: SupervisorTimeouts = CARE,
    outgoing: Outgoing | None = None,
    environments: Environments | None = None,
) -> AsyncGenerator[EmbeddedTarget]:
    async with EmbeddedTarget(
        root,
        outgoing=outgoing or default(),
        environments=environments,
        timeouts=timeouts,
        intervals=PollIntervals(unreachable_after=PATIENCE),
    ) as target:
        await target.up(PATIENCE)
        yield target


@asynccontextmanager
async def owner(root: Path, submission_id: str, code: str, orphan_limit: float) -> AsyncGenerator[Cluster]:
    """Another process that runs a job; it has printed its first line when this is entered, and is killed after."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.execution.owner"),
        *(str(root), str(orphan_limit), submission_id, code),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            assert await process.stdout.readline()
        yield cluster_of(root)
    finally:
        process.kill()
        await process.wait()


@pytest.fixture(scope="package")
def environments(tmp_path_factory: pytest.TempPathFactory) -> Generator[UvEnvironments]:
    """Environments of the cluster for all tests, with the packages of an index on loopback."""
    with PackageIndex() as index:
        for version in ("1.0", "2.0"):
            index.add(wheel("tiny", version))
        found = UvEnvironments(
            Terms(indexes=(Index.parse(index.url),)), tmp_path_factory.mktemp("environments")
        )
        found.open()
        yield found


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def shared(
    tmp_path_factory: pytest.TempPathFactory, environments: UvEnvironments
) -> AsyncGenerator[EmbeddedTarget]:
    """A cluster for all tests that do it no harm, started by a bot that has secrets around."""
    root = tmp_path_factory.mktemp("shared") / "state" / "target"
    (root.parent).mkdir()
    (root.parent / "raygen.db").write_text(CANARY)
    (root.parent / ".env").write_text(f"SLACK_BOT_TOKEN={CANARY}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLACK_BOT_TOKEN", CANARY)
        patch.setenv("RAY_ADDRESS", "http://127.0.0.1:9")
        async with opened(root, environments=environments) as target:
            yield target
    assert processes_of(root) == []
    assert ClusterDirectory(root).clusters() == []


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def hardy(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[EmbeddedTarget]:
    """A target for the tests that take its cluster away."""
    root = tmp_path_factory.mktemp("hardy") / "target"
    async with opened(root) as target:
        yield target
    assert processes_of(root) == []
