"""Decisions on real people: the pure decision with what Slack and the records say of them."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from services.approvals.decision import ApproverContext, Decision, decide, required
from services.approvals.person import Person
from services.approvals.rules import ApprovalPolicy, ApprovalRule, kind
from services.domain.entities import Proposal, ProposalStatus, Session
from services.domain.program_facts import ProgramFacts


class Directory(Protocol):
    """Who somebody is, and what they belong to; answers may be some minutes old."""

    async def look_up(self, user: str) -> Person: ...

    async def group(self, group: str) -> frozenset[str]:
        """The people of a user group; none where it can't be seen."""
        ...

    async def is_in(self, user: str, channel: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Needs:
    """What a proposal's card says of its approval: how many, why more than usual, if anybody can be asked, for how long a thread."""

    needed: int = 1
    reasons: tuple[str, ...] = ()
    askable: bool = False
    thread: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizer:
    """Decides by a policy; `expiry` is how long a proposal can be approved, in seconds."""

    policy: ApprovalPolicy
    directory: Directory
    expiry: float

    def as_of_now(self, proposal: Proposal) -> Proposal:
        """It as expired where it is open and has waited too long, whether or not anybody has seen to its card yet."""
        overdue = proposal.status is ProposalStatus.OPEN and proposal.created_at < time.time() - self.expiry
        return replace(proposal, status=ProposalStatus.EXPIRED) if overdue else proposal

    async def decision(
        self, proposal: Proposal, session: Session, user: str, askers: Collection[str] = ()
    ) -> Decision:
        """On `user` approving exactly this proposal on its target; `askers` have asked for it besides its requester."""
        rule = self.policy.rule(proposal.target, session.channel)
        own = user in {proposal.requester, *askers}
        standing = await self._standing(rule, session.channel, user, own=own)
        return decide(rule, await self.directory.look_up(user), standing, ProgramFacts.of(proposal))

    async def standing(self, target: str, channel: str, user: str, *, own: bool) -> Decision:
        """The same for some program, of which nothing is known but whether `user` asked for it."""
        rule = self.policy.rule(target, channel)
        standing = await self._standing(rule, channel, user, own=own)
        return decide(rule, await self.directory.look_up(user), standing)

    def needs(self, proposal: Proposal, channel: str) -> Needs:
        """What its approval takes, whoever gives it."""
        rule = self.policy.rule(proposal.target, channel)
        if rule is None:
            return Needs()
        facts = ProgramFacts.of(proposal)
        needed, reasons = required(rule, facts)
        thread = rule.thread if needed == 1 and not facts.unknown else 0.0
        by_name = bool(rule.users or rule.groups)
        return Needs(needed, reasons, by_name or self.by_channel(proposal, channel), thread)

    def by_channel(self, proposal: Proposal, channel: str) -> bool:
        """Whether its approvers are asked where everyone of the channel reads it."""
        rule = self.policy.rule(proposal.target, channel)
        return rule is not None and rule.members and not kind(channel)

    def whom(self, proposal: Proposal, channel: str) -> str:
        """Whose approval it awaits, as the end of `an approval by …`; empty where nobody may give it."""
        rule = self.policy.rule(proposal.target, channel)
        if rule is None:
            return ""
        return "someone else" if proposal.approved_by else rule.whom(proposal.requester)

    async def approvers(self, proposal: Proposal, channel: str, askers: Collection[str] = ()) -> list[str]:
        """The people that can be asked by name, without those who have approved it or can't; `askers` as in `decision`."""
        rule = self.policy.rule(proposal.target, channel)
        if rule is None:
            return []
        found = {user for user in rule.users if user[:1] in {"U", "W"}}
        for group in rule.groups:
            found |= await self.directory.group(group)
        session = Session("", channel, "", proposal.requester)
        asked = sorted(found - {*proposal.approved_by, proposal.requester})
        return [user for user in asked if (await self.decision(proposal, session, user, askers)).allowed]

    async def lost(self, proposal: Proposal, session: Session) -> frozenset[str]:
        """Those who have approved it and may not any more."""
        return frozenset(
            [
                user
                for user in proposal.approved_by
                if not (await self.decision(proposal, session, user)).allowed
            ]
        )

    async def _standing(
        self, rule: ApprovalRule | None, channel: str, user: str, *, own: bool
    ) -> ApproverContext:
        if rule is None:
            return ApproverContext(own)
        groups = [group for group in rule.groups if user in await self.directory.group(group)]
        member = rule.members and await self.directory.is_in(user, channel)
        return ApproverContext(own, frozenset(groups), member)
