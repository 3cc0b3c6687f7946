"""What a proposal's card shows, as one value: services query it, and each surface renders it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.approvals.authorizer import Authorizer, Needs
from services.approvals.rules import SecondApproverConditions
from services.domain.entities import Proposal, ProposalStatus, Session, Task
from services.domain.program_facts import Grant, ProgramFacts
from services.proposals.thread_updates import ThreadUpdates, newer
from services.store import Store
from services.targets.cost import Estimate
from services.targets.targets import Targets

_COMPARED = {ProposalStatus.DRAFT, ProposalStatus.OPEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCard:
    """A proposal with all that people need to decide on it, as of one moment."""

    task: Task
    """The request that the program answers."""
    session: Session
    """The thread that the card is in."""
    proposal: Proposal
    """The program with its policy report, its validation, its decision and the approvals so far."""
    facts: ProgramFacts
    """What the program asks for and reaches, from its code, its header and its validation together."""
    targets: tuple[str, ...]
    """Names of the targets that the requester may choose, the default first."""
    objection: str
    """Why the proposal's target can't run the program, as a sentence; empty when it can."""
    differences: str
    """What validation had otherwise than the target, as a sentence; empty where that is nothing."""
    network: str
    """What programs can connect to on the target: `none`, `internet`, or empty where raygen does not decide it."""
    approvers: str
    """Who may approve, as the end of `an approval by …`; empty where nobody may."""
    needs: Needs
    """How many approvals it takes and why, whether approvers can be asked, and how long a thread can be approved for."""
    second: SecondApproverConditions
    """The conditions under which the rule for this target and channel takes a second approver."""
    updates: ThreadUpdates
    """What has come up in the thread since the program was proposed."""
    approved_before: Proposal | None
    """The last approved program of the thread, which this one is compared with."""
    packages_before: frozenset[str]
    """Those of the proposal's packages, as `name==version`, that a program was approved with before."""
    grant: Grant | None
    """The approval for the whole thread by which the proposal was approved."""
    expires_at: float | None
    """From when on the proposal can't be approved any more, in POSIX seconds; None where it does not expire, or is decided."""
    cost: Estimate | None
    """What a run will probably cost on the target; None where that can't be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalCards:
    """Builds cards from the records and from what the operator has configured."""

    store: Store
    targets: Targets
    approvals: Authorizer

    async def build(self, task: Task, proposal: Proposal, session: Session) -> ProposalCard:
        """The card of `proposal`, which belongs to `task` and `session`."""
        approvals, targets = self.approvals, self.targets
        rule = approvals.policy.rule(proposal.target, session.channel)
        return ProposalCard(
            task=task,
            session=session,
            proposal=proposal,
            facts=ProgramFacts.of(proposal),
            targets=tuple(each.name for each in targets.open_to(proposal.requester)),
            objection=targets.objection(proposal),
            differences=self._differences(proposal),
            network=targets.network(proposal.target),
            approvers=approvals.whom(proposal, session.channel),
            needs=approvals.needs(proposal, session.channel),
            second=rule.second if rule else SecondApproverConditions(),
            updates=await newer(self.store, proposal),
            approved_before=await self.store.proposals.approved_before(proposal),
            packages_before=await self.store.proposals.approved_packages(proposal),
            grant=await self.store.grants.find(proposal.grant) if proposal.grant else None,
            expires_at=self._expires_at(proposal),
            cost=targets.estimate(proposal),
        )

    def _differences(self, proposal: Proposal) -> str:
        if not proposal.runnable or proposal.status not in _COMPARED:
            return ""
        return self.targets.differences(proposal)

    def _expires_at(self, proposal: Proposal) -> float | None:
        expires_at = proposal.created_at + self.approvals.expiry
        return expires_at if proposal.status is ProposalStatus.OPEN and math.isfinite(expires_at) else None
