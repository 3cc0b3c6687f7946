"""Tasks and runs over a real SQLite file: what is recorded, reported, and done only once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.domain.entities import ProposalStatus, RunStatus, Session, Task, TaskKind, TaskStatus, run_id
from services.domain.errors import NotAllowed, Outdated, TargetUnavailable
from services.domain.values import (
    Artifact,
    Engine,
    Failure,
    InputFile,
    Outcome,
    PolicyReport,
    Spent,
    Verdict,
)
from services.execution.interface import Event, Finished, Output, Progress
from services.llm.interface import Reply, Text
from services.notifications.events import RunProgressed, RunView, SessionEvent
from services.proposals.decisions import Decisions
from services.runs.monitor import RunMonitor
from services.runs.steps import RunSteps
from services.store import Store, open_database, tables
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from tests import builders
from tests.builders import passed
from tests.databases import database
from tests.deciding import approve, deciding, run_steps
from tests.fakes import FakeTarget, FakeValidator, RecordingNotifier, approving, permissions
from tests.fakes import here as places
from tests.standins.scripted_model import ScriptedModel, calls, says
from tests.waiting import PATIENCE


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


@dataclass
class World:
    store: Store
    notifier: RecordingNotifier
    tasks: TaskSteps
    decisions: Decisions
    runs: RunSteps
    target: FakeTarget
    supervisor_model: ScriptedModel
    generator_model: ScriptedModel


def reported(here: World) -> list[str]:
    """What the supervisor's model got last, turn by turn."""
    return [
        part.text for turn in here.supervisor_model.seen[-1] for part in turn.parts if isinstance(part, Text)
    ]


def world(store: Store, supervisor: list[Reply | Exception], outcomes: list[Outcome]) -> World:
    drafts = [
        calls("submit_program", title="Add", purpose="Adds.", code=f"print({n})")
        for n in range(len(outcomes))
    ]
    generator = ScriptedModel(drafts)
    profiles = Profile("g"), Profile("s", Engine.SPARK, untried="Java is not installed here")
    workshop = Workshop(Generator(generator, *profiles), lambda _: PolicyReport(), FakeValidator(outcomes))
    notifier, target, model = RecordingNotifier(), FakeTarget(), ScriptedModel(supervisor)
    tasks = TaskSteps(
        store,
        notifier,
        Supervisor(model, workshop, "s"),
        workshop,
        places(target),
        permissions=permissions(store),
    )
    decisions = deciding(store, notifier, places(target), approving(store))
    return World(store, notifier, tasks, decisions, run_steps(decisions), target, model, generator)


PROGRAM = [calls("write_program", request="add"), says("Here it is.")]


async def opened(here: World, task: Task, session: Session):
    await here.tasks.accept(task, session)
    await here.tasks.open(task.id)


async def carry_out(here: World, task=None):
    task = task or builders.task()
    await opened(here, task, builders.session(thread_ts=""))
    await here.tasks.wait_for_turn(task.id)
    await here.tasks.conclude(task.id, await here.tasks.work(task.id))
    return await here.store.tasks.get(task.id)


async def test_a_prompt_becomes_an_open_proposal(store: Store):
    here = world(store, PROGRAM, [passed(artifacts=(Artifact("a.png", "image/png", b"png"),))])
    task = await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    assert task.status is TaskStatus.PROPOSED
    assert task.summary == "Here it is."
    assert proposal.status is ProposalStatus.OPEN
    assert [(each.name, each.content, each.size) for each in proposal.validation.artifacts] == [
        ("a.png", b"", 3)
    ]
    assert (await store.artifacts.whole(proposal.id)).artifacts == (Artifact("a.png", "image/png", b"png"),)
    assert (await store.sessions.get("s_1")).thread_ts == "root-s_1"
    assert here.notifier.recorded[-1] == "t_1 proposed open"


