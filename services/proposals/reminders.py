"""Proposals that wait for their decision: approvers are asked and reminded, and what waited too long expires.

What a durable workflow calls may be repeated: `ask`, `remind`, `expire` and `show_expired`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from services.approvals.authorizer import Authorizer
from services.approvals.recorder import decided
from services.domain.entities import ProposalStatus
from services.domain.errors import BadRequest, Outdated
from services.notifications.events import ApprovalRequested
from services.notifications.notifier import Notifier
from services.proposals.cards import ProposalCards
from services.proposals.redraw import redraw
from services.store import Store

_ASKED = 20


@dataclass(frozen=True, slots=True)
class Reminders:
    """Looks after open proposals; `reminder` is how many seconds their approvers have before they are reminded."""

    store: Store
    notifier: Notifier
    cards: ProposalCards
    reminder: float

    @property
    def approvals(self) -> Authorizer:
        """Who may approve, and until when."""
        return self.cards.approvals

    async def due(self) -> tuple[list[str], list[str]]:
        """The IDs of proposals that have expired, and of those whose approvers are to be reminded."""
        now = time.time()
        expired = await self.store.approvals.stale(max(0.0, now - self.approvals.expiry))
        late = await self.store.approvals.unreminded(max(0.0, now - self.reminder))
        return expired, [each for each in late if each not in expired]

    async def check(self, proposal_id: str) -> None:
        """Raises Outdated for what is decided, or whose approvers were asked, and BadRequest where nobody is named."""
        proposal = await self.store.proposals.find(proposal_id)
        if proposal is None:
            raise Outdated
        proposal = self.approvals.as_of_now(proposal)
        if proposal.status is not ProposalStatus.OPEN:
            raise Outdated(decided(proposal))
        if await self.store.approvals.was_asked(proposal_id):
            raise Outdated("The approvers have already been asked.")
        session = await self.store.sessions.get(proposal.session_id)
        by_channel = self.approvals.by_channel(proposal, session.channel)
        if not by_channel and not await self.approvals.approvers(proposal, session):
            raise BadRequest("There is no one else to ask by name. Ask in this thread.")

    async def ask(self, proposal_id: str, user: str) -> None:
        """Ask the approvers in the name of `user`, once."""
        await self._request(proposal_id, user)
        await self.store.approvals.asked(proposal_id, user)

    async def remind(self, proposal_id: str) -> None:
        """Remind the approvers, once."""
        await self._request(proposal_id, "")
        await self.store.approvals.reminded(proposal_id)

    async def expire(self, proposal_id: str) -> None:
        """Close a proposal that has waited too long."""
        await self.store.proposals.move(proposal_id, ProposalStatus.EXPIRED)

    async def show_expired(self, proposal_id: str) -> None:
        """Take the buttons from its card."""
        proposal = await self.store.proposals.find(proposal_id)
        if proposal is not None and proposal.status is ProposalStatus.EXPIRED:
            await redraw(self.cards, self.notifier, proposal)

    async def _request(self, proposal_id: str, by: str) -> None:
        proposal = await self.store.proposals.find(proposal_id)
        if proposal is None or proposal.status is not ProposalStatus.OPEN or not proposal.runnable:
            return
        task = await self.store.tasks.get(proposal.task_id)
        session = await self.store.sessions.get(proposal.session_id)
        users = await self.approvals.approvers(proposal, session)
        card = await self.cards.build(task, proposal, session)
        await self.notifier.notify(ApprovalRequested(card, tuple(users[:_ASKED]), by))
