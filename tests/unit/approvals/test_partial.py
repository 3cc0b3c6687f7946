"""A validation in part can be approved, unless a rule asks for a second person or allows none."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.blocks.evidence import unproven, verdict_line
from services.approvals import ApprovalRule, SecondApproverConditions
from services.approvals.coverage import coverage
from services.approvals.decision import ApproverContext, decide, required
from services.approvals.person import Person
from services.domain.program_facts import ProgramFacts, binding
from services.domain.values import Verdict
from tests import builders

LACKS = "It asks for 8 GPUs on one node; the sealed cluster has 4 virtual GPUs."
PASSED = builders.proposal()
PARTIAL = replace(PASSED, validation=replace(PASSED.validation, verdict=Verdict.PARTIAL, unproven=(LACKS,)))
FACTS = ProgramFacts.of(PARTIAL)


@pytest.mark.parametrize(
    ("rule", "allowed", "needed"),
    [
        (ApprovalRule(), True, 1),
        (ApprovalRule(second=SecondApproverConditions(partial=True)), True, 2),
        (ApprovalRule(partial=False), False, 1),
    ],
)
def test_a_rule_decides_on_what_is_partial(rule: ApprovalRule, allowed: object, needed: int):
    decision = decide(rule, Person("U1", "Ada"), ApproverContext(), FACTS)
    assert (decision.allowed, decision.needed) == (allowed, needed)
    assert decide(rule, Person("U1", "Ada"), ApproverContext(), ProgramFacts.of(PASSED)).allowed
    assert required(rule, ProgramFacts.of(PASSED))[0] == 1


def test_an_approval_for_a_thread_does_not_cover_it():
    assert coverage(PARTIAL).fingerprint != coverage(PASSED).fingerprint


def test_an_approval_is_bound_to_what_is_not_proven():
    other = replace(PARTIAL, validation=replace(PARTIAL.validation, unproven=("Something else.",)))
    assert len({binding(each, "U1") for each in (PASSED, PARTIAL, other)}) == 3


def test_the_card_says_first_what_is_not_proven():
    assert "*Validated in part*" in verdict_line(PARTIAL)
    assert LACKS in str(unproven(PARTIAL.validation))
    assert unproven(PASSED.validation) == []