async def test_the_time_that_is_shown_is_of_the_program_and_not_of_its_waiting(store: Store):
    here = world(store, PROGRAM, [passed()])
    here.target.events = [
        Progress("PENDING"),
        Progress("RUNNING", ran=0.0),
        Output("x" * 100_000),
        Output("\n" + "y" * 100_000),
        Finished(Outcome(verdict=Verdict.PASSED)),
    ]
    seen: list[RunView] = []

    async def look(event: SessionEvent) -> None:
        if isinstance(event, RunProgressed):
            seen.append(event.view)

    here.notifier.notify = look
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    await approve(here.decisions, proposal.id, "UAPPROVER")
    for step in (here.runs.open, here.runs.submit):
        await step(proposal.id)
    await asyncio.sleep(0.3)
    await here.runs.follow(proposal.id)
    assert seen[0].elapsed >= 0.3
    assert all(view.elapsed < seen[0].elapsed for view in seen[1:])
    assert len(seen[-1].output) <= 120_000
    assert (seen[-1].gone.lines, seen[-1].gone.size + len(seen[-1].output)) == (1, 200_001)


async def test_repeating_every_step_after_a_crash_makes_nothing_twice(store: Store):
    here = world(store, [*PROGRAM, *PROGRAM], [passed(), passed()])
    task = builders.task()
    for _ in range(2):
        await opened(here, task, builders.session())
    await here.tasks.work(task.id)
    result = await here.tasks.work(task.id)
    for _ in range(2):
        await here.tasks.conclude(task.id, result)
    assert len(await store.proposals.of_session("s_1")) == 1
    assert len(await store.tasks.of_session("s_1")) == 1


async def test_a_question_is_answered_without_a_proposal(store: Store):
    task = await carry_out(world(store, [says("427.05")], []))
    assert (task.status, task.summary) == (TaskStatus.ANSWERED, "427.05")


async def test_a_program_that_never_works_is_kept_but_can_not_be_approved(store: Store):
    failing = Outcome(verdict=Verdict.FAILED, exit_code=1)
    here = world(store, [calls("write_program", request="x"), says("It did not work.")], [failing, failing])
    task = await carry_out(here)
    assert task.status is TaskStatus.FAILED
    assert here.notifier.recorded[-1] == "t_1 failed draft"
    (draft,) = await store.proposals.of_session("s_1")
    assert draft.status is ProposalStatus.DRAFT
    assert [attempt.code for attempt in draft.failed] == ["print(0)\n", "print(1)\n"]
    with pytest.raises(Outdated, match="did not pass"):
        await approve(here.decisions, draft.id, "UAPPROVER")


async def test_a_newer_proposal_visibly_replaces_the_older(store: Store):
    here = world(store, [*PROGRAM, *PROGRAM], [passed(), passed()])
    await carry_out(here)
    await carry_out(here, builders.task(id="t_2", prompt="use 500"))
    old, new = await store.proposals.of_session("s_1")
    assert (old.status, new.status) == (ProposalStatus.SUPERSEDED, ProposalStatus.OPEN)
    assert here.notifier.recorded[-1] == f"{old.id} superseded"
    with pytest.raises(Outdated, match="A newer proposal replaced that one"):
        await approve(here.decisions, old.id, "UAPPROVER")


async def test_a_follow_up_sees_prompts_answers_and_run_results(store: Store):
    here = world(store, [*PROGRAM, says("ok")], [passed()])
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    await approve(here.decisions, proposal.id, "UAPPROVER")
    for step in (here.runs.open, here.runs.submit, here.runs.follow):
        await step(proposal.id)
    await carry_out(here, builders.task(id="t_2", prompt="why 3?", user="UOTHER"))
    asked, answered, then = reported(here)
    assert asked == '<message from="UENGINEER">add 1 and 2</message>'
    assert answered == "[proposal: Add] Here it is."
    assert "print(0)" in then, "the current program"
    assert '<run verdict="passed" approved_by="UAPPROVER"><output>Result: 3</output></run>' in then
    assert then.endswith("why 3?\n\n<asked_by>UOTHER</asked_by>")


async def test_a_failed_run_is_repaired_from_its_error(store: Store):
    here = world(store, [*PROGRAM, calls("write_program", request="fix it"), says("Fixed.")], [passed()] * 2)
    crash = Outcome(
        verdict=Verdict.FAILED, stdout="so far\n", failure=Failure("ValueError", "no <such> shard")
    )
    here.target.events[:] = [Finished(crash)]
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    await approve(here.decisions, proposal.id, "UAPPROVER")
    for step in (here.runs.open, here.runs.submit, here.runs.follow):
        await step(proposal.id)
    fix = builders.task(id="t_2", kind=TaskKind.FIX, prompt="The run failed; fix it.", base=proposal.id)
    await carry_out(here, fix)
    order = here.generator_model.seen[-1][0].parts[0].text
    assert "<current_program>\nprint(0)\n" in order
    assert "ValueError: no &lt;such&gt; shard" in order
    assert "so far" in order


