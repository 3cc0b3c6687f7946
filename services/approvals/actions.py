"""Who may do what with a request, a program or a run, beside approving it: one pure decision, with its sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.approvals.person import Person, listed


class Action(StrEnum):
    """What a person can do with something that may be somebody else's; the values are the names in an operator's rules."""

    STOP = "stop"
    DISMISS = "dismiss"
    RETARGET = "retarget"
    EDIT = "edit"
    PARAMETERS = "parameters"
    REGENERATE = "regenerate"
    CHANGE = "change"
    RERUN = "rerun"
    RESUME = "resume"
    FIX = "fix"
    RETRY = "retry"
    ASK = "ask"
    END = "end"
    SHARE = "share"
    VOTE = "vote"
    VIEW = "view"
    DOWNLOAD = "download"


class Group(StrEnum):
    """Who may be allowed an action; guests, people of other workspaces and apps are never counted as members or everyone."""

    REQUESTER = "requester"
    APPROVERS = "approvers"
    MEMBERS = "members"
    EVERYONE = "everyone"


DEFAULT = frozenset({Group.REQUESTER, Group.APPROVERS, Group.MEMBERS})


class CardState(StrEnum):
    """How far the thing has come that an action is about."""

    WORKING = "working"
    DONE = "done"
    FAILED = "failed"
    DRAFT = "draft"
    OPEN = "open"
    REJECTED = "rejected"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    RUNNING = "running"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Relation:
    """How a person stands to one thing: who asked for it, may approve it, or is a member of its channel."""

    requester: bool = False
    approver: bool = False
    member: bool = False


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether a person may do something (`allowed`), and whether it can be done now (`current`).

    `sentence` says why not, for that person; it is empty where nothing stands against it.
    """

    allowed: bool
    current: bool
    sentence: str = ""


def permit(
    action: Action,
    person: Person | None,
    relation: Relation,
    state: CardState,
    groups: Collection[Group] = DEFAULT,
) -> Permission:
    """Whether this person may do this now, where `groups` are allowed to; `person` is None where Slack can't say who they are.

    A person who may not do it does not learn how far the work has come.
    """
    what = _DOES[action].format(it=_things(state))
    if refusal := _refusal(person, relation, frozenset(groups), what):
        return Permission(allowed=False, current=_is_current(action, state), sentence=refusal)
    if not _is_current(action, state):
        return Permission(allowed=True, current=False, sentence=_outdated(action, state))
    return Permission(allowed=True, current=True)


def outdated(state: CardState) -> str:
    """Why a program in this state can't be decided any more, as a sentence."""
    return _DECIDED[state]


def _refusal(person: Person | None, relation: Relation, groups: frozenset[Group], what: str) -> str:
    """Empty for somebody who may."""
    if relation.requester and Group.REQUESTER in groups:
        return ""
    if person is None:
        return _unsure(groups, what)
    if relation.approver and Group.APPROVERS in groups:
        return ""
    if strict := next((whom for whom, is_so in _strict(person) if is_so), ""):
        own = Group.REQUESTER in groups
        return f"{strict} can {what} only if they asked for it." if own else _only(groups, what)
    if Group.EVERYONE in groups or (relation.member and Group.MEMBERS in groups):
        return ""
    return _only(groups, what)


def _strict(person: Person) -> tuple[tuple[str, bool], ...]:
    """Those who never count as a member of a channel or of the workspace, each with how a sentence calls them."""
    return (
        ("Apps", person.bot),
        ("Accounts that raygen can't see in Slack", person.gone),
        ("Holders of API tokens that can't approve runs", person.approves is False),
        ("Guests", person.guest),
        ("People from other workspaces", person.foreign),
    )


def _only(groups: frozenset[Group], what: str) -> str:
    named = [words for group, words in _NAMES.items() if group in groups]
    return f"Only {listed(named)} can {what}." if named else f"No one can {what} here."


