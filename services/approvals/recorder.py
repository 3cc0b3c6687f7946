"""Approvals on record: counted by different people, bound to what they were for, used up by one run."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import replace

from services.approvals.actions import CardState, outdated
from services.approvals.authorizer import Authorizer
from services.approvals.coverage import isolated_coverage
from services.approvals.decision import Decision
from services.domain import current_workspace
from services.domain.entities import Proposal, ProposalStatus, derive
from services.domain.errors import NotAllowed, Outdated
from services.domain.parser_process import TooComplex
from services.domain.program_facts import Grant, ProgramFacts, binding
from services.store import Store
from services.store.approvals import Approval, counted


def decided(proposal: Proposal) -> str:
    """Why a proposal can't be decided any more, as a sentence."""
    approved = proposal.status is ProposalStatus.APPROVED
    return outdated(CardState.RUNNING if approved else CardState(proposal.status.value))


class Recorder:
    """Writes approvals down, and says what they are worth."""

    def __init__(self, store: Store, approvals: Authorizer) -> None:
        self._store = store
        self._approvals = approvals

    async def decision(self, proposal: Proposal, user: str) -> Decision:
        asked_in = current_workspace.current()
        session = await self._store.sessions.get(proposal.session_id)
        if not session.team:
            # A thread of before there were several workspaces; whoever asks is looked up where they are.
            current_workspace.enter(asked_in)
        return await self._approvals.decision(proposal, session, user, await self._askers(proposal))

    async def _askers(self, proposal: Proposal) -> set[str]:
        """Those who asked for what this program comes from: who presses *Regenerate* makes it nobody else's wish.

        Nor does who presses *Try again*, so the way goes back over failed requests as well as over earlier programs.
        """
        found, seen, behind = {proposal.requester}, set[str](), [proposal.task_id]
        while behind:
            task = await self._store.tasks.find(behind.pop())
            if task is None or task.id in seen:
                continue
            seen.add(task.id)
            found.add(task.user)
            base = await self._store.proposals.find(task.base) if task.base else None
            if base is not None:
                found.add(base.requester)
                behind.append(base.task_id)
            if task.retry_of:
                behind.append(task.retry_of)
        return found

    async def approvers(self, proposal: Proposal) -> list[str]:
        """The people that can be asked for their approval by name."""
        session = await self._store.sessions.get(proposal.session_id)
        askers = await self._askers(proposal)
        return await self._approvals.approvers(proposal, session.channel, askers)

    async def permit(self, proposal: Proposal, user: str) -> Decision:
        """The same. Raises NotAllowed for somebody who may not approve it."""
        decision = await self.decision(proposal, user)
        if not decision.allowed:
            raise NotAllowed(decision.sentence)
        return decision

    async def count(self, proposal: Proposal, user: str, decision: Decision, grant: str = "") -> Proposal:
        """Add an approval; the proposal is approved once there are as many as the decision needs. Raises Outdated."""
        session = await self._store.sessions.get(proposal.session_id)
        lost = await self._approvals.lost(proposal, session)
        now = time.time()
        count = await self._store.approvals.press(
            proposal,
            Approval(user, binding(proposal, user), decision.rule, now, grant),
            decision.needed,
            lambda each: "" if each in lost else binding(proposal, each),
            since=max(0.0, now - self._approvals.expiry),
        )
        after = await self._store.proposals.get(proposal.id)
        if count is None:
            overdue = after.status is ProposalStatus.OPEN
            raise Outdated(decided(replace(after, status=ProposalStatus.EXPIRED) if overdue else after))
        if not count.fresh and not count.complete:
            raise Outdated("You have already approved this. Someone else has to approve it too.")
        return after

    async def use_up(self, proposal: Proposal, run: str) -> None:
        """Use up the approvals of exactly this, as it is stored now. May be repeated by the same run.

        Raises NotAllowed when they are for something else, or too few; they are used up all the same.
        """
        if proposal.status is not ProposalStatus.APPROVED:
            raise NotAllowed("This program has not been approved.")
        approvals = await self._store.approvals.use_up(proposal.id, run)
        if proposal.grant:
            await self._check_grant(proposal, approvals)
        valid = counted(approvals, lambda user: binding(proposal, user))
        if len(valid) < proposal.needed or not valid.issuperset(proposal.approved_by):
            raise NotAllowed("This program changed after it was approved, so nothing was run.")

    async def _check_grant(self, proposal: Proposal, used: Collection[Approval]) -> None:
        grant = await self._store.grants.find(proposal.grant)
        if grant is None or grant.fingerprint != (await isolated_coverage(proposal)).fingerprint:
            raise NotAllowed("The approval for this thread doesn't cover this program, so nothing was run.")
        if not used:
            raise NotAllowed(
                "The approval for this thread ended before this run started, so nothing was run. Ask again to run it."
            )

    async def grant(self, proposal: Proposal, user: str) -> Grant:
        """Let this program run again in its thread without another decision, as long as its rule says."""
        covered = await isolated_coverage(proposal)
        session = await self._store.sessions.get(proposal.session_id)
        now = time.time()
        grant = Grant(
            id=derive("g", proposal.id, user),
            session_id=session.id,
            proposal_id=proposal.id,
            target=proposal.target,
            user=user,
            requester=proposal.requester,
            fingerprint=covered.fingerprint,
            exact=covered.exact,
            created_at=now,
            expires_at=now + self._approvals.needs(proposal, session.channel).thread,
        )
        await self._store.grants.add(grant)
        return grant

    async def for_thread(self, proposal: Proposal, user: str) -> None:
        """Raises NotAllowed unless `user` may approve it for its whole thread, TooComplex where it can't be compared."""
        await self.permit(proposal, user)
        session = await self._store.sessions.get(proposal.session_id)
        if ProgramFacts.of(proposal).unknown:
            raise NotAllowed(
                "Validation could not observe everything that this program does, so it needs its own approval."
            )
        if not self._approvals.needs(proposal, session.channel).thread:
            raise NotAllowed("Every run needs its own approval here. Approve this one on its own.")
        await isolated_coverage(proposal)

    async def granted(self, proposal: Proposal) -> tuple[Grant, Decision] | None:
        """An approval for the thread that covers a proposal, by somebody who may still give it.

        The program is compared, and never what it was seen to do: it may behave while it is watched.
        """
        session = await self._store.sessions.get(proposal.session_id)
        if not self._approvals.needs(proposal, session.channel).thread:
            return None
        grants = await self._store.grants.live(session.id, time.time())
        if not grants:
            return None
        try:
            fingerprint = (await isolated_coverage(proposal)).fingerprint
        except TooComplex:
            return None
        for grant in grants:
            if grant.fingerprint == fingerprint:
                decision = await self.decision(proposal, grant.user)
                if decision.allowed:
                    return grant, decision
        return None