async def test_an_edit_by_a_person_is_what_a_follow_up_changes(store: Store):
    here = world(store, [*PROGRAM, *PROGRAM], [passed()] * 3)
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    edit = builders.task(id="t_2", kind=TaskKind.EDIT, code="print('mine')\n", base=proposal.id, user="UADA")
    await carry_out(here, edit)
    await carry_out(here, builders.task(id="t_3", prompt="now with 5"))
    assert "<current_program>\nprint('mine')" in here.generator_model.seen[-1][0].parts[0].text
    assert 'by="UADA"' in reported(here)[-1]


async def test_what_a_process_spent_before_it_died_counts(store: Store):
    await store.sessions.ensure(builders.session())
    await store.tasks.add(builders.task())
    before = Spent(calls=2, input=900, output=100, seconds=3.0, models=("m",), attempts=1)
    await store.spendings.put(builders.task(), "CRAY", TaskStatus.WORKING, before)
    await carry_out(world(store, PROGRAM, [passed()]))
    (proposal,) = await store.proposals.of_session("s_1")
    assert (proposal.spent.calls, proposal.spent.tokens) == (2 + 3, 1000)
    assert (await store.spendings.of_task("t_1")).calls == 5


async def test_a_spark_program_is_offered_but_never_run(store: Store):
    here = world(store, [calls("write_program", request="x", engine="spark"), says("Here.")], [passed()])
    task = await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    assert (task.status, proposal.validation.verdict) == (TaskStatus.PROPOSED, Verdict.UNTRIED)
    with pytest.raises(NotAllowed, match="Ray programs only"):
        await approve(here.decisions, proposal.id, "UAPPROVER")
    assert (await store.proposals.get(proposal.id)).status is ProposalStatus.OPEN
    assert here.target.jobs == {}


