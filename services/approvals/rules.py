"""An operator's rules for approvals: who may decide where, and what takes a second person."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from services.approvals.actions import DEFAULT, Action, Group
from services.approvals.person import listed, mention
from services.domain.channels import channel_kind
from services.domain.program_facts import ProgramFacts
from services.text.formatting import human_resource, human_seconds

# What follows a name in a requirement.
_NAME = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of name that programs have; the texts are ends of `because it …`."""

    name: str
    verb: str
    noun: str
    unknown: str = ""
    """What is said where they could not be observed in full; empty for what a program declares."""


_KINDS = (
    _Kind("hosts", "names", "network host", "may reach network hosts that could not be observed"),
    _Kind("packages", "installs", "package", "may use packages that could not be observed"),
    _Kind("data", "uses", "data connection"),
    _Kind("writes", "writes to", "data connection"),
    _Kind("secrets", "needs", "secret"),
)
Names = bool | frozenset[str]
"""True for any, or any but those named; False for no condition."""


@dataclass(frozen=True, slots=True)
class SecondApproverConditions:
    """Facts that take a second approver: more than so many CPUs or seconds, any GPU, a validation that was only `partial`,
    and by kind any name or any but those given: network hosts (`*.example.com` for all below), packages (normalized), data
    connections that it uses or `writes` to, secrets.

    What could not be observed counts as if it were there.
    """

    cpus: float | None = None
    gpus: bool = False
    wall: float | None = None
    hosts: Names = False
    packages: Names = False
    data: Names = False
    writes: Names = False
    secrets: Names = False
    partial: bool = False

    def reasons(self, facts: ProgramFacts) -> tuple[str, ...]:
        """What of a program takes a second approver, each as the end of `because it …`."""
        named = [self._named(kind, facts) for kind in _KINDS]
        unproven = "was validated only in part" if self.partial and facts.partial else ""
        return tuple(filter(None, (*self._heavy(facts), self._long(facts), *named, unproven)))

    def _heavy(self, facts: ProgramFacts) -> list[str]:
        cpus, gpus = facts.resources.get("CPU", 0.0), facts.resources.get("GPU", 0.0)
        found: list[str] = []
        if self.cpus is not None and cpus > self.cpus:
            found.append(f"requests {human_resource('CPU', cpus)}")
        if self.gpus and gpus > 0:
            found.append(f"requests {human_resource('GPU', gpus)}")
        if not found and (self.cpus is not None or self.gpus) and "resources" in facts.unknown:
            found.append("may request resources that could not be observed")
        return found

    def _long(self, facts: ProgramFacts) -> str:
        if self.wall is None:
            return ""
        if facts.wall > self.wall:
            return f"may take {human_seconds(facts.wall)}"
        return "may take a time that could not be measured" if "wall" in facts.unknown else ""

    def _named(self, kind: _Kind, facts: ProgramFacts) -> str:
        listed: Names = getattr(self, kind.name)
        if listed is False:
            return ""
        if foreign := others(kind.name, facts, frozenset() if listed is True else listed):
            return f"{kind.verb} {_some(foreign, kind.noun)}"
        return kind.unknown if kind.name in facts.unknown else ""

    def terms(self) -> tuple[str, ...]:
        """The same as conditions that hold for all programs, each as the end of `when it …`."""
        over = [f"requests more than {human_resource('CPU', self.cpus)}"] if self.cpus is not None else []
        gpus = ["requests a GPU"] if self.gpus else []
        long = [f"may take more than {human_seconds(self.wall)}"] if self.wall is not None else []
        named = [_condition(kind, getattr(self, kind.name)) for kind in _KINDS]
        partial = ["was validated only in part"] if self.partial else []
        return (*over, *long, *gpus, *filter(None, named), *partial)


@dataclass(frozen=True, slots=True)
class Allowed:
    """Names beyond which nobody approves a program, by kind; None where there is no limit."""

    hosts: frozenset[str] | None = None
    packages: frozenset[str] | None = None
    data: frozenset[str] | None = None
    writes: frozenset[str] | None = None
    secrets: frozenset[str] | None = None

    def refusal(self, facts: ProgramFacts) -> str:
        """Why a program can't be approved, as the end of `This program …`; empty where it can."""
        for kind in _KINDS:
            allowed: frozenset[str] | None = getattr(self, kind.name)
            if allowed is None:
                continue
            if foreign := others(kind.name, facts, allowed):
                return f"{kind.verb} {_some(foreign, kind.noun)}"
            if kind.unknown and kind.name in facts.unknown:
                return kind.unknown
        return ""

    def terms(self) -> tuple[str, ...]:
        """What no approved program does, each as the end of `A program that …`."""
        given = [(kind, getattr(self, kind.name)) for kind in _KINDS]
        return tuple(_condition(kind, names or True) for kind, names in given if names is not None)


