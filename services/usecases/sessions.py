"""Sessions as their one owner reads them: requests with what came of them, and runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Run,
    Session,
    Task,
    TaskKind,
    derive,
    run_id,
)
from services.domain.summaries import RequestSummary
from services.domain.values import Spent
from services.proposals.cards import ProposalCard
from services.proposals.decisions import Decisions, unproven
from services.store import Store

_SOON = 0.02
_LOOKS = 750
_REPLACED = "A newer program in this session replaced it before it could run."

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestState:
    """A request as far as it has come."""

    task: Task
    card: ProposalCard | None
    """Its proposal; None until the task has ended, and for one that has none."""
    run: Run | None
    spent: Spent | None
    objection: str
    """Why a program that was to run by itself does not, as a sentence; empty while it still may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecords:
    """Whose session it is has to be checked by the caller."""

    store: Store
    decisions: Decisions

    async def latest(self, channel: str, prefix: str) -> Session | None:
        """The session of a channel whose thread begins like this and sorts last."""
        return await self.store.sessions.latest(channel, prefix)

    async def begin(self, session: Session) -> None:
        """Record a session that has no request yet."""
        await self.store.sessions.ensure(session)

    async def tasks(self, session: Session) -> list[Task]:
        """Its requests, oldest first."""
        return await self.store.tasks.of_session(session.id)

    async def find(self, task_id: str) -> tuple[Task, Session] | None:
        """A request with its session."""
        task = await self.store.tasks.find(task_id)
        return (task, await self.store.sessions.get(task.session_id)) if task else None

    async def begun(self, task_id: str) -> tuple[Task, Session]:
        """The same for one that has just been accepted. Raises TimeoutError."""
        return await _recorded(lambda: self.find(task_id))

    async def state(self, task_id: str) -> RequestState:
        """Raises LookupError for a request that is not kept."""
        task = await self.store.tasks.get(task_id)
        proposal = await self.store.proposals.find(derive("p", task.id)) if task.ended else None
        run = await self.store.runs.find(run_id(proposal.id)) if proposal else None
        due = proposal is not None and run is None and task.kind is TaskKind.EXECUTE
        return RequestState(
            task=task,
            card=await self._card(task, proposal) if proposal else None,
            run=run,
            spent=await self.store.spendings.of_task(task.id),
            objection=self._objection(proposal, task) if proposal is not None and due else "",
        )

    async def proposal(self, proposal_id: str) -> Proposal | None:
        """A proposal, None for one that is not kept."""
        return await self.store.proposals.find(proposal_id)

    async def started(self, proposal: Proposal) -> Run:
        """The run of a proposal that has just been approved. Raises TimeoutError."""
        return await _recorded(lambda: self.store.runs.find(run_id(proposal.id)))

    async def runs_of(self, user: str, *, limit: int) -> list[RequestSummary]:
        """Requests of a person and those whose run they approved, newest first."""
        return await self.store.entries.of_user(user, limit=limit)

    async def with_run(self, name: str) -> list[RequestSummary]:
        """The requests with a run whose ID begins like this, at most two."""
        return await self.store.entries.with_run(name, limit=2)

    async def looked(self, proposals: Sequence[str], user: str, what: str) -> None:
        """Record that a person was given this of some proposals (IDs)."""
        await self.store.audit.looked_at(proposals, user, what)

    async def _card(self, task: Task, proposal: Proposal) -> ProposalCard:
        session = await self.store.sessions.get(task.session_id)
        return await self.decisions.cards.build(task, proposal, session)

    def _objection(self, proposal: Proposal, task: Task) -> str:
        match proposal.status:
            case ProposalStatus.OPEN:
                return self.decisions.objection(proposal, task.user) or unproven(proposal)
            case ProposalStatus.APPROVED | ProposalStatus.DRAFT:
                return ""
            case _:
                return _REPLACED


async def _recorded(look: Callable[[], Awaitable[_T | None]]) -> _T:
    """What durable work records as its first step, within milliseconds. Raises TimeoutError."""
    for _ in range(_LOOKS):
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(_SOON)
    raise TimeoutError
