"""What the API does for a holder of a token: sessions like threads, requests like messages, answers from the store."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar

from bot.api import views, wire
from bot.api.errors import Conflict, Unknown
from bot.api.feeds import Feeds
from bot.api.tokens import PREFIX, Holder
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Session,
    Task,
    TaskKind,
    derive,
    run_id,
)
from services.domain.errors import Outdated
from services.domain.values import sha256
from services.proposals.cards import ProposalCard
from services.security.redaction import masked
from services.store import Store
from services.store.request_summaries import RequestSummary
from services.targets.targets import Targets
from services.usecases.requests import FrontDesk, Request

_POLL = 0.1
_SOON = 0.02
_LOOKS = 750
_SHOWN = 100
_T = TypeVar("_T")
_JOBS = 100
_NOTED = 10_000
_REPLACED = "A newer program in this session replaced it before it could run."

OWN = "Run a program of my own."
"""What stands in the history for a program that somebody brought."""


@dataclass(frozen=True, slots=True)
class ApiDesk:
    """Every session belongs to one holder: the same session ID of another is another session.

    What a holder is told of a program and its run is on record, once for as far as it had come; after a restart once more.
    """

    desk: FrontDesk
    feeds: Feeds
    targets: Targets
    _noted: OrderedDict[tuple[str, ...], None] = field(
        default_factory=OrderedDict[tuple[str, ...], None], compare=False, repr=False
    )

    @property
    def _store(self) -> Store:
        return self.desk.store

    async def ask(self, holder: Holder, session_id: str, prompt: str, key: str | None) -> Request:
        """The request that `key` makes itself, wherever it is repeated."""
        cause = f"api {holder.user} {key}" if key else f"api {secrets.token_hex(16)}"
        thread = await self._thread(holder, session_id)
        return Request(cause, prompt, holder.user, holder.user, thread)

    async def generate(self, ask: Request) -> None:
        """Durable once this returns. Raises Conflict when its key was used for something else."""
        await self.desk.ask(ask)
        await self._same(ask, ask.prompt.strip(), None)

    async def execute(self, ask: Request, code: str, *, run: bool) -> None:
        """The same for a program; see FrontDesk.submit."""
        await self.desk.submit(ask, code, run=run)
        await self._same(ask, ask.prompt, code)

    async def answer(self, task_id: str, session_id: str) -> wire.Answer:
        """A request as far as it has come."""
        task = await self._store.tasks.get(task_id)
        return await self._told(task, session_id)

    async def hand_over(self, holder: Holder, answer: wire.Answer) -> wire.Answer:
        """The same answer, with a record that this holder has it."""
        if answer.proposal is not None:
            ended = answer.run is not None and answer.run.result is not None
            await self._note(holder, "answer and result" if ended else "answer", answer.proposal.id)
        return answer

    async def wait(self, task_id: str, session_id: str, limit: float) -> wire.Answer:
        """The same once it is done, or after `limit` (seconds)."""
        end = time.monotonic() + limit
        while True:
            told = await self.answer(task_id, session_id)
            if told.done or time.monotonic() >= end:
                return told
            await asyncio.sleep(_POLL)

    async def task(self, holder: Holder, session_id: str, task_id: str) -> Task:
        """Raises Unknown unless it is in that session, or was before a reset."""
        task = await self._store.tasks.find(task_id)
        if task is not None:
            session = await self._store.sessions.get(task.session_id)
            if session.channel == holder.user and session.thread_ts.startswith(_prefix(session_id)):
                return task
        raise Unknown

    async def history(self, holder: Holder, session_id: str) -> wire.Past:
        session = await self._session(holder, session_id)
        tasks = await self._store.tasks.of_session(session.id) if session else []
        told = [await self._told(task, session_id) for task in tasks[-_SHOWN:]]
        return wire.Past(session_id=session_id, tasks=[await self.hand_over(holder, each) for each in told])

    async def reset(self, holder: Holder, session_id: str) -> wire.Fresh:
        """Begin the session anew: what is under way is stopped, and nothing is remembered."""
        session = await self._session(holder, session_id)
        if session is None:
            return wire.Fresh(session_id=session_id, stopped=0)
        ahead = [task for task in await self._store.tasks.of_session(session.id) if not task.ended]
        await self.desk.stop_thread(session.channel, session.thread_ts, holder.user)
        prefix, _, number = session.thread_ts.partition(".")
        thread = _numbered(f"{prefix}.", int(number) + 1)
        fresh = Session(derive("s", holder.user, thread), holder.user, thread, holder.user)
        await self._store.sessions.ensure(fresh)
        return wire.Fresh(session_id=session_id, stopped=len(ahead))

    async def approve(self, holder: Holder, proposal_id: str, digest: str) -> wire.Job:
        """Run a proposal of the API. Raises Unknown, NotAllowed and Outdated."""
        proposal = await self._store.proposals.find(proposal_id)
        if proposal is None or not proposal.requester.startswith(PREFIX):
            raise Unknown
        await self.desk.approve(proposal_id, digest, proposal.target, holder.user)
        proposal = await self._store.proposals.get(proposal_id)
        if proposal.status is ProposalStatus.OPEN:
            raise Outdated(f"Your approval was recorded. {self.desk.runs.objection(proposal, holder.user)}")
        return await self._started(proposal)

    async def status(self) -> wire.Status:
        looked = await self.targets.look()
        return wire.Status(targets=[views.cluster(place.name, state) for place, state in looked])

    async def jobs(self, holder: Holder) -> wire.Jobs:
        found = await self._store.entries.of_user(holder.user, limit=_JOBS)
        jobs = [(job, entry) for entry in found if (job := views.job_of(entry)) is not None]
        await self._record(holder, *jobs)
        return wire.Jobs(jobs=[job for job, _ in jobs])

    async def job(self, holder: Holder, job_id: str) -> wire.Job:
        """Raises Unknown unless the holder has asked for it, or may approve runs of the API."""
        found = await self._store.entries.with_run(job_id, limit=2)
        for entry in found:
            job = views.job_of(entry)
            theirs = entry.user == holder.user or (holder.approves and entry.user.startswith(PREFIX))
            if job is not None and job.id == job_id and theirs:
                await self._record(holder, (job, entry))
                return job
        raise Unknown

    async def stop(self, holder: Holder, job_id: str) -> wire.Stopped:
        """Raises Outdated when it has ended."""
        job = await self.job(holder, job_id)
        await self.desk.stop_run(job.id, holder.user)
        return wire.Stopped(id=job.id, stopping=True)

    async def _record(self, holder: Holder, *jobs: tuple[wire.Job, RequestSummary]) -> None:
        over = [entry.proposal_id for job, entry in jobs if job.result is not None and entry.proposal_id]
        await self._note(holder, "result", *over)

    async def _note(self, holder: Holder, what: str, *proposals: str) -> None:
        """Clients ask again and again; the latest are not noted twice."""
        fresh = [each for each in proposals if (holder.user, each, what) not in self._noted]
        if not fresh:
            return
        await self._store.audit.looked_at(fresh, holder.user, what)
        self._noted.update({(holder.user, each, what): None for each in fresh})
        while len(self._noted) > _NOTED:
            self._noted.popitem(last=False)

    async def _told(self, task: Task, session_id: str) -> wire.Answer:
        proposal = await self._store.proposals.find(derive("p", task.id)) if task.ended else None
        run = await self._store.runs.find(run_id(proposal.id)) if proposal else None
        due = proposal is not None and run is None and task.kind is TaskKind.EXECUTE
        objection = self._objection(proposal, task) if proposal is not None and due else ""
        spent = await self._store.spendings.of_task(task.id)
        card = await self._card(task, proposal) if proposal else None
        return views.answer(task, session_id, card, run, spent, objection=objection)

    async def _card(self, task: Task, proposal: Proposal) -> ProposalCard:
        session = await self._store.sessions.get(task.session_id)
        return await self.desk.runs.cards.build(task, proposal, session)

    def _objection(self, proposal: Proposal, task: Task) -> str:
        """Why a program that should run by itself does not; empty while it still may."""
        match proposal.status:
            case ProposalStatus.OPEN:
                return self.desk.runs.objection(proposal, task.user)
            case ProposalStatus.APPROVED | ProposalStatus.DRAFT:
                return ""
            case _:
                return _REPLACED

    async def _same(self, ask: Request, prompt: str, code: str | None) -> None:
        """Raises Conflict when the task of this cause is another request."""
        task = await self._begun(ask.task_id)
        session = await self._store.sessions.get(task.session_id)
        there = session.thread_ts.partition(".")[0] == ask.thread_ts.partition(".")[0]
        if not there or (task.prompt, task.code) != (masked(prompt), code):
            raise Conflict

    async def _begun(self, task_id: str) -> Task:
        return await _there(lambda: self._store.tasks.find(task_id))

    async def _started(self, proposal: Proposal) -> wire.Job:
        run = await _there(lambda: self._store.runs.find(run_id(proposal.id)))
        return views.job(run, proposal.program.title, proposal.requester)

    async def _session(self, holder: Holder, session_id: str) -> Session | None:
        return await self._store.sessions.latest(holder.user, _prefix(session_id))

    async def _thread(self, holder: Holder, session_id: str) -> str:
        session = await self._session(holder, session_id)
        return session.thread_ts if session else _numbered(_prefix(session_id), 0)


async def _there(look: Callable[[], Awaitable[_T | None]]) -> _T:
    """What durable work records as its first step, within milliseconds. Raises TimeoutError."""
    for _ in range(_LOOKS):
        if (found := await look()) is not None:
            return found
        await asyncio.sleep(_SOON)
    raise TimeoutError


def _prefix(session_id: str) -> str:
    """Any session ID as the beginning of a thread's name; what follows counts its resets."""
    return f"{sha256(session_id)[:20]}."


def _numbered(prefix: str, resets: int) -> str:
    return f"{prefix}{resets:06d}"