async def test_requests_of_one_thread_wait_for_each_other(store: Store):
    here = world(store, [says("first"), says("second")], [])
    first, second = builders.task(), builders.task(id="t_2")
    for task in (first, second):
        await opened(here, task, builders.session())
    waiting = asyncio.create_task(here.tasks.wait_for_turn("t_2"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    await here.tasks.conclude("t_1", await here.tasks.work("t_1"))
    await asyncio.wait_for(waiting, PATIENCE)
    assert "t_2 queued" in here.notifier.recorded


async def test_stop_cancels_the_work_at_once(store: Store):
    here = world(store, [], [])
    begun, never = asyncio.Event(), asyncio.Event()

    class Slow(ScriptedModel):
        async def reply(self, **_: object) -> Reply:
            begun.set()
            await never.wait()
            raise AssertionError

    here.tasks._supervisor._model = Slow([])
    await opened(here, builders.task(), builders.session())
    work = asyncio.create_task(here.tasks.work("t_1"))
    await asyncio.wait_for(begun.wait(), PATIENCE)
    assert await here.tasks.cancel("t_1")
    result = await asyncio.wait_for(work, PATIENCE)
    assert result["status"] == TaskStatus.CANCELLED
    assert not await here.tasks.cancel("t_1")


async def test_an_edit_is_validated_as_written(store: Store):
    here = world(store, PROGRAM, [passed(), passed(stdout="Result: 4\n")])
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    edit = builders.task(id="t_2", kind=TaskKind.EDIT, code="print(4)\n", base=proposal.id)
    assert (await carry_out(here, edit)).status is TaskStatus.PROPOSED
    newest = (await store.proposals.of_session("s_1"))[-1]
    assert newest.program.code == "print(4)\n"
    assert newest.validation.stdout == "Result: 4\n"


async def test_an_edited_program_is_called_what_it_says_of_itself(store: Store):
    here = world(store, PROGRAM, [passed()] * 4)
    await carry_out(here)
    (first,) = await store.proposals.of_session("s_1")
    names = [first.program.title]
    for number, code in enumerate(["print(4)\n", "print(5)\n", '"""Count to six.\n\nSlowly."""\nprint(6)\n']):
        base = (await store.proposals.of_session("s_1"))[-1]
        await carry_out(
            here, builders.task(id=f"t_{number + 2}", kind=TaskKind.EDIT, code=code, base=base.id)
        )
        names.append((await store.proposals.of_session("s_1"))[-1].program.title)
    assert names[1:] == [f"{names[0]} (edited)", f"{names[0]} (edited)", "Count to six"]


async def test_a_rerun_is_the_same_code_with_the_same_inputs_and_needs_its_own_approval(store: Store):
    first, newer = InputFile("a.csv", b"1,2"), InputFile("a.csv", b"3,4")
    await store.inputs.keep("s_1", first)
    here = world(store, PROGRAM, [passed()] * 2)
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    await approve(here.decisions, proposal.id, "UAPPROVER")
    await store.inputs.keep("s_1", newer)
    again = builders.task(id="t_2", kind=TaskKind.AGAIN, prompt="again", base=proposal.id, user="UADA")
    assert (await carry_out(here, again)).status is TaskStatus.PROPOSED
    old, new = await store.proposals.of_session("s_1")
    assert (new.program, new.inputs, new.model) == (old.program, old.inputs, old.model)
    assert (new.status, new.requester) == (ProposalStatus.OPEN, "UADA")
    assert run_id(new.id) != run_id(old.id)
    assert here.target.jobs == {}


async def test_a_rerun_whose_input_is_gone_says_which(store: Store):
    await store.inputs.keep("s_1", InputFile("a.csv", b"1,2"))
    here = world(store, PROGRAM, [passed()])
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    async with store.inputs._engine.begin() as connection:
        await connection.execute(tables.inputs.delete())
    task = await carry_out(here, builders.task(id="t_2", kind=TaskKind.AGAIN, base=proposal.id))
    assert (task.status, "a.csv is no longer available" in task.summary) == (
        TaskStatus.FAILED,
        True,
    )


async def test_a_stop_that_reached_another_replica_is_heeded(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.tasks.steps._CANCEL_POLL", 0.02)
    here, other, never = world(store, [], []), world(store, [], []), asyncio.Event()

    class Slow(ScriptedModel):
        async def reply(self, **_: object) -> Reply:
            await never.wait()
            raise AssertionError

    here.tasks._supervisor._model = Slow([])
    await opened(here, builders.task(), builders.session())
    work = asyncio.create_task(here.tasks.work("t_1"))
    await asyncio.sleep(0.05)
    assert await other.tasks.cancel("t_1")
    assert (await asyncio.wait_for(work, PATIENCE))["status"] == TaskStatus.CANCELLED


async def approved(store: Store) -> tuple[World, str]:
    here = world(store, PROGRAM, [passed()])
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    await approve(here.decisions, proposal.id, "UAPPROVER")
    return here, proposal.id


async def test_five_approvals_at_once_give_one(store: Store):
    here = world(store, PROGRAM, [passed()])
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    results = await asyncio.gather(
        *(approve(here.decisions, proposal.id, f"U{n}") for n in range(5)),
        return_exceptions=True,
    )
    assert sum(not isinstance(result, Exception) for result in results) == 1
    assert all(isinstance(result, Outdated) for result in results if isinstance(result, Exception))


async def test_an_approval_of_other_code_is_refused(store: Store):
    here = world(store, PROGRAM, [passed()])
    await carry_out(here)
    (proposal,) = await store.proposals.of_session("s_1")
    with pytest.raises(Outdated, match="other code"):
        await approve(here.decisions, proposal.id, "UAPPROVER", digest="0" * 64)
    assert (await store.proposals.get(proposal.id)).status is ProposalStatus.OPEN


async def test_an_approved_program_runs_once_however_often_its_steps_are_repeated(store: Store):
    here, proposal_id = await approved(store)
    here.target.events = [Progress("RUNNING"), Output("Result: 3\n"), Finished(passed())]
    for step in (here.runs.open, here.runs.submit, here.runs.follow, here.runs.close):
        for _ in range(2):
            await step(proposal_id)
    assert list(here.target.jobs) == [run_id(proposal_id)]
    run = await store.runs.get(run_id(proposal_id))
    assert run.status is RunStatus.ENDED
    assert run.outcome is not None
    assert run.outcome.stdout == "Result: 3\n"
    assert here.target.jobs[run.id].metadata["raygen_approver"] == "UAPPROVER"
    assert await here.runs.unfinished() == []


async def test_a_target_that_is_down_for_a_moment_is_tried_again(store: Store):
    here, proposal_id = await approved(store)
    here.target.refusals = [TargetUnavailable()]
    await here.runs.open(proposal_id)
    await here.runs.submit(proposal_id)
    assert len(here.target.jobs) == 1


async def test_a_run_that_is_stopped_before_it_was_submitted_never_starts(store: Store):
    here, proposal_id = await approved(store)
    await here.runs.open(proposal_id)
    await here.runs.stop(run_id(proposal_id), "UENGINEER")
    await here.runs.submit(proposal_id)
    await here.runs.follow(proposal_id)
    assert here.target.jobs == {}
    run = await store.runs.get(run_id(proposal_id))
    assert run.outcome is not None
    assert run.outcome.verdict is Verdict.STOPPED
    with pytest.raises(Outdated):
        await here.runs.stop(run.id, "UENGINEER")


@dataclass
class Away(FakeTarget):
    """Runs until it is stopped, and can't be reached for the first two tries at that."""

    tries: int = 0
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        yield Output("tick")
        self.begun.set()
        await self.ended.wait()
        yield Finished(Outcome(verdict=Verdict.STOPPED, stdout="tick"))

    async def stop(self, submission_id: str) -> bool:
        self.tries += 1
        if self.tries < 3:
            raise TargetUnavailable
        self.ended.set()
        return True


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_stop_reaches_a_target_that_was_away(
    store: Store, monkeypatch: pytest.MonkeyPatch, *, restarted: bool
):
    monkeypatch.setattr("services.runs.monitor._AGAIN", 0.01)
    _, proposal_id = await approved(store)
    away, notifier = Away(), RecordingNotifier()
    runs = run_steps(deciding(store, notifier, places(away), approving(store)))
    await runs.open(proposal_id)
    await runs.submit(proposal_id)
    if restarted:
        await store.runs.ask_to_stop(run_id(proposal_id), "UENGINEER")
    following = asyncio.create_task(runs.follow(proposal_id))
    async with asyncio.timeout(PATIENCE):
        await away.begun.wait()
        if not restarted:
            before = len(notifier.recorded)
            await runs.stop(run_id(proposal_id), "UENGINEER")
            assert notifier.recorded[before] == f"{run_id(proposal_id)} PENDING 'tick' stopped by UENGINEER"
        await following
    assert away.tries == 3
    outcome = (await store.runs.get(run_id(proposal_id))).outcome
    assert outcome is not None
    assert outcome.verdict is Verdict.STOPPED


async def test_an_approval_that_lost_its_process_is_found_again(store: Store):
    here, proposal_id = await approved(store)
    assert await here.runs.unfinished() == [proposal_id]


async def test_who_was_first_to_stop_a_run_is_named_also_where_that_was_raygen_itself():
    notifier = RecordingNotifier()
    watched = RunMonitor(builders.run(stopped_by=""), builders.proposal(), builders.session(), notifier)
    await watched.stop_asked("UENGINEER")
    assert (watched.run.stopped_by, notifier.recorded) == ("", [])


@pytest.mark.parametrize(
    ("verdict", "runs"), [(Verdict.PASSED, True), (Verdict.PARTIAL, False), (Verdict.FAILED, False)]
)
async def test_a_program_that_is_to_run_by_itself_waits_for_a_person_unless_all_of_it_was_validated(
    store: Store, verdict: Verdict, runs: object
):
    here = world(store, [], [passed(verdict=verdict, unproven=("Too long.",))])
    task = await carry_out(here, builders.task(kind=TaskKind.EXECUTE, code="print(3)\n"))
    started = await here.decisions.approve_at_once(task.id)
    assert (started is not None) is runs
    (proposal,) = await store.proposals.of_session("s_1")
    assert (proposal.status is ProposalStatus.APPROVED) is runs
    if verdict is Verdict.PARTIAL:
        assert "validated in part" in task.summary
        assert (await approve(here.decisions, proposal.id, "UAPPROVER")).status is ProposalStatus.APPROVED
