"""An operator's rules for approvals: who may decide where, and what takes a second person."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name

from services.approvals.actions import DEFAULT, Action, Group
from services.approvals.person import listed, mention
from services.domain.program_facts import ProgramFacts
from services.text.formatting import human_resource, human_seconds

# What follows a name in a requirement.
_NAME = re.compile(r"[^A-Za-z0-9._-]")
DIRECT = "direct"
API = "api"


@dataclass(frozen=True, slots=True)
class SecondApproverConditions:
    """Facts that take a second approver: more than so many CPUs or seconds, any GPU, any network host, any package or any
    but those named (normalized), a validation that was only `partial`.

    What could not be observed counts as if it were there.
    """

    cpus: float | None = None
    gpus: bool = False
    wall: float | None = None
    hosts: bool = False
    packages: bool | frozenset[str] = False
    partial: bool = False

    def reasons(self, facts: ProgramFacts) -> tuple[str, ...]:
        """What of a program takes a second approver, each as the end of `because it …`."""
        found = (*self._heavy(facts), self._long(facts), self._open(facts), self._foreign(facts))
        unproven = "was validated only in part" if self.partial and facts.partial else ""
        return tuple(filter(None, (*found, unproven)))

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

    def _open(self, facts: ProgramFacts) -> str:
        if not self.hosts:
            return ""
        if facts.hosts:
            return f"names {_some(facts.hosts, 'network host')}"
        return "may reach network hosts that could not be observed" if "hosts" in facts.unknown else ""

    def _foreign(self, facts: ProgramFacts) -> str:
        if self.packages is False:
            return ""
        trusted = self.packages if isinstance(self.packages, frozenset) else frozenset[str]()
        if foreign := frozenset(each for each in facts.packages if _name(each) not in trusted):
            return f"installs {_some(foreign, 'package')}"
        return "may use packages that could not be observed" if "packages" in facts.unknown else ""

    def _packages(self) -> str:
        trusted = sorted(self.packages) if isinstance(self.packages, frozenset) else []
        return f"installs packages other than {listed(trusted)}" if trusted else "installs packages"

    def terms(self) -> tuple[str, ...]:
        """The same as conditions that hold for all programs, each as the end of `when it …`."""
        named = {
            "requests a GPU": self.gpus,
            "names a network host": self.hosts,
            self._packages(): self.packages is not False,
            "was validated only in part": self.partial,
        }
        over = [f"requests more than {human_resource('CPU', self.cpus)}"] if self.cpus is not None else []
        long = [f"may take more than {human_seconds(self.wall)}"] if self.wall is not None else []
        return (*over, *long, *(text for text, given in named.items() if given))


@dataclass(frozen=True, slots=True)
class ApprovalRule:
    """Who may approve on some `targets` in some `channels`; without those it holds everywhere.

    Approvers are the `users`, the people of the `groups`, with `members` those of the channel, and where `requester` is
    True for any requester; where none of these is given, everyone of the workspace. With `requester` False nobody approves
    what they asked for themselves. Guests and people of other workspaces are approvers only if named in `users`, or
    let in by `guests` and `foreign`. So many `approvals` of different people are needed, two for the facts in `second`.
    `thread` is for how many seconds an approval may be given for a whole thread; 0 for never.
    With `partial` False, nobody approves a program that was validated only in part.
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
    thread: float = 0.0
    partial: bool = True
    actions: Mapping[Action, frozenset[Group]] = field(default_factory=dict[Action, frozenset[Group]])

    def may(self, action: Action) -> frozenset[Group]:
        """Who may do this, beside approving."""
        return self.actions.get(action, DEFAULT)

    def holds(self, target: str, channel: str) -> bool:
        """Channels are named by ID, direct messages as `direct`, and sessions of the API as `api`."""
        return (not self.targets or target in self.targets) and (
            not self.channels or bool(self.channels & {channel, kind(channel)})
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


def kind(channel: str) -> str:
    """`direct`, `api`, or nothing for a channel."""
    if channel.startswith("api:"):
        return API
    return DIRECT if channel.startswith("D") else ""


def _name(requirement: str) -> str:
    return canonicalize_name(_NAME.split(requirement.strip(), maxsplit=1)[0])


def _some(names: frozenset[str], what: str) -> str:
    """The first of them by name, and how many more there are."""
    first, *rest = sorted(names)
    plural = f"{what}s" if rest else what
    return f"the {plural} {first}" + (f" and {len(rest)} more" if rest else "")
