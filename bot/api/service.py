"""What the API does for a holder of a token: sessions are like threads, requests like messages."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.api import views, wire
from bot.api.errors import Conflict, Unknown
from bot.api.feeds import Feeds
from bot.api.tokens import PREFIX, Holder
from services.domain.entities import Proposal, ProposalStatus, Session, Task, derive
from services.domain.errors import Outdated
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.summaries import RequestSummary
from services.domain.values import Artifact, sha256
from services.security.redaction import masked
from services.targets.targets import Targets
from services.usecases import UseCases
from services.usecases.limits import checked
from services.usecases.requests import Request
from services.usecases.sessions import RequestState

_POLL = 0.1
_SHOWN = 100
_JOBS = 100
_NOTED = 10_000

OWN = "Run a program of my own."
"""What stands in the history for a program that somebody brought."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiService:
    """Every session belongs to one holder: the same session ID of another is another session.

    What a holder has seen of a program and its run is on record, once for as far as it had come; after a restart once more.
    """

    use_cases: UseCases
    feeds: Feeds
    targets: Targets
    _noted: OrderedDict[tuple[str, ...], None] = field(
        default_factory=OrderedDict[tuple[str, ...], None], compare=False, repr=False
    )

    async def ask(self, holder: Holder, session_id: str, prompt: str, key: str | None) -> Request:
        """The request that `key` makes itself, wherever it is repeated."""
        cause = f"api {holder.user} {key}" if key else f"api {secrets.token_hex(16)}"
        thread = await self._thread(holder, session_id)
        return Request(cause, prompt, holder.user, holder.user, thread)

    async def generate(self, ask: Request) -> None:
        """Durable once this returns. Raises Conflict when its key was used for something else."""
        await self.use_cases.requests.ask(ask)
        await self._same(ask, ask.prompt.strip(), None)

    async def execute(self, ask: Request, code: str, given: Given, *, run: bool) -> None:
        """The same for a program; see RequestActions.submit."""
        given = await checked(code, given)
        await self.use_cases.requests.submit(ask, code, run=run, given=given)
        await self._same(ask, ask.prompt, code, given)

    async def answer(self, task_id: str, session_id: str) -> wire.Answer:
        """A request as far as it has come."""
        return _answer(await self.use_cases.sessions.state(task_id), session_id)

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
            answer = await self.answer(task_id, session_id)
            if answer.done or time.monotonic() >= end:
                return answer
            await asyncio.sleep(_POLL)

    async def task(self, holder: Holder, session_id: str, task_id: str) -> Task:
        """Raises Unknown unless it is in that session, or was before a reset."""
        found = await self.use_cases.sessions.find(task_id)
        if found is not None:
            task, session = found
            if session.channel == holder.user and session.thread_ts.startswith(_prefix(session_id)):
                return task
        raise Unknown

    async def history(self, holder: Holder, session_id: str) -> wire.Past:
        session = await self._session(holder, session_id)
        tasks = await self.use_cases.sessions.tasks(session) if session else []
        answers = [await self.answer(task.id, session_id) for task in tasks[-_SHOWN:]]
        return wire.Past(
            session_id=session_id, tasks=[await self.hand_over(holder, each) for each in answers]
        )

    async def reset(self, holder: Holder, session_id: str) -> wire.Fresh:
        """Begin the session anew: what is under way is stopped, and nothing is remembered."""
        session = await self._session(holder, session_id)
        if session is None:
            return wire.Fresh(session_id=session_id, stopped=0)
        ahead = [task for task in await self.use_cases.sessions.tasks(session) if not task.ended]
        await self.use_cases.requests.stop_thread(session.channel, session.thread_ts, holder.user)
        prefix, _, number = session.thread_ts.partition(".")
        thread = _numbered(f"{prefix}.", int(number) + 1)
        fresh = Session(derive("s", holder.user, thread), holder.user, thread, holder.user)
        await self.use_cases.sessions.begin(fresh)
        return wire.Fresh(session_id=session_id, stopped=len(ahead))

    async def approve(self, holder: Holder, proposal_id: str, digest: str) -> wire.Job:
        """Run a proposal of the API. Raises Unknown, NotAllowed and Outdated."""
        proposal = await self.use_cases.sessions.proposal(proposal_id)
        if proposal is None or not proposal.requester.startswith(PREFIX):
            raise Unknown
        proposals, target = self.use_cases.proposals, proposal.target
        proposal = await proposals.approve(proposal_id, digest=digest, target=target, user=holder.user)
        if proposal.status is ProposalStatus.OPEN:
            raise Outdated(f"Your approval was recorded. {proposals.objection(proposal, holder.user)}")
        return await self._started(proposal)

    async def status(self, holder: Holder) -> wire.Status:
        looked = await self.targets.look()
        known = {place.name: self.targets.known(place.name) for place in self.targets.open_to(holder.user)}
        return wire.Status(
            targets=[views.cluster(place, state, known.get(place.name)) for place, state in looked]
        )

    async def jobs(self, holder: Holder) -> wire.Jobs:
        found = await self.use_cases.sessions.runs_of(holder.user, limit=_JOBS)
        jobs = [(job, entry) for entry in found if (job := views.job_of(entry)) is not None]
        await self._record(holder, *jobs)
        return wire.Jobs(jobs=[job for job, _ in jobs])

    async def job(self, holder: Holder, job_id: str) -> wire.Job:
        """Raises Unknown unless the holder has asked for it, or may approve runs of the API."""
        job, entry = await self._job(holder, job_id)
        await self._record(holder, (job, entry))
        return job

    async def notebook(self, holder: Holder, job_id: str) -> Artifact:
        """The program of a run, and what came of it last, as a notebook; raises what `job` does."""
        _, entry = await self._job(holder, job_id)
        return await self.use_cases.runs.notebook(entry.proposal_id or "", holder.user)

    async def stop(self, holder: Holder, job_id: str) -> wire.Stopped:
        """Raises Outdated when it has ended."""
        job = await self.job(holder, job_id)
        await self.use_cases.runs.stop(job.id, holder.user)
        return wire.Stopped(id=job.id, stopping=True)

    async def resume(self, holder: Holder, job_id: str, session_id: str) -> str:
        """The task that proposes to go on from the checkpoints of a run of this session. Raises Unknown and Outdated."""
        _, entry = await self._job(holder, job_id)
        if entry.channel != holder.user or not entry.thread_ts.startswith(_prefix(session_id)):
            raise Unknown
        task_id = await self.use_cases.requests.resume(entry.proposal_id or "", holder.user)
        await self.use_cases.sessions.begun(task_id)
        return task_id

    async def _job(self, holder: Holder, job_id: str) -> tuple[wire.Job, RequestSummary]:
        for entry in await self.use_cases.sessions.with_run(job_id):
            job = views.job_of(entry)
            theirs = entry.user == holder.user or (holder.approves and entry.user.startswith(PREFIX))
            if job is not None and job.id == job_id and theirs:
                return job, entry
        raise Unknown

    async def _record(self, holder: Holder, *jobs: tuple[wire.Job, RequestSummary]) -> None:
        over = [entry.proposal_id for job, entry in jobs if job.result is not None and entry.proposal_id]
        await self._note(holder, "result", *over)

    async def _note(self, holder: Holder, what: str, *proposals: str) -> None:
        """Clients ask again and again; the latest are not noted twice."""
        fresh = [each for each in proposals if (holder.user, each, what) not in self._noted]
        if not fresh:
            return
        await self.use_cases.sessions.looked(fresh, holder.user, what)
        self._noted.update({(holder.user, each, what): None for each in fresh})
        while len(self._noted) > _NOTED:
            self._noted.popitem(last=False)

    async def _same(self, ask: Request, prompt: str, code: str | None, given: Given = NOTHING_GIVEN) -> None:
        """Raises Conflict when the task of this cause is another request."""
        task, session = await self.use_cases.sessions.begun(ask.task_id)
        there = session.thread_ts.partition(".")[0] == ask.thread_ts.partition(".")[0]
        if not there or (task.prompt, task.code, task.given) != (masked(prompt), code, given):
            raise Conflict

    async def _started(self, proposal: Proposal) -> wire.Job:
        run = await self.use_cases.sessions.started(proposal)
        return views.job(run, proposal.program.title, proposal.requester)

    async def _session(self, holder: Holder, session_id: str) -> Session | None:
        return await self.use_cases.sessions.latest(holder.user, _prefix(session_id))

    async def _thread(self, holder: Holder, session_id: str) -> str:
        session = await self._session(holder, session_id)
        return session.thread_ts if session else _numbered(_prefix(session_id), 0)


def _answer(state: RequestState, session_id: str) -> wire.Answer:
    return views.answer(
        state.task,
        session_id,
        state.card,
        state.run,
        state.spent,
        objection=state.objection,
    )


def _prefix(session_id: str) -> str:
    """Any session ID as the beginning of a thread's name; what follows counts its resets."""
    return f"{sha256(session_id)[:20]}."


def _numbered(prefix: str, resets: int) -> str:
    return f"{prefix}{resets:06d}"
