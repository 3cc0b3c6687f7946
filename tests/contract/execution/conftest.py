"""The worlds in which the target contract is tried: scripted, embedded, and the embedded one seen as a remote."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
import pytest_asyncio

from services.domain.values import Outcome
from services.execution.api import RayApi
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Event, Finished, Job, Output, Target
from services.execution.jobs import JobsTarget
from services.execution.outgoing import default
from tests.contract.execution.cases import CASES, script
from tests.standins.scripted_target import ScriptedCluster, ScriptedTarget
from tests.waiting import PATIENCE

_numbers = itertools.count(1)


@dataclass
class World:
    """One target, and a way to make another instance of it that sees the same cluster."""

    target: Target
    again: Callable[[], Target]
    real: bool

    def job(self, case: str, *, wall_limit: float = 60.0) -> Job:
        known = CASES[case]
        return Job(
            f"run-{case}-{next(_numbers)}",
            known.code,
            {"title": case},
            wall_limit,
            arguments=known.arguments,
        )


@dataclass(frozen=True)
class Told:
    events: list[Event]

    @property
    def text(self) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Output))

    @property
    def outcome(self) -> Outcome:
        last = self.events[-1]
        assert isinstance(last, Finished)
        return last.outcome


async def told(target: Target, submission_id: str) -> Told:
    async with asyncio.timeout(PATIENCE):
        return Told([event async for event in target.follow(submission_id)])


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def embedded(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[EmbeddedTarget]:
    root = tmp_path_factory.mktemp("target") / "with a rather long name, since the names of sockets are short"
    async with EmbeddedTarget(root, outgoing=default()) as target:
        await target.up(PATIENCE)
        yield target


@pytest_asyncio.fixture(loop_scope="session")
async def scripted_world() -> AsyncGenerator[World]:
    cluster = ScriptedCluster()
    yield World(
        ScriptedTarget(script, cluster=cluster), lambda: ScriptedTarget(script, cluster=cluster), real=False
    )
    await cluster.aclose()


@pytest_asyncio.fixture(loop_scope="session")
async def embedded_world(embedded: EmbeddedTarget) -> AsyncGenerator[World]:
    async with remotes(embedded) as remote:
        yield World(embedded, remote, real=True)


@pytest_asyncio.fixture(loop_scope="session")
async def remote_world(embedded: EmbeddedTarget) -> AsyncGenerator[World]:
    async with remotes(embedded) as remote:
        yield World(remote(), remote, real=True)


@pytest.fixture(params=["scripted", "embedded", "remote"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(f"{request.param}_world")
    return made


@asynccontextmanager
async def remotes(embedded: EmbeddedTarget) -> AsyncGenerator[Callable[[], JobsTarget]]:
    """Makes targets that know the embedded cluster by its address and token only."""
    made: list[JobsTarget] = []

    def remote() -> JobsTarget:
        made.append(JobsTarget(RayApi(embedded.address, token=embedded.token)))
        return made[-1]

    try:
        yield remote
    finally:
        for target in made:
            await target.aclose()