def _unsure(groups: frozenset[Group], what: str) -> str:
    if Group.REQUESTER in groups:
        return f"Slack can't confirm who you are right now, so only the requester can {what}. Try again in a minute."
    return f"Slack can't confirm who you are right now, so you can't {what}. Try again in a minute."


def _is_current(action: Action, state: CardState) -> bool:
    return state in _WHEN.get(action, _ALWAYS)


def _things(state: CardState) -> str:
    match state:
        case CardState.WORKING | CardState.DONE | CardState.FAILED:
            return "this request"
        case CardState.RUNNING | CardState.ENDED:
            return "this run"
        case _:
            return "this program"


def _outdated(action: Action, state: CardState) -> str:
    if action is Action.STOP:
        return (
            "That run has already ended." if state is CardState.ENDED else "That request has already ended."
        )
    if action is Action.RETRY:
        return "That request is in progress or already answered."
    if action in _AFTER:
        return (
            "That run hasn't finished yet." if state is CardState.RUNNING else "That program hasn't been run."
        )
    return outdated(state)


_NAMES = {
    Group.REQUESTER: "the requester",
    Group.APPROVERS: "an approver",
    Group.MEMBERS: "a member of this channel",
    Group.EVERYONE: "a member of this workspace",
}
_DOES = {
    Action.STOP: "stop {it}",
    Action.DISMISS: "dismiss this program",
    Action.RETARGET: "choose another target for this program",
    Action.EDIT: "edit this program",
    Action.PARAMETERS: "set the parameters of this program",
    Action.REGENERATE: "regenerate this program",
    Action.CHANGE: "request changes to this program",
    Action.RERUN: "run this program again",
    Action.RESUME: "resume this run",
    Action.FIX: "request a fix for this program",
    Action.RETRY: "retry this request",
    Action.ASK: "request approval for this program",
    Action.END: "end the approval for this thread",
    Action.SHARE: "share this result",
    Action.VOTE: "rate this answer",
    Action.VIEW: "open the details of this program",
    Action.DOWNLOAD: "download this program",
}
_ALWAYS = frozenset(CardState)
_OPEN, _RAN = frozenset({CardState.OPEN}), frozenset({CardState.RUNNING, CardState.ENDED})
_AFTER = frozenset({Action.SHARE, Action.RERUN, Action.RESUME, Action.FIX, Action.CHANGE})
_WHEN: Mapping[Action, frozenset[CardState]] = {
    Action.STOP: frozenset({CardState.WORKING, CardState.RUNNING}),
    Action.DISMISS: _OPEN,
    Action.RETARGET: _OPEN,
    Action.EDIT: _OPEN | {CardState.DRAFT},
    Action.PARAMETERS: _OPEN | _RAN | {CardState.DRAFT},
    Action.REGENERATE: _OPEN | {CardState.REJECTED},
    Action.RETRY: frozenset({CardState.FAILED}),
    Action.ASK: _OPEN,
    Action.SHARE: frozenset({CardState.ENDED}),
    Action.FIX: frozenset({CardState.ENDED}),
    Action.CHANGE: frozenset({CardState.ENDED}),
    Action.RESUME: frozenset({CardState.ENDED}),
    Action.RERUN: _RAN,
}
_APPROVED = "That proposal has already been approved."
_DECIDED = {
    CardState.WORKING: "That request is still in progress.",
    CardState.DONE: "That request has already been answered.",
    CardState.FAILED: "That request ended without a program.",
    CardState.DRAFT: "That program did not pass validation, so it can't be run.",
    CardState.OPEN: "That proposal is waiting for a decision.",
    CardState.REJECTED: "That proposal has already been dismissed.",
    CardState.DISMISSED: "That proposal has already been dismissed.",
    CardState.SUPERSEDED: "A newer proposal replaced that one. Use the newest card in this thread.",
    CardState.EXPIRED: "That proposal has expired. Ask again to get a new one.",
    CardState.RUNNING: _APPROVED,
    CardState.ENDED: _APPROVED,
}
