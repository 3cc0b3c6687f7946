"""The one place where every surface asks whether a person may do something with a request, a program or a run."""

from __future__ import annotations

from dataclasses import dataclass

from services.approvals.actions import Action, CardState, Group, Permission, Relation, permit
from services.approvals.authorizer import Authorizer
from services.approvals.decision import Decision
from services.approvals.rules import ApprovalRule
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    RunStatus,
    Session,
    Task,
    TaskStatus,
    run_id,
)
from services.domain.errors import DirectoryUnavailable, NotAllowed, Outdated
from services.store import Store
from services.targets.targets import Targets

# Being named makes somebody an approver in a conversation that they are not in; being one of everyone does not.
_UNNAMED = "everyone"
_OF_TASK = {
    TaskStatus.QUEUED: CardState.WORKING,
    TaskStatus.WORKING: CardState.WORKING,
    TaskStatus.FAILED: CardState.FAILED,
    TaskStatus.CANCELLED: CardState.FAILED,
}
_OF_PROPOSAL = {
    ProposalStatus.DRAFT: CardState.DRAFT,
    ProposalStatus.OPEN: CardState.OPEN,
    ProposalStatus.APPROVED: CardState.RUNNING,
    ProposalStatus.DISMISSED: CardState.DISMISSED,
    ProposalStatus.SUPERSEDED: CardState.SUPERSEDED,
    ProposalStatus.EXPIRED: CardState.EXPIRED,
}


@dataclass(frozen=True, slots=True)
class Permissions:
    """Asks the pure decision with what the records, the directory and the operator's rules say."""

    store: Store
    targets: Targets
    approvals: Authorizer

    async def known(self, proposal_id: str) -> Proposal:
        """Raises Outdated for a proposal that is not kept."""
        proposal = await self.store.proposals.find(proposal_id)
        if proposal is None:
            raise Outdated
        return proposal

    async def proposal(
        self, action: Action, proposal_id: str, user: str, *, current: bool = True
    ) -> Proposal:
        """A proposal that `user` may do this with; raises as `check` does."""
        proposal = await self.known(proposal_id)
        await self.check(action, proposal, user, current=current)
        return proposal

    async def task(self, action: Action, task_id: str, user: str) -> Task:
        """A task that `user` may do this with; raises as `check` does."""
        task = await self.store.tasks.find(task_id)
        if task is None:
            raise Outdated
        await self.check(action, task, user)
        return task

    async def check(
        self, action: Action, subject: Task | Proposal, user: str, *, current: bool = True
    ) -> None:
        """Raises NotAllowed for somebody who may not, and Outdated where it can't be done any more.

        With `current` False it only matters who asks: a form that was opened in time may be sent later.
        """
        permission = await self.permission(action, subject, user)
        if not permission.allowed:
            raise NotAllowed(permission.sentence)
        if current and not permission.current:
            raise Outdated(permission.sentence)

    async def allows(self, action: Action, subject: Task | Proposal, user: str) -> bool:
        """Whether this person may, however far it has come."""
        return (await self.permission(action, subject, user)).allowed

    async def permission(self, action: Action, subject: Task | Proposal, user: str) -> Permission:
        """The decision itself."""
        session, state = await self.approvals.session(subject), await self._state(subject)
        target = await self._target(subject)
        rule = self.approvals.policy.rule(target, session.channel)
        groups = rule.may(action) if rule else ApprovalRule().may(action)
        own = user == (subject.user if isinstance(subject, Task) else subject.requester)
        if own and Group.REQUESTER in groups:
            return permit(action, None, Relation(requester=True), state, groups)
        try:
            person = await self.approvals.directory.look_up(user)
            member = await self.approvals.directory.is_in(user, session.channel)
            decision = await self._decision(subject, session, target, user, own=own)
        except DirectoryUnavailable:
            return permit(action, None, Relation(requester=own), state, groups)
        approver = decision.allowed and (decision.clause != _UNNAMED or member)
        return permit(action, person, Relation(own, approver, member), state, groups)

    async def _decision(
        self, subject: Task | Proposal, session: Session, target: str, user: str, *, own: bool
    ) -> Decision:
        if isinstance(subject, Proposal):
            return await self.approvals.decision(subject, session, user)
        return await self.approvals.standing(target, session.channel, user, own=own)

    async def _state(self, subject: Task | Proposal) -> CardState:
        if isinstance(subject, Task):
            return _OF_TASK.get(subject.status, CardState.DONE)
        proposal, run = self.approvals.as_of_now(subject), await self.store.runs.find(run_id(subject.id))
        if run is not None:
            return CardState.ENDED if run.status is RunStatus.ENDED else CardState.RUNNING
        if proposal.status is ProposalStatus.DISMISSED and proposal.reason:
            return CardState.REJECTED
        return _OF_PROPOSAL[proposal.status]

    async def _target(self, subject: Task | Proposal) -> str:
        """Where its program runs, or would run."""
        if isinstance(subject, Proposal):
            return subject.target
        base = await self.store.proposals.find(subject.base) if subject.base else None
        return self.targets.first_for(subject.user, subject.target, base.target if base else "")
