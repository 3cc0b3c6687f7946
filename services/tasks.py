"""The task desk: takes a request from its first sign of life to a proposal or an answer.

Each public coroutine is one step of a durable workflow: it may be repeated after a crash and then finds its own traces.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.errors import RaygenError
from services.inputs import Attachments, NoAttachments, collect
from services.llm.interface import Text, Turn
from services.model import InputFile, Program, Spent
from services.narrator import Narrator
from services.records import (
    Input,
    Proposal,
    ProposalStatus,
    Run,
    Session,
    Task,
    TaskKind,
    TaskStatus,
    derive,
)
from services.store import Store
from services.supervisor import evidence
from services.supervisor.agent import Briefing, Conclusion, Supervisor
from services.supervisor.meter import Meter
from services.supervisor.workshop import Made, OnStage, Phase, Stage, Workshop
from services.tracing import span

_log = logging.getLogger(__name__)
_TURN_POLL = 0.2
_TAIL = 1500


@dataclass(frozen=True, slots=True)
class Result:
    """How the work on a task ended; `proposal_id` also names a draft that does not work."""

    status: TaskStatus
    text: str
    proposal_id: str | None = None


class TaskDesk:
    """Works on tasks, one at a time per session."""

    def __init__(
        self,
        store: Store,
        narrator: Narrator,
        supervisor: Supervisor,
        workshop: Workshop,
        target: str,
        *,
        meter: Callable[[], Meter] = Meter,
        attachments: Attachments | None = None,
    ) -> None:
        self._store = store
        self._narrator = narrator
        self._supervisor = supervisor
        self._workshop = workshop
        self._target = target
        self._meter = meter
        self._attachments = attachments or NoAttachments()
        self._working: dict[str, asyncio.Task[Result]] = {}

    async def open(self, task: Task, session: Session) -> None:
        """Record the task and show that work has begun."""
        await self._store.sessions.ensure(session)
        await self._store.tasks.add(task)
        session = await self._narrator.task_opened(task, await self._store.sessions.get(session.id))
        await self._store.sessions.root(session.id, session.thread_ts)

    async def wait_for_turn(self, task_id: str) -> None:
        """Return once every earlier task of the same session has ended."""
        told = False
        while ahead := await self._store.tasks.ahead_of(task_id):
            if not told:
                task, session = await self._both(task_id)
                note = f"{len(ahead)} earlier request{'s' if len(ahead) > 1 else ''} in this thread"
                await self._narrator.task_progress(task, session, [Stage(Phase.QUEUED, note=note)])
                told = True
            await asyncio.sleep(_TURN_POLL)

    async def work(self, task_id: str) -> Result:
        """Do the work; repeated from its start after a crash, since nothing of it is visible but progress."""
        await self._store.tasks.move(task_id, TaskStatus.WORKING)
        task, session = await self._both(task_id)
        if task.ended:
            return Result(task.status, task.summary)
        meter = self._meter()
        try:
            with span("task", task=task.id, kind=task.kind):
                work = self._working[task_id] = asyncio.create_task(self._work(task, session, meter))
                result = await work
        except RaygenError as error:
            result = Result(TaskStatus.FAILED, error.public)
        except asyncio.CancelledError:
            if (await self._store.tasks.get(task_id)).status is not TaskStatus.CANCELLED:
                raise
            result = Result(TaskStatus.CANCELLED, "Stopped.")
        finally:
            self._working.pop(task_id).cancel()
        await self._store.spendings.put(task, session.channel, result.status, meter.spent)
        return result

    async def conclude(self, task_id: str, result: Result) -> None:
        """Record how the task ended, put its proposal up for decision, and tell the thread."""
        await self._store.tasks.move(task_id, result.status, summary=result.text)
        task, session = await self._both(task_id)
        proposal = await self._store.proposals.find(result.proposal_id) if result.proposal_id else None
        if proposal is not None and task.status is TaskStatus.PROPOSED:
            await self._store.proposals.move(proposal.id, ProposalStatus.OPEN)
            proposal = await self._store.proposals.get(proposal.id)
        await self._narrator.task_concluded(task, session, proposal)
        if task.status is TaskStatus.PROPOSED:
            await self._supersede(session, keep=result.proposal_id)

    async def fail(self, task_id: str, sentence: str) -> None:
        """End a task whose workflow broke in a way that nobody foresaw."""
        await self.conclude(task_id, Result(TaskStatus.FAILED, sentence))

    async def cancel(self, task_id: str) -> bool:
        """Stop the work at once; False when it had ended."""
        if not await self._store.tasks.move(task_id, TaskStatus.CANCELLED, summary="Stopped."):
            return False
        if working := self._working.get(task_id):
            working.cancel()
        return True

    async def _work(self, task: Task, session: Session, meter: Meter) -> Result:
        stages: list[Stage] = []

        async def on_stage(stage: Stage) -> None:
            stages.append(stage)
            await self._narrator.task_progress(task, session, stages)

        problems = await self._collect(task)
        files = await self._store.inputs.latest(session.id)
        conclusion = await self._conclusion(task, session, on_stage, meter, files)
        text = "\n\n".join([conclusion.text, *problems])
        if conclusion.made is None or conclusion.made.program is None:
            status = TaskStatus.ANSWERED if conclusion.made is None else TaskStatus.FAILED
            return Result(status, text)
        proposal = await self._draft(task, conclusion.made, conclusion.made.program, meter.spent, files)
        status = TaskStatus.PROPOSED if conclusion.made.outcome.passed else TaskStatus.FAILED
        return Result(status, text, proposal.id)

    async def _collect(self, task: Task) -> list[str]:
        """Keep the files that came with a request; a sentence for each that can't be kept."""
        files, problems = await collect(task.attachments, self._attachments)
        for file in files:
            await self._store.inputs.keep(task.session_id, file)
        return problems

    async def _conclusion(
        self,
        task: Task,
        session: Session,
        on_stage: OnStage,
        meter: Meter,
        files: Sequence[InputFile],
    ) -> Conclusion:
        base = await self._store.proposals.find(task.base) if task.base else None
        if task.kind is TaskKind.EDIT and task.code is not None and base is not None:
            edited = Program(base.program.title, base.program.purpose, task.code)
            made = await self._workshop.inspect(edited, on_stage, files)
            return Conclusion(_verdict_on_edit(made), made)
        briefing = replace(await self._briefing(task, session, base), files=files)
        return await self._supervisor.handle(briefing, on_stage, meter)

    async def _briefing(self, task: Task, session: Session, base: Proposal | None) -> Briefing:
        proposals = await self._store.proposals.of_session(session.id)
        runs = {run.proposal_id: run for run in await self._store.runs.of_session(session.id)}
        earlier = [
            other
            for other in await self._store.tasks.of_session(session.id)
            if other.ended and other.id != task.id
        ]
        by_task = {proposal.task_id: proposal for proposal in proposals}
        history = [turn for other in earlier for turn in _turns(other, by_task.get(other.id), runs)]
        current = base or (proposals[-1] if proposals else None)
        return Briefing(
            prompt=_prompt(task),
            history=_alternating(history),
            current=current.program.code if current else None,
            conversation=[other.prompt for other in earlier],
        )

    async def _draft(
        self, task: Task, made: Made, program: Program, spent: Spent, files: Sequence[InputFile]
    ) -> Proposal:
        proposal = Proposal(
            id=derive("p", task.id),
            task_id=task.id,
            session_id=task.session_id,
            program=program,
            policy=made.policy,
            validation=made.outcome,
            attempts=made.attempts,
            target=self._target,
            requester=task.user,
            model=made.model,
            created_at=time.time(),
            spent=spent,
            inputs=tuple(Input(file.name, file.sha256, len(file.content)) for file in files),
        )
        await self._store.proposals.draft(proposal)
        return proposal

    async def _supersede(self, session: Session, keep: str | None) -> None:
        """Older open proposals of the thread say that a newer one stands below them."""
        for proposal in await self._store.proposals.of_session(session.id):
            if proposal.id == keep or proposal.status is not ProposalStatus.OPEN:
                continue
            if await self._store.proposals.move(proposal.id, ProposalStatus.SUPERSEDED):
                task = await self._store.tasks.get(proposal.task_id)
                superseded = replace(proposal, status=ProposalStatus.SUPERSEDED)
                await self._narrator.proposal_decided(task, superseded, session)

    async def _both(self, task_id: str) -> tuple[Task, Session]:
        task = await self._store.tasks.get(task_id)
        return task, await self._store.sessions.get(task.session_id)


def _prompt(task: Task) -> str:
    match task.kind:
        case TaskKind.REGENERATE:
            return f"{task.prompt}\n\nWrite this program anew, in a different way than before."
        case _:
            return task.prompt


def _verdict_on_edit(made: Made) -> str:
    if made.outcome.passed:
        return "Your edit passed its validation."
    return f"Your edit did not pass: {evidence.plain(made.outcome)}."


def _turns(task: Task, proposal: Proposal | None, runs: dict[str, Run]) -> list[Turn]:
    said = task.summary or "(no answer)"
    if proposal is not None:
        said = f"[proposal: {proposal.program.title}] {said}"
        run = runs.get(proposal.id)
        if run is not None and run.outcome is not None:
            said += f"\n[run {run.outcome.verdict}] <output>{run.outcome.stdout[-_TAIL:]}</output>"
    return [Turn("user", (Text(task.prompt),)), Turn("assistant", (Text(said),))]


def _alternating(turns: Sequence[Turn]) -> list[Turn]:
    """The latest turns that fit a model's attention; cut at a person's turn so that roles still alternate."""
    return list(turns[-40:])
