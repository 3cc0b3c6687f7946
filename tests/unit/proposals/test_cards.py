"""A proposal's card says what the records and the operator's configuration say, as of now."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import pytest

from handlers.blocks.tasks import proposed
from services.approvals import ApprovalRule
from services.approvals.rules import SecondApproverConditions
from services.domain.entities import ProposalStatus, Session, Task
from services.domain.locks import Lock, LockedPackage
from services.domain.program_facts import Grant
from services.domain.target_profile import TargetProfile
from services.domain.values import InputFile, PolicyReport
from services.policy import check
from services.policy.together import together
from services.proposals.cards import ProposalCards
from services.store import Store, open_database
from services.store.grants import add_grant
from services.targets.cost import Prices
from services.targets.profiles import Profiles
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from tests import builders
from tests.databases import database
from tests.fakes import FakeTarget, approving

NOW = time.time()
SECOND = SecondApproverConditions(gpus=True)
RULE = ApprovalRule(users=frozenset({"UADA"}), second=SECOND, thread=60.0)
TERMS = TargetTerms(limits={"GPU": 0.0}, prices=Prices({"CPU": 3600.0}), network="none")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(database(tmp_path)) as engine:
        yield Store(engine)


def cards(store: Store, expiry: float = 100.0) -> ProposalCards:
    targets = Targets(
        [ConfiguredTarget(FakeTarget(), TERMS), ConfiguredTarget(FakeTarget(name="gpu"), TargetTerms())]
    )
    return ProposalCards(store=store, targets=targets, approvals=approving(store, RULE, expiry=expiry))


async def known(store: Store) -> tuple[Task, Session]:
    task, session = builders.proposed_task(), builders.session()
    await store.sessions.ensure(session)
    await store.tasks.add(task)
    return task, session


async def test_an_open_card_says_all_that_a_decision_rests_on(store: Store):
    task, session = await known(store)
    before = builders.proposal(id="p_0", task_id="t_0", created_at=NOW - 50)
    await store.tasks.add(builders.proposed_task(id="t_0"))
    await store.proposals.draft(before)
    await store.proposals.move(before.id, ProposalStatus.OPEN)
    await store.proposals.move(before.id, ProposalStatus.APPROVED, by="UADA")
    await store.tasks.add(builders.task(id="t_2", user="UADA"))
    proposal = builders.proposal(
        created_at=NOW,
        policy=PolicyReport(resources={"GPU": 1.0}),
        validation=builders.passed(resources={"GPU": 1.0}),
    )
    card = await cards(store).build(task, proposal, session)
    assert (card.task, card.session, card.proposal) == (task, session, proposal)
    assert card.facts.resources["GPU"] == 1.0
    assert card.targets == ("embedded", "gpu")
    assert "at most 0 GPUs" in card.objection
    assert (card.network, card.approvers, card.second) == ("none", "<@UADA>", SECOND)
    assert (card.needs.needed, len(card.needs.reasons), card.needs.thread) == (2, 1, 0.0)
    assert card.updates.user == "UADA"
    assert card.approved_before is not None
    assert card.approved_before.id == before.id
    assert card.expires_at == NOW + 100.0
    assert card.cost is not None
    assert card.grant is None


async def test_what_validation_had_otherwise_than_the_target_is_one_line(store: Store):
    task, session = await known(store)
    profile = TargetProfile(python="3.9.18", ray=version("ray"), packages={"numpy": "1.0"})
    # Known by itself, as a target is whose cluster was asked.
    targets = Targets([ConfiguredTarget(FakeTarget(), TargetTerms())], Profiles(own={"embedded": profile}))
    built = ProposalCards(store=store, targets=targets, approvals=approving(store))
    # As the policy reads it in the program and in its modules.
    proposal = builders.proposal(
        policy=together("import helper", [InputFile("helper.py", b"import numpy")], check)
    )
    card = await built.build(task, proposal, session)
    here = ".".join(python_version().split(".")[:2])
    assert card.differences.startswith(f"Validated with Python {here}, numpy ")
    assert card.differences.endswith("; the target embedded has Python 3.9, numpy 1.0.")
    assert card.differences in str(proposed(card).blocks)
    over = replace(proposal, status=ProposalStatus.DISMISSED)
    assert (await built.build(task, over, session)).differences == ""


async def test_packages_that_were_approved_before_are_known(store: Store):
    def lock(*pins: str) -> Lock:
        named = (pin.split("==") for pin in pins)
        return Lock(
            requirements="\n".join(pins),
            packages=tuple(LockedPackage(name=name, version=version) for name, version in named),
        )

    task, session = await known(store)
    for number, (status, pins) in enumerate(
        {
            ProposalStatus.APPROVED: ["one==1.0", "two==1.0"],
            ProposalStatus.DISMISSED: ["three==1.0"],
        }.items()
    ):
        await store.tasks.add(builders.proposed_task(id=f"t_before_{number}"))
        before = builders.proposal(id=f"p_before_{number}", task_id=f"t_before_{number}", lock=lock(*pins))
        await store.proposals.draft(before)
        await store.proposals.move(before.id, ProposalStatus.OPEN)
        await store.proposals.move(before.id, status, by="UADA")
    proposal = builders.proposal(created_at=NOW, lock=lock("one==1.0", "two==2.0", "three==1.0"))
    card = await cards(store).build(task, proposal, session)
    assert card.packages_before == {"one==1.0"}
    assert not (await cards(store).build(task, builders.proposal(), session)).packages_before


async def test_a_decided_card_names_its_grant_and_neither_expires_nor_waits_for_what_is_newer(store: Store):
    task, session = await known(store)
    grant = Grant("g_1", session.id, "p_0", "embedded", "UADA", task.user, "1:", NOW, NOW + 60)
    async with store.grants._engine.begin() as connection:
        await add_grant(connection, grant, builders.proposal(id=grant.proposal_id), session)
    await store.tasks.add(builders.task(id="t_2", user="UADA"))
    proposal = builders.proposal(status=ProposalStatus.APPROVED, grant=grant.id, created_at=NOW)
    card = await cards(store).build(task, proposal, session)
    assert (card.grant, card.expires_at) == (grant, None)
    assert not card.updates


async def test_a_card_without_a_limit_of_time_does_not_expire(store: Store):
    task, session = await known(store)
    card = await cards(store, expiry=float("inf")).build(task, builders.proposal(created_at=NOW), session)
    assert card.expires_at is None
