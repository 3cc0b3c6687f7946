"""Who may do what, exhaustively: action, person, relation, state of the card and operator's rule; every refusal is one sentence."""

from __future__ import annotations

from itertools import chain, combinations, product

import pytest

from services.approvals import Person
from services.approvals.actions import DEFAULT, Action, CardState, Group, Relation, permit

PEOPLE: dict[str, Person | None] = {
    "colleague": Person("U1", "Ann"),
    "guest": Person("U1", "Ann", guest=True),
    "of another workspace": Person("U1", "Ann", foreign=True),
    "app": Person("U1", "Ann", bot=True),
    "not shown by Slack": Person("U1", "U1", gone=True),
    "guest and of another workspace": Person("U1", "Ann", guest=True, foreign=True),
    "holder of a token": Person("api:ci", "ci", approves=False),
    "holder of a token that may approve": Person("api:ci", "ci", approves=True),
    "Slack is away": None,
}
COLLEAGUES = {"colleague", "holder of a token that may approve"}
RELATIONS = [
    Relation(requester, approver, member) for requester, approver, member in product((False, True), repeat=3)
]
WHEN = {
    Action.STOP: {"working", "running"},
    Action.DISMISS: {"open"},
    Action.RETARGET: {"open"},
    Action.EDIT: {"open", "draft"},
    Action.PARAMETERS: {"open", "draft", "running", "ended"},
    Action.REGENERATE: {"open", "rejected"},
    Action.CHANGE: {"ended"},
    Action.RESUME: {"ended"},
    Action.RERUN: {"running", "ended"},
    Action.FIX: {"ended"},
    Action.RETRY: {"failed"},
    Action.ASK: {"open"},
    Action.SHARE: {"ended"},
}
ANY = {"end", "vote", "view", "download"}
RULES = [frozenset(each) for each in chain(*(combinations(Group, size) for size in range(5)))]


def may(name: str, relation: Relation, groups: frozenset[Group]) -> bool:
    """The rule once more, in other words: who belongs to one of the groups that are let in."""
    known = PEOPLE[name] is not None
    belongs = {
        "requester": relation.requester,
        "approvers": known and relation.approver,
        "members": name in COLLEAGUES and relation.member,
        "everyone": name in COLLEAGUES,
    }
    return any(belongs[group] for group in groups)


def test_each_action_is_bound_to_states_or_to_none():
    assert {*map(str, WHEN), *ANY} == {*map(str, Action)}
    assert not ANY & {*map(str, WHEN)}


@pytest.mark.parametrize("action", Action)
def test_the_matrix(action: Action):
    for name, relation, state, groups in product(PEOPLE, RELATIONS, CardState, RULES):
        permission = permit(action, PEOPLE[name], relation, state, groups)
        cell = (name, relation, state, groups, permission)
        assert permission.allowed == may(name, relation, groups), cell
        assert permission.current == (state in WHEN.get(action, {*CardState})), cell
        if permission.allowed and permission.current:
            assert permission.sentence == "", cell
        else:
            assert permission.sentence.endswith("."), cell
            assert permission.sentence.count(".") <= 2, cell


@pytest.mark.parametrize("action", Action)
def test_without_a_rule_of_the_operators(action: Action):
    """Asked for, may approve, or a colleague in the channel; for all others it is what they asked for themselves."""
    for name, relation, state in product(PEOPLE, RELATIONS, CardState):
        allowed = permit(action, PEOPLE[name], relation, state).allowed
        assert allowed == may(name, relation, DEFAULT)
        if name not in COLLEAGUES and not relation.approver:
            assert allowed == relation.requester


@pytest.mark.parametrize("action", Action)
def test_progress_is_hidden_from_people_without_permission(action: Action):
    """But for what there is to stop, a request or a run, which is on the button."""
    for name, groups in product(PEOPLE, RULES):
        if may(name, Relation(), groups):
            continue
        reported = {permit(action, PEOPLE[name], Relation(), state, groups).sentence for state in CardState}
        assert len(reported) == (3 if action is Action.STOP else 1)


@pytest.mark.parametrize(
    ("name", "relation", "sentence"),
    [
        (
            "colleague",
            Relation(),
            "Only the requester, an approver or a member of this channel can stop this run.",
        ),
        ("guest", Relation(member=True), "Guests can stop this run only if they asked for it."),
        (
            "of another workspace",
            Relation(member=True),
            "People from other workspaces can stop this run only if they asked for it.",
        ),
        (
            "Slack is away",
            Relation(),
            "Slack can't confirm who you are right now, so only the requester can stop this run. Try again in a minute.",
        ),
    ],
)
def test_sentences(name: str, relation: Relation, sentence: str):
    assert permit(Action.STOP, PEOPLE[name], relation, CardState.RUNNING).sentence == sentence
