"""Showing an open or decided proposal on its card again, after something has changed."""

from __future__ import annotations

from services.domain.entities import Proposal, ProposalStatus
from services.notifications.events import ProposalChanged
from services.notifications.notifier import Notifier
from services.proposals.cards import ProposalCards


async def redraw(cards: ProposalCards, notifier: Notifier, proposal: Proposal) -> None:
    """Show a proposal on its card as it is now; of an open one again where a decision was recorded meanwhile."""
    await _show(cards, notifier, proposal)
    if proposal.status is ProposalStatus.OPEN:
        now = await cards.store.proposals.get(proposal.id)
        if (now.status, now.approved_by) != (proposal.status, proposal.approved_by):
            await _show(cards, notifier, now)


async def _show(cards: ProposalCards, notifier: Notifier, proposal: Proposal) -> None:
    task = await cards.store.tasks.get(proposal.task_id)
    session = await cards.store.sessions.get(proposal.session_id)
    await notifier.notify(ProposalChanged(await cards.build(task, proposal, session)))
