"""Who may approve what where, as a table: the decision is pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from services.approvals import ApprovalPolicy, ApprovalRule, Person, SecondApproverConditions
from services.approvals.decision import ApproverContext, decide, required
from services.approvals.rules import Allowed
from services.domain.entities import Input
from services.domain.locks import Lock, LockedPackage
from services.domain.program_facts import ProgramFacts, binding
from services.domain.program_header import Script
from services.domain.values import PolicyReport, Program, Touched
from tests import builders

MEMBER = Person("UADA", "Ada")
GUEST = Person("UGUS", "Gus", guest=True)
STRANGER = Person("USUE", "Sue", foreign=True)
BOT = Person("UBOT", "bot", bot=True)
GONE = Person("UADA", "Ada", gone=True)
HOLDER = Person("api:ann", "ann", approves=True)
OTHER_HOLDER = Person("api:ci", "ci", approves=False)
OWN, OTHERS = ApproverContext(requester=True), ApproverContext()
IN_GROUP = ApproverContext(groups=frozenset({"SOPS"}))
IN_CHANNEL = ApproverContext(member=True)

ANYBODY = ApprovalRule()
NAMED = ApprovalRule(users=frozenset({"UADA", "UGUS"}))
GROUP = ApprovalRule(groups=frozenset({"SOPS"}))
MEMBERS = ApprovalRule(members=True)
TWO_PERSON = ApprovalRule(requester=False)
SELF = ApprovalRule(requester=True)

TABLE: list[tuple[ApprovalRule, Person, ApproverContext, str, bool]] = [
    (ANYBODY, MEMBER, OWN, "everyone", True),
    (ANYBODY, MEMBER, OTHERS, "everyone", True),
    (ANYBODY, GUEST, OWN, "guests", False),
    (ANYBODY, STRANGER, OTHERS, "foreign", False),
    (ANYBODY, BOT, OTHERS, "person", False),
    (ANYBODY, GONE, OTHERS, "person", False),
    (ANYBODY, HOLDER, OWN, "token", True),
    (ANYBODY, OTHER_HOLDER, OWN, "token", False),
    (NAMED, MEMBER, OTHERS, "users", True),
    (NAMED, GUEST, OTHERS, "users", True),
    (NAMED, replace(MEMBER, id="UBEA"), OWN, "not-named", False),
    (NAMED, BOT, OTHERS, "person", False),
    (NAMED, GONE, OTHERS, "person", False),
    (GROUP, MEMBER, IN_GROUP, "groups", True),
    (GROUP, MEMBER, IN_CHANNEL, "not-named", False),
    (GROUP, GUEST, IN_GROUP, "guests", False),
    (replace(GROUP, guests=True), GUEST, IN_GROUP, "groups", True),
    (replace(GROUP, guests=True), GUEST, OWN, "not-named", False),
    (GROUP, STRANGER, IN_GROUP, "foreign", False),
    (replace(GROUP, foreign=True), STRANGER, IN_GROUP, "groups", True),
    (MEMBERS, MEMBER, IN_CHANNEL, "members", True),
    (MEMBERS, MEMBER, OWN, "not-named", False),
    (MEMBERS, GUEST, IN_CHANNEL, "guests", False),
    (TWO_PERSON, MEMBER, OWN, "two-person", False),
    (TWO_PERSON, MEMBER, OTHERS, "everyone", True),
    (TWO_PERSON, HOLDER, OWN, "two-person", False),
    (replace(NAMED, requester=False), MEMBER, OWN, "two-person", False),
    (SELF, MEMBER, OWN, "requester", True),
    (SELF, MEMBER, OTHERS, "not-named", False),
    (SELF, GUEST, OWN, "guests", False),
    (replace(NAMED, requester=True), replace(MEMBER, id="UBEA"), OWN, "requester", True),
]


@pytest.mark.parametrize(("rule", "person", "standing", "clause", "allowed"), TABLE)
def test_who_may_approve(
    rule: ApprovalRule, person: Person, standing: ApproverContext, clause: str, *, allowed: bool
):
    decision = decide(rule, person, standing)
    assert (decision.allowed, decision.clause, decision.rule) == (allowed, clause, "default")
    assert decision.sentence.endswith(".")


def test_without_a_rule_nobody_may():
    assert not decide(None, MEMBER, OWN).allowed
    assert not decide(None, HOLDER, OTHERS).allowed


def test_a_refusal_says_whom_to_ask():
    rule = ApprovalRule(users=frozenset({"UB", "UA"}), groups=frozenset({"SOPS"}), members=True)
    sentence = decide(rule, MEMBER, OTHERS).sentence
    assert "Ask <@UA>, <@UB>, <!subteam^SOPS> or a member of this channel" in sentence


FACTS = ProgramFacts(
    {"CPU": 8.0, "GPU": 1.0},
    100.0,
    hosts=frozenset({"a.example", "b"}),
    packages=frozenset({"polars"}),
    data=frozenset({"sales", "scores"}),
    writes=frozenset({"scores"}),
    secrets=frozenset({"WANDB_API_KEY"}),
)


@pytest.mark.parametrize(
    ("second", "reasons"),
    [
        (SecondApproverConditions(), ()),
        (SecondApproverConditions(cpus=8), ()),
        (SecondApproverConditions(cpus=7.5), ("requests 8 CPUs",)),
        (SecondApproverConditions(gpus=True), ("requests 1 GPU",)),
        (SecondApproverConditions(wall=100), ()),
        (SecondApproverConditions(wall=99), ("may take 100 s",)),
        (SecondApproverConditions(hosts=True), ("names the network hosts a.example and 1 more",)),
        (SecondApproverConditions(packages=True), ("installs the package polars",)),
        (SecondApproverConditions(packages=frozenset()), ("installs the package polars",)),
        (SecondApproverConditions(packages=frozenset({"torch"})), ("installs the package polars",)),
        (SecondApproverConditions(packages=frozenset({"torch", "polars"})), ()),
        (SecondApproverConditions(hosts=frozenset({"b"})), ("names the network host a.example",)),
        (SecondApproverConditions(hosts=frozenset({"b", "*.example"})), ()),
        (SecondApproverConditions(data=True), ("uses the data connections sales and 1 more",)),
        (SecondApproverConditions(data=frozenset({"sales"})), ("uses the data connection scores",)),
        (SecondApproverConditions(writes=True), ("writes to the data connection scores",)),
        (SecondApproverConditions(writes=frozenset({"scores"})), ()),
        (SecondApproverConditions(secrets=True), ("needs the secret WANDB_API_KEY",)),
    ],
)
def test_facts_that_take_a_second_approver(second: SecondApproverConditions, reasons: tuple[str, ...]):
    needed, found = required(ApprovalRule(second=second), FACTS)
    assert [words.split()[0] for words in found] == [words.split()[0] for words in reasons]
    assert needed == (2 if reasons else 1)
    if reasons and "take" not in reasons[0]:
        assert found == reasons
    assert required(ApprovalRule(second=second, approvals=3), FACTS)[0] == 3
    assert required(ApprovalRule(second=second), ProgramFacts()) == (1, ())


@pytest.mark.parametrize(
    ("allowed", "sentence"),
    [
        (Allowed(), ""),
        (Allowed(hosts=frozenset({"a.example", "b"}), data=frozenset({"sales", "scores"})), ""),
        (Allowed(hosts=frozenset({"b"})), "This program names the network host a.example,"),
        (Allowed(secrets=frozenset()), "This program needs the secret WANDB_API_KEY,"),
        (Allowed(writes=frozenset({"sales"})), "This program writes to the data connection scores,"),
    ],
)
def test_nobody_approves_what_goes_beyond_the_rule(allowed: Allowed, sentence: str):
    decision = decide(ApprovalRule(allowed=allowed), MEMBER, OTHERS, FACTS)
    assert decision.allowed == (not sentence)
    assert decision.sentence.startswith(sentence)


def test_unseen_hosts_are_beyond_a_rule_that_lists_them():
    facts = ProgramFacts(unknown=frozenset({"hosts"}))
    rule = ApprovalRule(allowed=Allowed(hosts=frozenset({"b"}), data=frozenset()))
    assert not decide(rule, MEMBER, OTHERS, facts).allowed
    assert rule.allowed.terms() == ("names network hosts other than b", "uses a data connection")


@pytest.mark.parametrize("host", ["api.example.com", "api.example.com:443", "API.Example.com"])
def test_a_host_is_covered_with_any_port(host: str):
    second = SecondApproverConditions(hosts=frozenset({"api.example.com"}))
    assert second.reasons(ProgramFacts(hosts=frozenset({host}))) == ()
    assert second.reasons(ProgramFacts(hosts=frozenset({f"evil-{host}"}))) != ()


def test_trusted_packages_are_known_by_any_spelling_and_version():
    second = SecondApproverConditions(packages=frozenset({"scikit-learn"}))
    lock = Lock(
        requirements="evil==1.0\nnumpy==2.0",
        packages=(
            LockedPackage(name="evil", version="1.0", asked=True),
            LockedPackage(name="numpy", version="2.0"),
        ),
    )
    header = Script(packages=("Scikit_Learn[x]>=1; python_version>'3'",))
    assert second.reasons(facts(header=header)) == ()
    assert second.reasons(facts(header=header, lock=lock)) == ("installs the package evil",)
    assert second.terms() == ("installs packages other than scikit-learn",)


def test_the_first_rule_that_holds_decides():
    gpu, direct, api, rest = (
        ApprovalRule("gpu", targets=frozenset({"gpu"}), channels=frozenset({"CPROD"})),
        ApprovalRule("direct", channels=frozenset({"direct"})),
        ApprovalRule("api", channels=frozenset({"api"})),
        ApprovalRule("rest"),
    )
    policy = ApprovalPolicy(rules=[gpu, direct, api, rest])
    places = [("gpu", "CPROD"), ("gpu", "CRAY"), ("dev", "CPROD"), ("gpu", "DADA"), ("dev", "api:ann")]
    assert [getattr(policy.rule(*place), "name", None) for place in places] == [
        "gpu",
        "rest",
        "rest",
        "direct",
        "api",
    ]
    assert ApprovalPolicy(rules=[gpu]).rule("dev", "CPROD") is None


def facts(**changes: Any) -> ProgramFacts:
    return ProgramFacts.of(builders.proposal(**changes))


def test_facts_come_from_code_and_validation_together():
    header = '# /// script\n# dependencies = ["polars"]\n# [tool.raygen]\n# wall = 60\n# resources = {CPU = 4}\n# ///\n'
    report = PolicyReport(
        hosts=("a",),
        resources={"CPU": 2, "GPU": 1},
    )
    seen = builders.passed(resources={"CPU": 3}, touched=Touched(hosts=("b",)))
    found = facts(
        program=replace(builders.ADD, code=header + "print()"),
        policy=report,
        validation=seen,
    )
    assert found.resources == {"CPU": 4, "GPU": 1}
    assert (found.wall, found.hosts, found.packages) == (60, {"a", "b"}, {"polars"})


@pytest.mark.parametrize(
    "change",
    [
        {"id": "p_2"},
        {"program": Program("Add two numbers", "Adds 1 and 2 in a Ray task.", "print('Result: 4')\n")},
        {"target": "gpu"},
        {"policy": PolicyReport(resources={"CPU": 2})},
        {"validation": builders.passed(resources={"GPU": 1})},
        {"inputs": (Input("a.csv", "ff", 1),)},
    ],
)
def test_an_approval_is_bound_to_everything_that_it_is_for(change: dict[str, Any]):
    proposal = builders.proposal()
    assert binding(proposal, "UA") == binding(replace(proposal, model="other"), "UA")
    assert binding(proposal, "UA") != binding(proposal, "UB")
    assert binding(proposal, "UA") != binding(replace(proposal, **change), "UA")
