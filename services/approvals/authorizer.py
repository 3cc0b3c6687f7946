"""Who may approve a proposal: the pure decision with what the directory and the records say of a person."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Protocol

from services.approvals.decision import ApproverContext, Decision, decide, required
from services.approvals.person import Person
from services.approvals.rules import ApprovalPolicy, ApprovalRule
from services.domain import current_workspace
from services.domain.channels import channel_kind
from services.domain.entities import Proposal, ProposalStatus, Session, Task
from services.domain.errors import NotAllowed
from services.domain.program_facts import ProgramFacts
from services.store import Store


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
    """Decides by a policy."""

    store: Store
    """Finds the thread of a proposal and the people whose request it comes from."""
    policy: ApprovalPolicy
    """Which rule holds on which target and in which channel."""
    directory: Directory
    """Who people are."""
    expiry: float
    """How long a proposal can be approved, in seconds."""

    def as_of_now(self, proposal: Proposal) -> Proposal:
        """It as expired where it is open and has waited too long, whether or not anybody has seen to its card yet."""
        overdue = proposal.status is ProposalStatus.OPEN and proposal.created_at < time.time() - self.expiry
        return replace(proposal, status=ProposalStatus.EXPIRED) if overdue else proposal

    async def session(self, subject: Proposal | Task) -> Session:
        """The thread of a proposal or a task. People are looked up in its workspace, or in the current one if it has none."""
        asked_in = current_workspace.current()
        session = await self.store.sessions.get(subject.session_id)
        if not session.team:
            # Threads from before there were several workspaces name none.
            current_workspace.enter(asked_in)
        return session

    async def decision(self, proposal: Proposal, session: Session, user: str) -> Decision:
        """Whether `user` may approve exactly this proposal on its target."""
        return await self._decision(proposal, session, user, await self._requesters(proposal))

    async def permit(self, proposal: Proposal, session: Session, user: str) -> Decision:
        """As `decision`. Raises NotAllowed for a person who may not approve it."""
        decision = await self.decision(proposal, session, user)
        if not decision.allowed:
            raise NotAllowed(decision.sentence)
        return decision

    async def standing(self, target: str, channel: str, user: str, *, own: bool) -> Decision:
        """The same for some program, of which nothing is known but whether `user` asked for it."""
        rule = self.policy.rule(target, channel)
        standing = await self._standing(rule, channel, user, own=own)
        return decide(rule, await self.directory.look_up(user), standing)

    def needs(self, proposal: Proposal, channel: str) -> Needs:
        """What its approval takes, independent of who approves."""
        rule = self.policy.rule(proposal.target, channel)
        if rule is None:
            return Needs()
        facts = ProgramFacts.of(proposal)
        needed, reasons = required(rule, facts)
        thread = rule.thread if needed == 1 and not facts.unknown and not facts.partial else 0.0
        by_name = bool(rule.users or rule.groups)
        return Needs(needed, reasons, by_name or self.by_channel(proposal, channel), thread)

    def by_channel(self, proposal: Proposal, channel: str) -> bool:
        """Whether its approvers are asked where everyone of the channel reads it."""
        rule = self.policy.rule(proposal.target, channel)
        return rule is not None and rule.members and not channel_kind(channel)

    def whom(self, proposal: Proposal, channel: str) -> str:
        """Whose approval it awaits, as the end of `an approval by …`; empty where nobody may give it."""
        rule = self.policy.rule(proposal.target, channel)
        if rule is None:
            return ""
        return "someone else" if proposal.approved_by else rule.whom(proposal.requester)

    async def approvers(self, proposal: Proposal, session: Session) -> list[str]:
        """The people that can be asked by name, without those who have approved it or can't."""
        rule = self.policy.rule(proposal.target, session.channel)
        if rule is None:
            return []
        found = {user for user in rule.users if user[:1] in {"U", "W"}}
        for group in rule.groups:
            found |= await self.directory.group(group)
        asked = sorted(found - {*proposal.approved_by, proposal.requester})
        requesters = await self._requesters(proposal)
        return [user for user in asked if (await self._decision(proposal, session, user, requesters)).allowed]

    async def lost(self, proposal: Proposal, session: Session) -> frozenset[str]:
        """Those who have approved it and may not any more."""
        return frozenset(
            [
                user
                for user in proposal.approved_by
                if not (await self._decision(proposal, session, user, {proposal.requester})).allowed
            ]
        )

    async def _decision(
        self, proposal: Proposal, session: Session, user: str, requesters: Collection[str]
    ) -> Decision:
        rule = self.policy.rule(proposal.target, session.channel)
        standing = await self._standing(rule, session.channel, user, own=user in requesters)
        return decide(rule, await self.directory.look_up(user), standing, ProgramFacts.of(proposal))

    async def _requesters(self, proposal: Proposal) -> set[str]:
        """All who asked for what this program comes from, so that *Regenerate* makes it nobody else's request.

        Nor does *Try again*, so the search goes back over failed requests as well as over earlier programs.
        """
        found, seen, behind = {proposal.requester}, set[str](), [proposal.task_id]
        while behind:
            task = await self.store.tasks.find(behind.pop())
            if task is None or task.id in seen:
                continue
            seen.add(task.id)
            found.add(task.user)
            base = await self.store.proposals.find(task.base) if task.base else None
            if base is not None:
                found.add(base.requester)
                behind.append(base.task_id)
            if task.retry_of:
                behind.append(task.retry_of)
        return found

    async def _standing(
        self, rule: ApprovalRule | None, channel: str, user: str, *, own: bool
    ) -> ApproverContext:
        if rule is None:
            return ApproverContext(own)
        groups = [group for group in rule.groups if user in await self.directory.group(group)]
        member = rule.members and await self.directory.is_in(user, channel)
        return ApproverContext(own, frozenset(groups), member)
