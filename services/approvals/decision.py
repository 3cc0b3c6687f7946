"""The decision on an approver: pure, with the rule that decided and its sentence."""

from __future__ import annotations

from dataclasses import dataclass, field

from services.approvals.person import Person
from services.approvals.rules import ApprovalRule
from services.domain.program_facts import ProgramFacts


@dataclass(frozen=True, slots=True)
class ApproverContext:
    """How a person stands to one request: whether it is their own, which of the rule's groups they are in, its channel."""

    requester: bool = False
    groups: frozenset[str] = frozenset()
    member: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a person may approve; `rule` decided it by its `clause`, and `sentence` is for that person.

    So many approvals are `needed`; `reasons` say what takes more than the rule's own number.
    """

    allowed: bool
    rule: str
    clause: str
    sentence: str
    needed: int = 1
    reasons: tuple[str, ...] = field(default=())


def decide(
    rule: ApprovalRule | None, person: Person, standing: ApproverContext, facts: ProgramFacts | None = None
) -> Decision:
    """Whether this person may approve by this rule; without `facts` it is about programs that ask for nothing."""
    if rule is None:
        return Decision(
            allowed=False, rule="", clause="none", sentence="No rule allows anyone to approve runs here."
        )
    needed, reasons = required(rule, facts)
    clause, refusal = _refusal(rule, person, standing)
    if facts and facts.partial and not rule.partial:
        clause, refusal = "partial", _PARTIAL
    if facts and (beyond := rule.allowed.refusal(facts)):
        clause, refusal = "allowed", f"This program {beyond}, and the rules here don't allow that."
    if refusal:
        return Decision(
            allowed=False, rule=rule.name, clause=clause, sentence=refusal, needed=needed, reasons=reasons
        )
    sentence = f"You can approve here: {_CLAUSES[clause]}."
    return Decision(
        allowed=True, rule=rule.name, clause=clause, sentence=sentence, needed=needed, reasons=reasons
    )


def required(rule: ApprovalRule, facts: ProgramFacts | None) -> tuple[int, tuple[str, ...]]:
    """How many people have to approve, and what of the program takes a second one."""
    reasons = rule.second.reasons(facts) if facts else ()
    return max(rule.approvals, 2 if reasons else 1), reasons


_PARTIAL = (
    "This program was validated only in part, and the rules here allow only programs that passed validation."
)
_CLAUSES = {
    "token": "your token can approve",
    "users": "you are one of the named approvers",
    "groups": "you are in an approver group",
    "members": "you are a member of this channel",
    "requester": "you requested it",
    "everyone": "every member of this workspace can",
}


def _refusal(rule: ApprovalRule, person: Person, standing: ApproverContext) -> tuple[str, str]:
    """The clause that decides, and the sentence that refuses, empty where nothing does."""
    if barred := _barred(rule, person, standing):
        return barred
    if person.approves:
        return "token", ""
    if person.id in rule.users:
        return "users", ""
    return _outsider(rule, person) or _source(rule, standing)


def _barred(rule: ApprovalRule, person: Person, standing: ApproverContext) -> tuple[str, str] | None:
    """What no list of approvers makes up for."""
    if person.bot or person.gone:
        return "person", "Only people can approve a run."
    if person.approves is False:
        return "token", "Your token can't approve runs. Ask someone whose token can."
    if rule.requester is False and standing.requester:
        sentence = f"You requested this run, so someone else has to approve it. Ask {rule.whom()}."
        return "two-person", sentence
    return None


def _outsider(rule: ApprovalRule, person: Person) -> tuple[str, str] | None:
    if person.guest and not rule.guests:
        return "guests", f"Guests can't approve runs. Ask {_member(rule)}."
    if person.foreign and not rule.foreign:
        return "foreign", f"People from other workspaces can't approve runs. Ask {_member(rule)}."
    return None


def _source(rule: ApprovalRule, standing: ApproverContext) -> tuple[str, str]:
    if standing.groups & rule.groups:
        return "groups", ""
    if rule.members and standing.member:
        return "members", ""
    if rule.requester and standing.requester:
        return "requester", ""
    if rule.everyone:
        return "everyone", ""
    return "not-named", f"You can't approve runs here. Ask {rule.whom()}."


def _member(rule: ApprovalRule) -> str:
    return "a member of this workspace" if rule.everyone else rule.whom()
