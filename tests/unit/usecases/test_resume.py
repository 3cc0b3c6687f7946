"""A run that has not passed is resumed: the same program, its checkpoints in place, under an approval of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from handlers.blocks import runs as blocks
from handlers.blocks.tasks import proposed
from services.approvals.coverage import coverage
from services.artifacts.folder import FolderStore
from services.domain.checkpoints import NO_CHECKPOINTS, CheckpointFile, Checkpoints, LeftFiles
from services.domain.entities import Proposal, ProposalStatus, Run, TaskStatus, run_id
from services.domain.errors import NotAllowed, Outdated
from services.domain.locks import Lock, LockedPackage
from services.domain.parameters import Given
from services.domain.program_facts import binding
from services.domain.program_header import script
from services.domain.values import Failure, Outcome, PolicyReport, Program, Readiness, Verdict
from services.environments.interface import Environment, Needs, OnProgress
from services.execution.interface import Finished
from services.store import Store, open_database
from services.store.checkpoints import owner
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from services.tasks.steps import TaskSteps
from services.usecases import UseCases
from tests import builders
from tests.builders import passed
from tests.deciding import deciding, run_steps, use_cases
from tests.fakes import FakeTarget, FakeValidator, RecordingNotifier, approving, permissions
from tests.standins.scripted_model import ScriptedModel
from tests.unit.usecases.test_runs import InTheOpen

CODE = """\
# /// script
# dependencies = ["tiny"]
# [tool.raygen.parameters]
# steps = { default = 10, validation = 2 }
# ///
print("trains")
"""
LOCK = Lock(requirements="tiny==1.0", packages=(LockedPackage(name="tiny", version="1.0"),))
NEWER = Lock(requirements="tiny==1.1", packages=(LockedPackage(name="tiny", version="1.1"),))
FILES = (CheckpointFile("step-2/state", b"half way", 2_000), CheckpointFile("step-1/state", b"", 1_000))
STOPPED = Outcome(verdict=Verdict.STOPPED)
LEFT = LeftFiles(FILES, 3, 10_000_000)


@dataclass
class NewerByNow:
    """Resolves to what is newest, and installs any lock."""

    path: Path

    async def lock(self, needs: Needs, on_progress: OnProgress) -> Lock:
        return NEWER

    async def install(self, lock: Lock, on_progress: OnProgress) -> Environment:
        return Environment(lock=lock, path=self.path)

    def readiness(self) -> Readiness:
        return Readiness("packages", ready=True)


@dataclass
class World:
    use_cases: UseCases
    store: Store
    target: FakeTarget
    validator: FakeValidator
    files: Path

    async def ran(self, *ends: Finished) -> tuple[Proposal, Run]:
        """The newest proposal, approved and run to this end."""
        self.target.events[:] = ends
        proposal = (await self.store.proposals.of_session("s_1"))[-1]
        await self.use_cases.proposals.approve(
            proposal.id, digest=proposal.program.sha256, target=proposal.target, user="UAPPROVER"
        )
        return await self.store.proposals.get(proposal.id), await self.store.runs.get(run_id(proposal.id))

    async def resumed(self, proposal: Proposal) -> Proposal:
        await self.use_cases.requests.resume(proposal.id, "UENGINEER")
        return (await self.store.proposals.of_session("s_1"))[-1]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    """A thread with one open proposal, with a value that somebody chose."""
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        store = Store(engine, FolderStore(tmp_path / "artifacts"))
        validator, target, notifier = FakeValidator([passed()] * 3), FakeTarget(), RecordingNotifier()
        workshop = Workshop(
            Generator(ScriptedModel([]), Profile("g")),
            lambda _: PolicyReport(),
            validator,
            environments=NewerByNow(tmp_path),
        )
        allowed, places = permissions(store), Targets([ConfiguredTarget(target, TargetTerms(packages=True))])
        supervisor = Supervisor(ScriptedModel([]), workshop, "s")
        tasks = TaskSteps(store, notifier, supervisor, workshop, places, permissions=allowed)
        decisions = deciding(store, notifier, places, approving(store))
        runs = run_steps(decisions)
        cases = use_cases(decisions, workflows=InTheOpen(tasks, runs), tasks=tasks, steps=runs)
        await store.sessions.ensure(builders.session())
        await store.tasks.add(builders.task())
        await store.tasks.move("t_1", TaskStatus.WORKING)
        await store.tasks.move("t_1", TaskStatus.PROPOSED)
        await store.proposals.draft(
            builders.proposal(
                program=Program("Train", "Trains.", CODE),
                header=script(CODE),
                given=Given(values={"steps": 50}),
                lock=LOCK,
            )
        )
        await store.proposals.move("p_1", ProposalStatus.OPEN)
        yield World(cases, store, target, validator, tmp_path / "artifacts")


@pytest.mark.parametrize(
    "outcome",
    [
        STOPPED,
        Outcome(verdict=Verdict.TIMED_OUT, detail="The run was stopped at its wall-time limit."),
        Outcome(verdict=Verdict.FAILED, failure=Failure("ValueError", "no")),
        Outcome(verdict=Verdict.KILLED, detail="It was killed."),
    ],
)
async def test_the_same_program_is_proposed_with_its_checkpoints_in_place(world: World, outcome: Outcome):
    before, run = await world.ran(Finished(outcome, LEFT))
    assert replace(run.checkpoints, sha256="") == Checkpoints(
        run=run.id, count=2, size=8, left_out=3, left_out_size=10_000_000
    )
    after = await world.resumed(before)
    assert after.status is ProposalStatus.OPEN, "it needs an approval of its own"
    assert (after.program.sha256, after.given, after.lock, after.target) == (
        before.program.sha256,
        before.given,
        before.lock,
        before.target,
    )
    assert after.checkpoints == run.checkpoints
    assert {file.name for file in world.validator.checkpoints[-1]} == {"step-1/state", "step-2/state"}
    assert world.validator.setups[-1].arguments == ("--steps=2",)
    assert world.validator.setups[-1].environment.lock == LOCK, "not what is newest by now"
    assert run_id(after.id) not in world.target.jobs
    await world.ran(Finished(passed()))
    assert sorted(world.target.jobs[run_id(after.id)].checkpoints, key=lambda file: file.name) == sorted(
        FILES, key=lambda file: file.name
    )
    job = world.target.jobs[run_id(after.id)]
    assert (job.arguments, job.lock) == (("--steps=50",), LOCK)


async def test_a_resumed_run_that_stops_is_resumed_from_where_it_came_to(world: World):
    before, _ = await world.ran(Finished(STOPPED, LEFT))
    await world.resumed(before)
    later = LeftFiles((CheckpointFile("step-9/state", b"almost", 9_000),))
    second, run = await world.ran(Finished(STOPPED, later))
    third = await world.resumed(second)
    assert (third.checkpoints.run, third.checkpoints.count) == (run.id, 1)
    assert [file.content for file in world.validator.checkpoints[-1]] == [b"almost"]


@pytest.mark.parametrize("change", ["edit", "parameters"])
async def test_a_resumed_program_with_a_change_still_finds_its_checkpoints(world: World, change: str):
    before, _ = await world.ran(Finished(STOPPED, LEFT))
    resumed = await world.resumed(before)
    if change == "edit":
        await world.use_cases.requests.edit(resumed.id, CODE + "print(2)\n", "UENGINEER", "e")
    else:
        await world.use_cases.requests.set_parameters(
            resumed.id, Given(values={"steps": 70}), "UENGINEER", "p"
        )
    changed = (await world.store.proposals.of_session("s_1"))[-1]
    assert changed.id != resumed.id
    assert changed.checkpoints == resumed.checkpoints
    assert len(world.validator.checkpoints[-1]) == 2
    assert changed.lock == (NEWER if change == "edit" else LOCK)
    await world.ran(Finished(passed()))
    assert len(world.target.jobs[run_id(changed.id)].checkpoints) == 2


async def test_running_a_resumed_program_again_starts_from_the_beginning(world: World):
    before, _ = await world.ran(Finished(STOPPED, LEFT))
    await world.resumed(before)
    done, _ = await world.ran(Finished(passed()))
    await world.use_cases.requests.again(done.id, "UENGINEER")
    again = (await world.store.proposals.of_session("s_1"))[-1]
    assert (again.id != done.id, again.checkpoints) == (True, NO_CHECKPOINTS)
    assert world.validator.checkpoints[-1] == ()
    task = await world.store.tasks.get(again.task_id)
    assert "without the checkpoints" in (task.summary or "")


async def test_there_is_one_open_card_to_resume_a_run(world: World):
    before, _ = await world.ran(Finished(STOPPED, LEFT))
    await world.resumed(before)
    with pytest.raises(Outdated, match="already proposed again"):
        await world.resumed(before)


@pytest.mark.parametrize("end", [Finished(passed()), Finished(STOPPED)])
async def test_without_checkpoints_there_is_nothing_to_resume(world: World, end: Finished):
    before, run = await world.ran(end)
    assert run.checkpoints == NO_CHECKPOINTS
    with pytest.raises(Outdated, match="left no checkpoints"):
        await world.resumed(before)
    assert "Resume" not in str(blocks.ended(run, before, end.outcome).blocks)


@pytest.mark.parametrize("harm", ["gone", "other", "garbage"])
async def test_what_is_no_longer_what_was_approved_is_not_run(world: World, harm: str):
    before, run = await world.ran(Finished(STOPPED, LEFT))
    after = await world.resumed(before)
    (archive,) = (world.files / owner(run.id)).iterdir()
    if harm == "gone":
        archive.unlink()
    else:
        data = archive.read_bytes()
        archive.write_bytes(data.replace(b"half way", b"hostile!") if harm == "other" else b"x" * 2000)
    with pytest.raises(NotAllowed, match="no longer what was approved"):
        await world.ran(Finished(passed()))
    assert run_id(after.id) not in world.target.jobs


async def test_checkpoints_that_are_gone_can_not_be_resumed_from(world: World):
    before, run = await world.ran(Finished(STOPPED, LEFT))
    await world.store.artifacts.forget(owner(run.id))
    await world.use_cases.requests.resume(before.id, "UENGINEER")
    task = (await world.store.tasks.of_session("s_1"))[-1]
    assert (task.status, task.summary) == (
        TaskStatus.FAILED,
        "The checkpoints of that run are no longer stored. Run it again.",
    )


def test_an_approval_is_bound_to_these_checkpoints():
    plain = builders.proposal()
    one, other = (replace(plain, checkpoints=LeftFiles((file,)).of("raygen-1")) for file in FILES)
    assert len({binding(each, "UAPPROVER") for each in (plain, one, other)}) == 3
    assert len({coverage(each).fingerprint for each in (plain, one, other)}) == 3


async def test_checkpoints_go_with_the_run_that_left_them(world: World):
    before, run = await world.ran(Finished(STOPPED, LEFT))
    assert (world.files / owner(run.id)).is_dir()
    await world.store.retention.drop(before=4e9)
    assert await world.store.runs.find(run.id) is None
    assert not (world.files / owner(run.id)).exists()
    assert before.checkpoints == NO_CHECKPOINTS


def test_cards_say_what_is_in_place_and_from_which_run():
    left = LEFT.of("raygen-1")
    run = builders.run(checkpoints=left)
    ended = blocks.ended(run, builders.proposal(), STOPPED)
    text = str(ended.blocks)
    assert "Its checkpoints are kept: 2 files, 8 B." in text
    assert "3 more checkpoint files (10 MB) are not kept. The limit is 2,000 files and 40 MB." in text
    assert "'run_resume'" in text
    check.message_blocks(ended.blocks, Rules())
    proposal = builders.proposal(checkpoints=left)
    card = str(proposed(builders.card(proposal)).blocks)
    assert f"resumes run `raygen-1` from its checkpoints: 2 files, 8 B, sha256 `{left.sha256[:12]}`" in card
