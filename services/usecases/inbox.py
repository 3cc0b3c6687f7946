"""Which open proposals wait for the decision of one person."""

from __future__ import annotations

import time
from dataclasses import dataclass

from services.approvals.authorizer import Authorizer
from services.domain import current_workspace
from services.domain.entities import ProposalStatus
from services.proposals.cards import ProposalCard
from services.proposals.decisions import Decisions
from services.store import Store
from services.store.approvals import Waiting

SHOWN = 10
_LOOKED_AT = 100
_CHANNELS = 20
_NAMED = {"users", "groups"}


@dataclass(frozen=True, slots=True)
class Awaiting:
    """The card of a proposal that a person may approve."""

    card: ProposalCard
    refusal: str = ""
    """Why the target does not run it for this person now, as a sentence; empty when it does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalInbox:
    """Nobody is shown a program of a conversation that they are not in, unless they were asked to approve it by name."""

    store: Store
    decisions: Decisions

    @property
    def _authorizer(self) -> Authorizer:
        return self.decisions.authorizer

    async def of(self, user: str) -> tuple[list[Awaiting], bool]:
        """What waits for this person, newest first, and whether there may be more than that.

        However many are open, a hundred of them are looked at, in twenty channels of the workspace at hand.
        """
        since = max(0.0, time.time() - self._authorizer.expiry)
        rows = await self.store.approvals.waiting(since, current_workspace.current(), limit=_LOOKED_AT)
        channels: set[str] = set()
        found: list[Awaiting] = []
        for row in rows:
            if row.requester != user:
                channels.add(row.channel)
            if len(found) == SHOWN or len(channels) > _CHANNELS:
                return found, True
            if awaiting := await self._awaiting(row, user):
                found.append(awaiting)
        return found, len(rows) == _LOOKED_AT

    async def _awaiting(self, row: Waiting, user: str) -> Awaiting | None:
        if user in row.approved_by or not await self._concerns(row, user):
            return None
        proposal = await self.store.proposals.find(row.proposal_id)
        if proposal is None or proposal.status is not ProposalStatus.OPEN or not proposal.runnable:
            return None
        session = await self._authorizer.session(proposal)
        if not (await self._authorizer.decision(proposal, session, user)).allowed:
            return None
        task = await self.store.tasks.get(proposal.task_id)
        card = await self.decisions.cards.build(task, proposal, session)
        return Awaiting(card, self.decisions.refusal(proposal, user))

    async def _concerns(self, row: Waiting, user: str) -> bool:
        """Whether the rule lets this person approve there, and what is said there is theirs to read."""
        own = user == row.requester
        decision = await self._authorizer.standing(row.target, row.channel, user, own=own)
        if not decision.allowed:
            return False
        asked = row.asked and decision.clause in _NAMED
        return own or asked or await self._authorizer.directory.is_in(user, row.channel)
