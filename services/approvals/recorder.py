"""Approvals on record: counted by different people, bound to what they were for, used up by one run."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from services.approvals.actions import CardState, outdated
from services.approvals.authorizer import Authorizer
from services.approvals.coverage import Coverage, isolated_coverage
from services.approvals.decision import Decision
from services.domain.entities import Proposal, ProposalStatus, Session, derive
from services.domain.errors import NotAllowed, Outdated
from services.domain.parser_process import TooComplex
from services.domain.program_facts import Grant, ProgramFacts, binding
from services.store import Store
from services.store.approvals import Approval, counted


def decided(proposal: Proposal) -> str:
    """Why a proposal can't be decided any more, as a sentence."""
    approved = proposal.status is ProposalStatus.APPROVED
    return outdated(CardState.RUNNING if approved else CardState(proposal.status.value))


def another_target(proposal: Proposal) -> str:
    """Why an approval for the target that a card shows is not for the one that the proposal has, as a sentence."""
    return f"That card shows another target than {proposal.target}. Check the card again before you decide."


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Records approvals, and checks what they cover."""

    store: Store
    authorizer: Authorizer

    async def record(
        self,
        proposal: Proposal,
        session: Session,
        user: str,
        decision: Decision,
        *,
        under: Grant | None = None,
        gives: Grant | None = None,
    ) -> Proposal:
        """Add an approval in one transaction; the proposal is approved once there are as many as the decision needs.

        It was given `under` an approval for the thread, or `gives` one. Returns the proposal as it is then. Raises Outdated.
        """
        lost = await self.authorizer.lost(proposal, session)
        now = time.time()
        approval = Approval(user, binding(proposal, user), decision.rule, now, under.id if under else "")
        count = await self.store.approvals.record(
            proposal,
            session,
            approval,
            decision.needed,
            lambda each: "" if each in lost else binding(proposal, each),
            since=max(0.0, now - self.authorizer.expiry),
            gives=gives,
        )
        if count is None:
            raise Outdated(self._refused(await self.store.proposals.get(proposal.id)))
        if not count.fresh and not count.complete:
            raise Outdated("You have already approved this. Someone else has to approve it too.")
        after = replace(proposal, approved_by=count.users, needed=count.needed, grant=approval.grant)
        if not count.complete:
            return after
        return replace(after, status=ProposalStatus.APPROVED, decided_by=user, decided_at=now)

    def _refused(self, proposal: Proposal) -> str:
        """Why an approval of a proposal that was open a moment ago was not recorded, as a sentence."""
        proposal = self.authorizer.as_of_now(proposal)
        return another_target(proposal) if proposal.status is ProposalStatus.OPEN else decided(proposal)

    async def use_up(self, proposal: Proposal, run: str) -> None:
        """Use up the approvals of exactly this, as it is stored now. May be repeated by the same run.

        Raises NotAllowed when they are for something else, or too few; they are used up all the same.
        """
        if proposal.status is not ProposalStatus.APPROVED:
            raise NotAllowed("This program has not been approved.")
        approvals = await self.store.approvals.use_up(proposal.id, run)
        if proposal.grant:
            await self._check_grant(proposal, approvals)
        valid = counted(approvals, lambda user: binding(proposal, user))
        if len(valid) < proposal.needed or not valid.issuperset(proposal.approved_by):
            raise NotAllowed("This program changed after it was approved, so nothing was run.")

    async def _check_grant(self, proposal: Proposal, used: Collection[Approval]) -> None:
        grant = await self.store.grants.find(proposal.grant)
        if grant is None or grant.fingerprint != (await isolated_coverage(proposal)).fingerprint:
            raise NotAllowed("The approval for this thread doesn't cover this program, so nothing was run.")
        if not used:
            raise NotAllowed(
                "The approval for this thread ended before this run started, so nothing was run. Ask again to run it."
            )

    def may_grant(self, proposal: Proposal, session: Session) -> None:
        """Raises NotAllowed where no approval can be given for the whole thread of this proposal."""
        if ProgramFacts.of(proposal).unknown:
            raise NotAllowed(
                "Validation could not observe everything that this program does, so it needs its own approval."
            )
        if not self.authorizer.needs(proposal, session.channel).thread:
            raise NotAllowed("Every run needs its own approval here. Approve this one on its own.")

    def grant(self, proposal: Proposal, session: Session, user: str, covered: Coverage) -> Grant:
        """What lets this program run again in its thread without another decision, as long as its rule says."""
        now = time.time()
        return Grant(
            id=derive("g", proposal.id, user),
            session_id=session.id,
            proposal_id=proposal.id,
            target=proposal.target,
            user=user,
            requester=proposal.requester,
            fingerprint=covered.fingerprint,
            exact=covered.exact,
            created_at=now,
            expires_at=now + self.authorizer.needs(proposal, session.channel).thread,
        )

    async def granted(self, proposal: Proposal, session: Session) -> tuple[Grant, Decision] | None:
        """An approval for the thread that covers a proposal, by a person who may still give it.

        The program is compared, never what it was seen to do: it may behave while it is watched.
        """
        if not self.authorizer.needs(proposal, session.channel).thread:
            return None
        grants = await self.store.grants.live(session.id, time.time())
        if not grants:
            return None
        try:
            fingerprint = (await isolated_coverage(proposal)).fingerprint
        except TooComplex:
            return None
        for grant in grants:
            if grant.fingerprint == fingerprint:
                decision = await self.authorizer.decision(proposal, session, grant.user)
                if decision.allowed:
                    return grant, decision
        return None
