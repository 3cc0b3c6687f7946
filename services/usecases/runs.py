"""What people can do with a run: stop it, look at what came of it, share that, take its code."""

from __future__ import annotations

from dataclasses import dataclass

from services.approvals.actions import Action
from services.approvals.permissions import Permissions
from services.domain.entities import Proposal, run_id
from services.domain.errors import Outdated
from services.domain.values import Artifact, Outcome
from services.proposals.notebook import notebook
from services.runs.steps import RunSteps
from services.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class RunActions:
    """Each checks who asks."""

    store: Store
    steps: RunSteps
    permissions: Permissions

    async def stop(self, run_id: str, user: str) -> None:
        """Ask for the end of a run. Raises Outdated when it has ended."""
        run = await self.store.runs.find(run_id)
        if run is None:
            raise Outdated("That run has already ended.")
        await self.permissions.proposal(Action.STOP, run.proposal_id, user)
        await self.steps.stop(run_id, user)

    async def share(self, proposal_id: str, user: str) -> None:
        """Show a result to the whole channel, once."""
        await self.steps.share(await self.permissions.proposal(Action.SHARE, proposal_id, user), user)

    async def hand_out_code(self, proposal_id: str, user: str) -> None:
        """Put the program into its thread as a file, or tell `user` where it is."""
        proposal = await self.permissions.proposal(Action.DOWNLOAD, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "code")
        await self.steps.hand_out_code(proposal, user)

    async def hand_out_notebook(self, proposal_id: str, user: str) -> None:
        """Put the program into its thread as a notebook with what came of it last, or tell `user` where it is."""
        await self.steps.hand_out_notebook(await self._to_download(proposal_id, user), user)

    async def notebook(self, proposal_id: str, user: str) -> Artifact:
        """That notebook, for `user` alone."""
        _, made = await notebook(self.store, await self._to_download(proposal_id, user))
        return made

    async def _to_download(self, proposal_id: str, user: str) -> Proposal:
        proposal = await self.permissions.proposal(Action.DOWNLOAD, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "notebook")
        return proposal

    async def outcome(self, proposal_id: str, user: str) -> tuple[Proposal, Outcome]:
        """A proposal, and what came of it last, for `user` to look at: of its run, or else of its validation."""
        proposal = await self.permissions.proposal(Action.VIEW, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "details")
        run = await self.store.runs.find(run_id(proposal_id))
        return proposal, run.outcome if run and run.outcome else proposal.validation
