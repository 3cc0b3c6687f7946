"""What people can do with a proposal: look at it, decide on it, have it decided."""

from __future__ import annotations

from dataclasses import dataclass

from services.approvals.actions import Action
from services.approvals.permissions import Permissions
from services.domain.entities import Proposal, ProposalStatus
from services.domain.errors import BadRequest, Outdated
from services.domain.values import InputFile
from services.proposals.decisions import Decisions
from services.security.redaction import masked
from services.store import Store
from services.usecases.limits import check_length
from services.workflows import Workflows


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalActions:
    """Each checks who asks; a decision is durable when its call returns."""

    store: Store
    decisions: Decisions
    workflows: Workflows
    permissions: Permissions

    async def approve(self, proposal_id: str, *, digest: str, target: str, user: str) -> Proposal:
        """Run exactly this code on this target, once, as soon as enough people have approved it.

        Returns the proposal as it is then. Raises NotAllowed for the wrong person or target, and Outdated for a decided card.
        """
        proposal = await self._decidable(proposal_id)
        proposal = await self.decisions.approve(proposal, digest=digest, target=target, user=user)
        if proposal.status is ProposalStatus.APPROVED:
            await self.workflows.begin_run(proposal_id)
        return proposal

    async def approve_thread(self, proposal_id: str, *, digest: str, target: str, user: str) -> None:
        """The same, and for a while what is no more than this runs in its thread without another decision."""
        proposal = await self._decidable(proposal_id)
        await self.decisions.approve_thread(proposal, digest=digest, target=target, user=user)
        await self.workflows.begin_run(proposal_id)

    async def has_decided(self, proposal_id: str, user: str) -> bool:
        """Whether a person's decision is on record, or another person's that leaves them nothing to decide."""
        proposal = await self.store.proposals.find(proposal_id)
        return proposal is None or proposal.status is not ProposalStatus.OPEN or user in proposal.approved_by

    def objection(self, proposal: Proposal, user: str) -> str:
        """Why an approval of it by `user` would not be the one that runs it, as a sentence; empty when it would be."""
        return self.decisions.objection(proposal, user)

    async def end_grant(self, grant_id: str, user: str) -> None:
        """End an approval for a thread: for who gave it, who profits by it, and those who may approve there."""
        grant = await self.store.grants.find(grant_id)
        if grant is None:
            raise Outdated
        if user != grant.user:
            await self.permissions.proposal(Action.END, grant.proposal_id, user)
        await self.decisions.end_grant(grant, user)

    async def ask_approvers(self, proposal_id: str, user: str) -> None:
        """Have the approvers of an open proposal asked, once."""
        await self.permissions.proposal(Action.ASK, proposal_id, user)
        await self.workflows.begin_asking(proposal_id, user)

    async def retarget(self, proposal_id: str, target: str, user: str) -> None:
        """Have an undecided proposal run on another target."""
        proposal = await self.permissions.proposal(Action.RETARGET, proposal_id, user)
        await self.decisions.retarget(proposal, target, user)

    async def dismiss(self, proposal_id: str, user: str) -> None:
        """Decide that it is not to run."""
        proposal = await self.permissions.proposal(Action.DISMISS, proposal_id, user)
        await self.decisions.dismiss(proposal, user)

    async def reject(self, proposal_id: str, reason: str, user: str) -> None:
        """Dismiss it with a reason, which the next draft in the thread gets. Raises BadRequest for none or one too long."""
        if not reason.strip():
            raise BadRequest("Say in a few words why it should not run.")
        check_length(reason)
        proposal = await self.permissions.proposal(Action.DISMISS, proposal_id, user)
        await self.decisions.dismiss(proposal, user, masked(reason.strip()))

    async def to_edit(self, proposal_id: str, user: str) -> tuple[Proposal, list[InputFile]]:
        """A proposal that can be edited now, and its stored modules, for `user` to do so. Raises NotAllowed and Outdated."""
        proposal = await self.permissions.proposal(Action.EDIT, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "code, to edit it")
        return proposal, await self._modules(proposal)

    async def to_parametrize(self, proposal_id: str, user: str) -> Proposal:
        """A proposal whose values can be changed now, for `user` to do so. Raises NotAllowed and Outdated."""
        proposal = await self.permissions.proposal(Action.PARAMETERS, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "parameters")
        return proposal

    async def parametrized(self, proposal_id: str, user: str) -> Proposal:
        """The proposal that a form of `user` was opened to give other values, however it stands by now. Raises NotAllowed."""
        return await self.permissions.proposal(Action.PARAMETERS, proposal_id, user, current=False)

    async def edited(self, proposal_id: str, user: str) -> tuple[Proposal, list[InputFile]]:
        """The proposal that a form of `user` was opened to edit, however it stands by now. Raises NotAllowed."""
        proposal = await self.permissions.proposal(Action.EDIT, proposal_id, user, current=False)
        return proposal, await self._modules(proposal)

    async def to_reject(self, proposal_id: str, user: str) -> Proposal:
        """A proposal that can be rejected now, for `user` to give a reason. Raises NotAllowed and Outdated."""
        proposal = await self.permissions.proposal(Action.DISMISS, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "card, to reject it")
        return proposal

    async def to_change(self, proposal_id: str, user: str) -> Proposal:
        """A proposal that has run, for `user` to ask for changes. Raises NotAllowed and Outdated."""
        return await self.permissions.proposal(Action.CHANGE, proposal_id, user)

    async def view(self, proposal_id: str, user: str, what: str = "attempts") -> Proposal:
        """Any proposal, for `user` to look at `what` of it. Raises NotAllowed, and Outdated when it is gone."""
        proposal = await self.permissions.proposal(Action.VIEW, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, what)
        return proposal

    async def code(self, proposal_id: str, user: str) -> tuple[Proposal, list[InputFile]]:
        """A proposal and those of its Python files that are still kept, for `user` to read. Raises Outdated."""
        proposal = await self.view(proposal_id, user, "code")
        return proposal, await self._modules(proposal)

    async def compared(self, proposal_id: str, user: str) -> tuple[Proposal, Proposal]:
        """A proposal and the last approved program before it, for `user` to compare. Raises NotAllowed and Outdated."""
        proposal = await self.view(proposal_id, user, "changes")
        before = await self.store.proposals.approved_before(proposal)
        if before is None:
            raise Outdated("The program that this one was compared with is no longer stored.")
        await self.permissions.check(Action.VIEW, before, user)
        return proposal, before

    async def _modules(self, proposal: Proposal) -> list[InputFile]:
        own = [each for each in proposal.inputs if each.is_code]
        return await self.store.inputs.kept(proposal.session_id, own)

    async def _decidable(self, proposal_id: str) -> Proposal:
        """A proposal to be decided on; one that is approved has its run, even if the process died before it began."""
        proposal = await self.permissions.known(proposal_id)
        if proposal.status is ProposalStatus.APPROVED:
            await self.workflows.begin_run(proposal_id)
        return proposal
