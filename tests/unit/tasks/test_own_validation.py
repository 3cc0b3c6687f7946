"""A target's own validation cluster: who gets programs there, what is then known of them, and what is left when it is gone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from bot.settings import load
from bot.wiring.sandboxes import own_validators
from handlers.blocks import targets as target_blocks
from handlers.blocks import tasks as task_blocks
from services.approvals.coverage import coverage
from services.domain.destination import Destination
from services.domain.entities import Proposal, TaskKind
from services.domain.errors import TargetRefused, TargetUnavailable
from services.domain.program_facts import binding
from services.domain.values import EVIDENCE, Finding, Grade, Outcome, PolicyReport, Verdict
from services.execution.interface import Finished, Output, Progress
from services.security.audit_chain import AuditAction
from services.store import Store, open_database
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from services.tasks.steps import TaskSteps
from services.text.formatting import clean
from services.validation.by_target import TargetValidator
from services.validation.interface import Provided, Setup
from tests import builders
from tests.builders import passed
from tests.databases import database
from tests.fakes import FakeTarget, FakeValidator, RecordingNotifier, permissions
from tests.standins.scripted_model import ScriptedModel
from tests.standins.scripted_target import Script, ScriptedTarget, prints

WHERE = "unsealed, on the validation cluster of the target gpu"
CODE = "# /// script\n# [tool.raygen]\n# resources = { GPU = 2 }\n# wall = 600\n# ///\nprint(3)\n"
STOPPED = Finished(Outcome(verdict=Verdict.TIMED_OUT))


@dataclass
class World:
    store: Store
    tasks: TaskSteps
    targets: Targets
    cluster: ScriptedTarget
    seal: FakeValidator

    async def asked(self, user: str = "UENGINEER") -> Proposal:
        task = replace(builders.task(), kind=TaskKind.CHECK, code=CODE, user=user)
        await self.tasks.accept(task, builders.session(thread_ts=""))
        await self.tasks.open(task.id)
        await self.tasks.conclude(task.id, await self.tasks.work(task.id))
        (proposal,) = await self.store.proposals.of_session("s_1")
        return proposal


Making = Callable[..., World]


@pytest.fixture
async def made(tmp_path: Path) -> AsyncGenerator[Making]:
    async with open_database(database(tmp_path)) as engine:
        store = Store(engine)

        def make(script: Script | None = None, *, refuse: bool = False) -> World:
            cluster = ScriptedTarget(script or prints("Result: 3\n"), name="validation of gpu")
            terms = TargetTerms(users=frozenset({"UENGINEER"}))
            targets = Targets([ConfiguredTarget(FakeTarget(name="gpu"), terms, cluster)])
            seal = FakeValidator([passed(), passed()])
            found = (Finding("no", Grade.REFUSE, 1, "It may not."),) if refuse else ()
            workshop = Workshop(
                Generator(ScriptedModel([]), Profile("g")),
                lambda _: PolicyReport(findings=found),
                seal,
                own_validators=own_validators(load(), targets),
            )
            steps = TaskSteps(
                store,
                RecordingNotifier(),
                Supervisor(ScriptedModel([]), workshop, "s"),
                workshop,
                targets,
                permissions=permissions(store, targets=targets),
            )
            return World(store, steps, targets, cluster, seal)

        yield make


async def test_a_program_is_validated_on_the_cluster_of_its_target(made: Making):
    world = made()
    proposal = await world.asked()
    (job,) = world.cluster.cluster.jobs.values()
    assert (job.code, dict(job.resources), world.seal.leases) == (CODE, {"GPU": 2.0}, 0)
    found = proposal.validation
    assert (found.verdict, found.where, found.unknown) == (Verdict.PASSED, WHERE, EVIDENCE)
    assert found.cluster
    card = task_blocks.proposed(builders.card(proposal))
    check.message_blocks(card.blocks, Rules())
    assert f":white_check_mark: *Validation passed* :warning: *{WHERE}*" in str(card.blocks)
    assert "could not be observed" in str(card.blocks)
    assert "sealed Ray cluster" not in str(card.blocks)
    records = [each.fields async for each in world.store.audit.records()]
    (unsealed,) = [each for each in records if each["action"] == AuditAction.UNSEALED]
    assert (unsealed["by"], unsealed["target"], unsealed["sha256"], unsealed["facts"]) == (
        "UENGINEER",
        "gpu",
        proposal.program.sha256,
        {"where": WHERE},
    )
    assert (await world.store.audit.verify()).whole


async def test_an_approval_is_bound_to_where_the_program_was_validated(made: Making):
    proposal = await made().asked()
    sealed, other = (
        replace(proposal, validation=replace(proposal.validation, **changed))
        for changed in ({"where": "", "cluster": ""}, {"cluster": "another"})
    )
    assert len({binding(each, "UAPPROVER") for each in (proposal, sealed, other)}) == 3
    assert len({coverage(each).fingerprint for each in (proposal, sealed, other)}) == 3


async def test_only_those_who_can_use_the_target_have_programs_run_there(made: Making):
    world = made()
    proposal = await world.asked("UGUEST")
    assert (proposal.target, proposal.validation.where, world.seal.leases) == ("gpu", "", 1)
    assert world.cluster.cluster.jobs == {}


async def test_what_the_policy_refuses_never_runs_there(made: Making):
    world = made(refuse=True)
    proposal = await world.asked()
    assert proposal.validation.verdict is Verdict.REFUSED_BY_POLICY
    assert (world.cluster.cluster.jobs, world.seal.leases) == ({}, 0)


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (TargetUnavailable(), "the validation cluster can't be reached. Try again in a minute."),
        (TargetRefused("The target cluster rejected raygen's token."), "the validation cluster rejected"),
    ],
)
async def test_where_it_can_not_be_used_programs_are_validated_as_usual_and_the_card_says_so(
    made: Making, trouble: Exception, reason: str
):
    world = made()
    world.cluster.trouble = trouble
    proposal = await world.asked()
    assert (proposal.validation.verdict, proposal.validation.where) == (Verdict.PASSED, "")
    card = clean(str(task_blocks.proposed(builders.card(proposal)).blocks).replace("\\'", "'"))
    assert "in a sealed Ray cluster" in card
    said = f"Validated in the sealed cluster, not on the validation cluster of the target gpu: {reason}"
    assert said in card


async def test_once_it_was_out_of_reach_a_task_does_not_wait_for_it_again(made: Making):
    world = made()
    (validator,) = own_validators(load(), world.targets).values()
    workshop = Workshop(
        Generator(ScriptedModel([]), Profile("g")),
        lambda _: PolicyReport(),
        world.seal,
        own_validators={"gpu": validator},
    )
    world.cluster.trouble = TargetUnavailable()
    async with workshop._bench(_ignored, (), Destination(target="gpu", own_validation=True)) as bench:
        first = await bench.inspect(builders.ADD, 1)
        world.cluster.trouble = None
        second = await bench.inspect(builders.ADD, 2)
    assert [each.outcome.remarks[0][:31] for each in (first, second)] == [
        "Validated in the sealed cluster"
    ] * 2
    assert (world.seal.leases, world.seal.open_leases, world.cluster.cluster.jobs) == (1, 0, {})


async def test_samples_and_dummies_stay_in_the_seal(made: Making):
    (validator,) = own_validators(load(), (world := made()).targets).values()
    own = TargetValidator("gpu", validator, world.seal)
    provided = Provided(dummies=(("KEY", "dummy"),))
    async with own.lease() as lease:
        outcome = await lease.validate("print()", Setup(provided=provided))
    assert outcome.remarks == (
        "Validated in the sealed cluster, not on the validation cluster of the target gpu: the validation cluster can't give programs data or secrets, so this one was not run there.",
    )
    assert (outcome.where, world.seal.setups[0].provided, world.cluster.cluster.jobs) == ("", provided, {})


async def test_a_program_that_is_still_at_work_at_the_limit_is_validated_in_part(made: Making):
    proposal = await made(lambda _: [Output("1\n"), STOPPED]).asked()
    assert proposal.validation.verdict is Verdict.PARTIAL
    assert proposal.validation.unproven == (
        "It ran for 1 min 00 s without a failure and expects 10 min 00 s. The rest was not run.",
    )


async def test_a_program_that_asks_for_more_than_the_cluster_has_is_validated_in_part(made: Making):
    waits = Progress("RUNNING", "waiting for 4 GPUs; the cluster has 2", ran=0.1)
    proposal = await made(lambda _: [waits, STOPPED]).asked()
    assert proposal.validation.verdict is Verdict.PARTIAL
    assert proposal.validation.unproven == (
        "It waited for 4 GPUs; the cluster has 2. What comes after that was not run.",
    )


async def test_a_program_that_waits_for_others_says_for_what(made: Making):
    waits = Progress("RUNNING", "waiting for 2 GPUs; 1 of the cluster's 2 in use", ran=0.1)
    late = Progress("RUNNING", ran=60.1)
    proposal = await made(lambda _: [Output("1\n"), waits, late, STOPPED]).asked()
    assert proposal.validation.verdict is Verdict.TIMED_OUT
    assert (
        proposal.validation.detail
        == "It was stopped after 1 min 00 s: waiting for 2 GPUs; 1 of the cluster's 2 in use."
    )


async def test_a_target_is_shown_with_its_validation_cluster(made: Making):
    world = made()
    up = target_blocks.target(await world.targets.closer_look("gpu", "UENGINEER"), "UENGINEER")
    check.message_blocks(up.blocks, Rules())
    assert "*Validation:* on a cluster of its own, unsealed" in str(up.blocks)
    assert "is down" not in str(up.blocks)
    world.cluster.trouble = TargetUnavailable("It is gone <!here>.")
    down = target_blocks.target(await world.targets.closer_look("gpu", "UENGINEER"), "UENGINEER")
    assert "It is down: It is gone &lt;!here&gt;." in str(down.blocks)
    closed = target_blocks.target(await world.targets.closer_look("gpu", "UGUEST"), "UGUEST")
    assert "Validation" not in str(closed.blocks)


async def _ignored(_: object) -> None:
    """No one is told."""