def others(kind: str, facts: ProgramFacts, names: frozenset[str]) -> frozenset[str]:
    """What a program has of a kind beyond these names."""
    found: frozenset[str] = getattr(facts, kind)
    match kind:
        case "packages":
            return frozenset(each for each in found if _name(each) not in names)
        case "hosts":
            return frozenset(each for each in found if not any(_covers(name, each.lower()) for name in names))
        case _:
            return found - names


def _covers(name: str, host: str) -> bool:
    """Whether a rule's host covers one with or without a port."""
    bare = host.rpartition(":")[0].strip("[]") if ":" in host else host
    return any(each == name or (name.startswith("*.") and each.endswith(name[1:])) for each in (host, bare))


def _condition(kind: _Kind, names: Names) -> str:
    if names is False:
        return ""
    some = (
        f"{kind.noun}s other than {listed(sorted(names))}" if isinstance(names, frozenset) and names else ""
    )
    return f"{kind.verb} {some or 'a ' + kind.noun}"


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who may approve on some `targets` in some `channels`; without those it holds everywhere.

    Approvers are the `users`, the people of the `groups`, with `members` those of the channel, and where `requester` is
    True for any requester; where none of these is given, everyone of the workspace. With `requester` False nobody approves
    what they asked for themselves. Guests and people of other workspaces are approvers only if named in `users`, or
    let in by `guests` and `foreign`. So many `approvals` of different people are needed, two for the facts in `second`.
    `thread` is for how many seconds an approval may be given for a whole thread; 0 for never.
    With `partial` False, nobody approves a program that was validated only in part, nor one that goes beyond `allowed`.
    `actions` says who may do other things than approving, where that is not as by default.
    """

    name: str = "default"
    targets: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    requester: bool | None = None
    users: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    members: bool = False
    guests: bool = False
    foreign: bool = False
    approvals: int = 1
    second: SecondApproverConditions = field(default_factory=SecondApproverConditions)
    allowed: Allowed = field(default_factory=Allowed)
    thread: float = 0.0
    partial: bool = True
    actions: Mapping[Action, frozenset[Group]] = field(default_factory=dict[Action, frozenset[Group]])

    def may(self, action: Action) -> frozenset[Group]:
        """Who may do this, beside approving."""
        return self.actions.get(action, DEFAULT)

    def holds(self, target: str, channel: str) -> bool:
        """Channels are named by ID, direct messages as `direct`, and sessions of the API as `api`."""
        return (not self.targets or target in self.targets) and (
            not self.channels or bool(self.channels & {channel, channel_kind(channel)})
        )

    @property
    def everywhere(self) -> bool:
        return not self.targets and not self.channels

    @property
    def everyone(self) -> bool:
        """Whether nobody is singled out as an approver."""
        return not (self.users or self.groups or self.members or self.requester)

    def whom(self, requester: str = "") -> str:
        """Whom to ask, as the end of `Ask …`; `requester` is who asked, where one request is meant."""
        named = [mention(user) for user in sorted(self.users)]
        named += [f"<!subteam^{group}>" for group in sorted(self.groups)]
        named += ["a member of this channel"] if self.members else []
        named += [mention(requester) if requester else "the requester"] if self.requester else []
        other = "someone else" if self.requester is False else "a member of this workspace"
        return listed(named or [other])


class ApprovalPolicy:
    """The rules in their order: the first that holds for a target and a channel decides there."""

    def __init__(self, rules: Collection[ApprovalRule]) -> None:
        self.rules = tuple(rules)

    def rule(self, target: str, channel: str) -> ApprovalRule | None:
        """None where no rule holds, and then nobody may approve."""
        return next((rule for rule in self.rules if rule.holds(target, channel)), None)


def _name(requirement: str) -> str:
    return canonicalize_name(_NAME.split(requirement.strip(), maxsplit=1)[0])


def _some(names: frozenset[str], what: str) -> str:
    """The first of them by name, and how many more there are."""
    first, *rest = sorted(names)
    plural = f"{what}s" if rest else what
    return f"the {plural} {first}" + (f" and {len(rest)} more" if rest else "")
