"""Programs in the way of Ray's documentation, approved and run on a target: they print what `python file.py` prints."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncGenerator, Awaitable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from dbos import DBOS

from services.domain.entities import ProposalStatus, run_id
from services.domain.values import Outcome, Program
from services.execution.cluster import Size
from services.execution.embedded import EmbeddedTarget
from services.execution.outgoing import default
from services.workflows import RunLimits
from tests import builders
from tests.deciding import approve
from tests.integration import lives
from tests.integration.validation.fidelity.reference import PROGRAMS, Ended
from tests.waiting import until

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(400)]

_TASKS = (
    "add_1_and_2 nested_tasks several_returns tree_reduce error_in_a_task parallel_iteration_of_futures"
    " large_arrays memory_and_cpus_asked scheduling"
)
_ACTORS = (
    "counter_actor actor_methods actor_pool async_actor threaded_actor concurrency_groups inherited_actors"
    " handles_travel"
)
_GENERATORS = "streaming_generator async_iteration dynamic_generator"
_PLACEMENT = "placement_groups placement_group_of_actors"
_DATA = "data_pipelines data_files"
_LIBRARIES = "queues multiprocessing_pool serve_requests train_in_parallel tuned_by_optuna"
NAMES = f"{_TASKS} {_ACTORS} {_GENERATORS} {_PLACEMENT} {_DATA} {_LIBRARIES}".split()
DOCUMENTED = [path for path in PROGRAMS if path.stem in NAMES]
# One of each kind is run each time; REFERENCES=all runs all of them, which takes minutes.
_SAMPLE = [
    "error_in_a_task",
    "counter_actor",
    "streaming_generator",
    "placement_groups",
    "queues",
]
_RUN = [path for path in DOCUMENTED if os.environ.get("REFERENCES") == "all" or path.stem in _SAMPLE]
_AT_ONCE = 2
_CPUS = 4
_LIMIT = 300.0
# A run's log has standard error in it, where Ray speaks, too; the ordinary python's is not looked at either.
_UNHEARD = "import os; os.dup2(os.open(os.devnull, os.O_WRONLY), 2)\n"


@dataclass
class Runs:
    """All of them, begun ahead, four at a time; `differing` are the names of those that printed something else."""

    world: lives.World
    proposals: dict[Path, str]
    compared: int = 0
    differing: list[str] = field(default_factory=list)

    async def outcome(self, path: Path) -> Outcome:
        async def over() -> bool:
            return await lives.ended(self.world.store, self.proposals[path])

        await until(over, _LIMIT)
        run = await self.world.store.runs.get(run_id(self.proposals[path]))
        assert run.outcome is not None
        return run.outcome


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def runs(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncGenerator[Runs]:
    asked = {
        item.callspec.params["path"]
        for item in request.session.items
        if item.path == request.path and isinstance(item, pytest.Function) and hasattr(item, "callspec")
    }
    began = time.monotonic()
    async with EmbeddedTarget(
        tmp_path_factory.mktemp("t"), outgoing=default(), size=Size(cpus=_CPUS)
    ) as target:
        await target.up(90)
        async with lives.process(
            tmp_path_factory.mktemp("bot"), [], target, RunLimits(per_target=_AT_ONCE)
        ) as world:
            begun = Runs(world, {path: await _begun(world, path) for path in _RUN if path in asked})
            yield begun
    DBOS.destroy()
    took = time.monotonic() - began
    print(  # noqa: T201  # the count is what this is for
        f"\n{len(asked)} programs approved and run on a target in {took:.0f} s: {begun.compared} compared with"
        f" `python file.py`, {len(begun.differing)} different {begun.differing or ''}"
    )


async def _begun(world: lives.World, path: Path) -> str:
    """An open proposal of the program, approved by a person, its durable run begun."""
    code = _UNHEARD + path.read_text(encoding="utf-8")
    task = builders.proposed_task(id=f"t_{path.stem}")
    proposal = builders.proposal(
        id=f"p_{path.stem}", task_id=task.id, program=Program(path.stem, "Shows how.", code)
    )
    await world.store.sessions.ensure(builders.session())
    await world.store.tasks.add(task)
    await world.store.proposals.draft(proposal)
    await world.store.proposals.move(proposal.id, ProposalStatus.OPEN)
    await approve(world.decisions, proposal.id, "UAPPROVER")
    await world.flows.begin_run(proposal.id)
    return proposal.id


async def test_each_documented_program_is_there():
    """26 files; `data_pipelines` has five of Ray Data's examples in it, which share what is slow to start."""
    assert len(DOCUMENTED) == len(NAMES) == 29


@pytest.mark.parametrize("path", _RUN, ids=lambda path: path.stem)
async def test_an_approved_program_prints_what_python_prints(
    path: Path, runs: Runs, ordinary: dict[Path, Awaitable[Ended]]
):
    outcome = await runs.outcome(path)
    expected, status = await ordinary[path]
    printed = outcome.stdout
    runs.compared += 1
    if (printed, outcome.exit_code, outcome.passed) != (expected, status, True):
        runs.differing.append(path.stem)
    assert printed == expected, outcome
    assert (outcome.exit_code, outcome.passed) == (status, True), outcome
