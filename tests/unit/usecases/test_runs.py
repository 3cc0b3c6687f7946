"""What people do with a result: the same program again, a change of it, sharing it, and taking its code along."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.artifacts.folder import FolderStore
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Session,
    Task,
    TaskKind,
    TaskStatus,
)
from services.domain.errors import BadRequest, NotAllowed, Outdated
from services.domain.values import InputFile, Outcome, PolicyReport, Verdict
from services.execution.interface import Finished
from services.runs.steps import RunSteps
from services.store import Store, open_database
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from tests import builders
from tests.builders import passed
from tests.databases import database
from tests.deciding import deciding, run_steps, use_cases
from tests.fakes import FakeDirectory, FakeTarget, FakeValidator, RecordingNotifier, approving, permissions
from tests.fakes import here as places
from tests.standins.scripted_model import ScriptedModel, calls, says


@dataclass
class InTheOpen:
    """Carries out tasks and runs at once, each once, as the durable workflows would."""

    tasks: TaskSteps
    runs: RunSteps
    begun: list[str] = field(default_factory=list)

    async def begin_task(self, task: Task, session: Session) -> None:
        if task.id not in self.begun:
            self.begun.append(task.id)
            await self.tasks.accept(task, session)
            await self.tasks.open(task.id)
            await self.tasks.conclude(task.id, await self.tasks.work(task.id))

    async def begin_run(self, proposal_id: str) -> None:
        for step in (self.runs.open, self.runs.submit, self.runs.follow, self.runs.close):
            await step(proposal_id)


@dataclass
class World:
    use_cases: UseCases
    store: Store
    notifier: RecordingNotifier
    target: FakeTarget
    generator: ScriptedModel

    async def proposals(self) -> list[Proposal]:
        return await self.store.proposals.of_session("s_1")

    async def approve(self, proposal: Proposal) -> None:
        await self.use_cases.proposals.approve(
            proposal.id, digest=proposal.program.sha256, target=proposal.target, user="UAPPROVER"
        )


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """A thread with one program that has been run."""
    async with open_database(database(tmp_path)) as engine:
        store = Store(engine, FolderStore(tmp_path / "artifacts"))
        draft = calls("submit_program", title="Add", purpose="Adds.", code="print(3)")
        generator = ScriptedModel([draft, draft])
        workshop = Workshop(
            Generator(generator, Profile("g")), lambda _: PolicyReport(), FakeValidator([passed()] * 4)
        )
        model = ScriptedModel([calls("write_program", request="add"), says("Here it is.")] * 2)
        notifier, target, approvals = (
            RecordingNotifier(),
            FakeTarget(),
            approving(
                store, directory=FakeDirectory(channels={builders.session().channel: frozenset({"UADA"})})
            ),
        )
        decisions = deciding(store, notifier, places(target), approvals)
        steps = (
            TaskSteps(
                store,
                notifier,
                Supervisor(model, workshop, "s"),
                workshop,
                places(target),
                permissions=permissions(store, approvals),
            ),
            run_steps(decisions),
        )
        flows = InTheOpen(*steps)
        cases = use_cases(decisions, workflows=flows, tasks=steps[0], steps=steps[1])
        await store.inputs.keep("s_1", InputFile("rows.csv", b"old"))
        await flows.begin_task(builders.task(), builders.session())
        here = World(cases, store, notifier, target, generator)
        await here.approve((await here.proposals())[0])
        yield here


async def test_the_same_program_again_needs_an_approval_of_its_own(world: World):
    first, *_ = await world.proposals()
    await world.use_cases.requests.again(first.id, "UADA")
    first, second = await world.proposals()
    task = await world.store.tasks.get(second.task_id)
    assert (task.kind, task.status, task.user) == (TaskKind.AGAIN, TaskStatus.PROPOSED, "UADA")
    assert "again needs its own approval" in task.summary
    assert (second.status, second.program, second.model) == (ProposalStatus.OPEN, first.program, first.model)
    assert len(world.target.jobs) == 1, "nothing runs without a decision"
    await world.approve(second)
    assert len(world.target.jobs) == 2


async def test_one_card_at_a_time_awaits_the_decision_on_running_again(world: World):
    first, *_ = await world.proposals()
    await world.use_cases.requests.again(first.id, "UADA")
    with pytest.raises(Outdated, match="already proposed again"):
        await world.use_cases.requests.again(first.id, "UADA")
    await world.use_cases.proposals.dismiss((await world.proposals())[-1].id, "UADA")
    await world.use_cases.requests.again(first.id, "UADA")
    assert [each.status for each in (await world.proposals())[1:]] == [
        ProposalStatus.DISMISSED,
        ProposalStatus.OPEN,
    ]


async def test_the_same_program_again_has_the_files_that_it_ran_with(world: World):
    first, *_ = await world.proposals()
    await world.store.inputs.keep("s_1", InputFile("rows.csv", b"new"))
    await world.use_cases.requests.again(first.id, "UADA")
    assert (await world.proposals())[-1].inputs == first.inputs


async def test_a_file_of_30_mb_reaches_the_target_without_the_database(world: World, tmp_path: Path):
    large = InputFile("rows.bin", bytes(30_000_000))
    await world.store.inputs.keep("s_1", large)
    await world.use_cases.requests.change((await world.proposals())[0].id, "use the rows", "UADA", "view V1")
    proposal = (await world.proposals())[-1]
    await world.approve(proposal)
    *_, job = world.target.jobs.values()
    assert [file.name for file in job.inputs] == ["rows.bin", "rows.csv"]
    assert job.inputs[0] == large
    database = sum(each.stat().st_size for each in tmp_path.glob("raygen.db*"))
    assert database < 5_000_000


async def test_a_change_starts_from_the_program_that_ran(world: World):
    first, *_ = await world.proposals()
    await world.use_cases.requests.change(first.id, " with 5 ", "UADA", "view V1")
    tasks = await world.store.tasks.of_session("s_1")
    assert [(task.kind, task.prompt, task.base) for task in tasks[1:]] == [
        (TaskKind.CHANGE, "with 5", first.id)
    ]
    assert "<current_program>\nprint(3)" in world.generator.seen[-1][0].parts[0].text
    assert (await world.proposals())[-1].status is ProposalStatus.OPEN
    with pytest.raises(BadRequest, match="Shorten"):
        await world.use_cases.requests.change(first.id, "x" * 9000, "UADA", "view V2")


async def test_a_result_is_shared_once(world: World):
    first, *_ = await world.proposals()
    await world.use_cases.runs.share(first.id, "UADA")
    assert world.notifier.recorded[-1].endswith("shared by UADA")
    with pytest.raises(Outdated, match="shared already"):
        await world.use_cases.runs.share(first.id, "UADA")


async def test_only_a_result_can_be_shared(world: World):
    first, *_ = await world.proposals()
    world.target.events[:] = [Finished(Outcome(verdict=Verdict.FAILED, exit_code=1))]
    await world.use_cases.requests.again(first.id, "UADA")
    second = (await world.proposals())[-1]
    assert (await world.use_cases.runs.outcome(second.id, "UADA"))[1] == second.validation
    with pytest.raises(Outdated, match="hasn't been run"):
        await world.use_cases.runs.share(second.id, "UADA")
    await world.approve(second)
    with pytest.raises(Outdated, match="no result"):
        await world.use_cases.runs.share(second.id, "UADA")
    assert (await world.use_cases.runs.outcome(second.id, "UADA"))[1].exit_code == 1


async def test_the_code_is_handed_out_to_who_asks(world: World):
    first, *_ = await world.proposals()
    await world.use_cases.runs.hand_out_code(first.id, "UADA")
    assert world.notifier.recorded[-1] == f"{first.id} code for UADA"
    with pytest.raises(Outdated):
        await world.use_cases.runs.hand_out_code("p_unknown", "UADA")


async def test_only_the_requester_and_approvers_choose_the_target(world: World):
    await world.use_cases.requests.again((await world.proposals())[0].id, "UADA")
    newest = (await world.proposals())[-1]
    with pytest.raises(NotAllowed, match="Guests"):
        await world.use_cases.proposals.retarget(newest.id, "embedded", "UGUEST")
    await world.use_cases.proposals.retarget(newest.id, "embedded", "UADA")
