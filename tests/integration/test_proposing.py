"""A program that comes from outside: the running bot validates it and puts it up for decision."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from dbos import DBOS

from services.domain.entities import ProposalStatus, TaskStatus
from services.domain.errors import BadRequest, TooOften
from services.store import Store, open_database
from services.tasks.admission import Admission, AdmissionLimits
from services.tasks.rate_limit import Rate
from services.usecases.submissions import Submissions
from services.workflows import Closed, Doorbell
from tests import builders
from tests.fakes import FakeTarget
from tests.integration.lives import World, process
from tests.looks import looks

CODE = "import ray\nprint('Result: 3')\n"


@pytest.fixture(autouse=True)
def fresh_registry():
    yield
    DBOS.destroy()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with process(tmp_path, [], FakeTarget()) as opened:
        yield opened


def submissions(world: World, path: Path, *, channel: str = "CRAY", timeout: float = 20) -> Submissions:
    admission = Admission(world.store, limits=AdmissionLimits(user_rate=Rate(2, 3600.0)), teams=None)
    doorbell = Doorbell(f"sqlite:///{path / 'raygen.db'}", world.store.requests)
    return Submissions(
        store=world.store,
        doorbell=doorbell,
        admission=admission,
        channel=channel,
        user="UENGINEER",
        timeout=timeout,
    )


async def test_it_is_proposed_exactly_as_it_came_and_nothing_runs(world: World, tmp_path: Path):
    task, session, proposal = await submissions(world, tmp_path).propose(CODE, "Adds two numbers.")
    assert (task.status, session.channel, session.thread_ts) == (
        TaskStatus.PROPOSED,
        "CRAY",
        f"root-{session.id}",
    )
    assert proposal is not None
    assert (proposal.program.code, proposal.program.purpose) == (CODE, "Adds two numbers.")
    assert (proposal.status, proposal.requester, proposal.model) == (
        ProposalStatus.OPEN,
        "UENGINEER",
        "",
    )
    assert world.target.jobs == {}
    assert f"{task.id} validating" in world.notifier.recorded
    assert await looks(world.store) == [("UENGINEER", proposal.id, "answer to an agent")]


async def test_what_lacks_something_is_refused_at_once(world: World, tmp_path: Path):
    ready = submissions(world, tmp_path)
    for code, purpose in (("", "Adds."), (CODE, " "), ("#" * 300_000, "Adds.")):
        with pytest.raises(BadRequest):
            await ready.propose(code, purpose)
    with pytest.raises(BadRequest, match="RAYGEN_MCP_CHANNEL"):
        await submissions(world, tmp_path, channel="").propose(CODE, "Adds.")
    hasty = submissions(world, tmp_path, timeout=0)
    task, _, proposal = await hasty.propose(CODE, "Adds.")
    assert (task.ended, proposal) == (False, None)
    await hasty.propose(CODE, "Adds.")
    with pytest.raises(TooOften):
        await hasty.propose(CODE, "Adds.")


async def test_among_many_workspaces_the_channel_comes_with_its_own(world: World, tmp_path: Path):
    _, session, _ = await submissions(world, tmp_path, channel="TACME/CLAB").propose(
        CODE, "Adds two numbers."
    )
    assert (session.team, session.channel) == ("TACME", "CLAB")


async def test_without_a_bot_it_is_said(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    async with open_database(url) as engine:
        requests = Store(engine).requests
        with pytest.raises(Closed, match="No raygen has worked on this database yet"):
            await Doorbell(url, requests).begin_task(builders.task(), builders.session())
        assert await requests.find(builders.task().id) is None
