"""The steps of a task: from a request's first progress message to a proposal or an answer.

Each public coroutine is one step of a durable workflow: it may be repeated after a crash and then finds its own traces.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.approvals.actions import Action
from services.approvals.permissions import Permissions
from services.domain import projects
from services.domain.checkpoints import FROM_THE_START, NO_CHECKPOINTS, Checkpoints, Resumed
from services.domain.companion_files import companions_of
from services.domain.destination import Destination
from services.domain.entities import (
    Input,
    Proposal,
    ProposalStatus,
    Session,
    Task,
    TaskKind,
    TaskStatus,
    derive,
    run_id,
)
from services.domain.errors import BadRequest, RaygenError
from services.domain.input_files import DEFAULT, Attachments, InputLimits, NoAttachments, collect
from services.domain.locks import NO_LOCK
from services.domain.parameters import Given
from services.domain.parser_process import run_isolated
from services.domain.parsing import docstring
from services.domain.program_header import Script, script
from services.domain.progress import Phase, Stage
from services.domain.values import InputFile, Origin, Program, Verdict
from services.notifications.events import TaskEnded, TaskProgress, TaskProgressed
from services.notifications.notifier import Notifier
from services.observability.tracing import span
from services.proposals import given
from services.proposals.cards import ProposalCards
from services.proposals.redraw import redraw
from services.security.redaction import masked, without_secrets
from services.store import Store
from services.supervisor import evidence
from services.supervisor.interface import Conclusion, Inspecting, Supervising
from services.supervisor.meter import Meter
from services.supervisor.workshop import BuildResult
from services.targets.targets import Targets
from services.tasks.briefing import History, Names
from services.text.formatting import plural

_log = logging.getLogger(__name__)
_TURN_POLL = 0.2
_CANCEL_POLL = 1.0
_EDITED = " (edited)"
_SAME_PROGRAM = {TaskKind.AGAIN, TaskKind.PARAMETERS, TaskKind.RESUME}
_SAME_VALUES = {*_SAME_PROGRAM, TaskKind.EDIT, TaskKind.CHECK, TaskKind.EXECUTE}
# The model writes another version of a program; where it changes a default, that is the newer word.
_OTHER_VERSION = {TaskKind.FIX, TaskKind.CHANGE}
_TITLE = 120


@dataclass(frozen=True, slots=True)
class Result:
    """How the work on a task ended; `proposal_id` also names a draft that does not work."""

    status: TaskStatus
    text: str
    proposal_id: str | None = None


StoredResult = dict[str, str | None]
"""The same as a durable workflow records it: `status` and `proposal_id`. The text is in the row of the task."""


class _UnderWay:
    """One task in progress: what its thread shows, and what it has cost."""

    def __init__(self, store: Store, notifier: Notifier, task: Task, session: Session, meter: Meter) -> None:
        self._store = store
        self._notifier = notifier
        self.task = task
        self.session = session
        self.meter = meter
        self.target = ""
        self._progress = TaskProgress()

    async def stage(self, stage: Stage) -> None:
        if stage.sha256:
            await self._store.audit.unsealed(
                self.task, self.session, target=self.target, sha256=stage.sha256, where=stage.where
            )
        before = self._progress.stages
        if before and stage.phase is before[-1].phase is Phase.INSTALLING:
            before = before[:-1]  # the same step, further on
        stages = (*before, without_secrets(stage))
        await self._show(replace(self._progress, stages=stages))
        # The process may die at any stage; what it has cost by then is spent all the same.
        await self.account(TaskStatus.WORKING)

    async def words(self, words: str) -> None:
        await self._show(replace(self._progress, words=masked(words)))

    async def account(self, status: TaskStatus) -> None:
        await self._store.spendings.put(self.task, self.session.channel, status, self.meter.spent)

    async def _show(self, progress: TaskProgress) -> None:
        self._progress = progress
        await self._notifier.notify(TaskProgressed(self.task, self.session, progress))


class TaskSteps:
    """Works on tasks, one at a time per session."""

    def __init__(
        self,
        store: Store,
        notifier: Notifier,
        supervisor: Supervising,
        workshop: Inspecting,
        targets: Targets,
        *,
        permissions: Permissions,
        meter: Callable[[], Meter] = Meter,
        attachments: Attachments | None = None,
        names: Names | None = None,
        inputs: InputLimits = DEFAULT,
    ) -> None:
        self._store = store
        self._notifier = notifier
        self._supervisor = supervisor
        self._workshop = workshop
        self._targets = targets
        self._permissions = permissions
        self._cards = ProposalCards(store=store, targets=targets, approvals=permissions.approvals)
        self._meter = meter
        self._attachments = attachments or NoAttachments()
        self._inputs = inputs
        self._history = History(store, names or _as_it_is)
        self._working: dict[str, asyncio.Task[Result]] = {}

    async def accept(self, task: Task, session: Session) -> None:
        """Save a request for the workflow that opens it by its ID."""
        await self._store.requests.put(task, session)

    async def open(self, task_id: str) -> bool:
        """Record the task and show that work has begun; False where its workspace has left and the request was deleted."""
        if accepted := await self._store.requests.find(task_id):
            await self._store.sessions.ensure(accepted.session)
            await self._store.tasks.add(accepted.task)
            await self._store.requests.drop(task_id)
        elif await self._store.tasks.find(task_id) is None:
            return False
        task, session = await self._both(task_id)
        session = await self._notifier.open_task(task, session)
        await self._store.sessions.root(session.id, session.thread_ts)
        await self._show_open(session.id)
        return True

    async def wait_for_turn(self, task_id: str) -> None:
        """Return once every earlier task of the same session has ended."""
        reported = False
        while ahead := await self._store.tasks.ahead_of(task_id):
            if not reported:
                task, session = await self._both(task_id)
                note = f"{plural(len(ahead), 'earlier request')} in this thread"
                waiting = TaskProgress((Stage(Phase.QUEUED, note=note),))
                await self._notifier.notify(TaskProgressed(task, session, waiting))
                reported = True
            await asyncio.sleep(_TURN_POLL)

    async def work(self, task_id: str) -> StoredResult:
        """Do the work; repeated from its start after a crash, since nothing of it is visible but progress."""
        result = await self._result(task_id)
        await self._store.tasks.summarize(task_id, masked(result.text))
        return {"status": str(result.status), "proposal_id": result.proposal_id}

    async def _result(self, task_id: str) -> Result:
        await self._store.tasks.move(task_id, TaskStatus.WORKING)
        task, session = await self._both(task_id)
        if task.ended:
            return Result(task.status, task.summary)
        meter = self._meter()
        meter.before = await self._store.spendings.of_task(task_id)
        way = _UnderWay(self._store, self._notifier, task, session, meter)
        try:
            with span("task", task=task.id, kind=task.kind):
                work = self._working[task_id] = asyncio.create_task(self._work(way))
                watcher = asyncio.create_task(self._stop_when_cancelled(task_id, work))
                try:
                    result = await work
                finally:
                    watcher.cancel()
        except RaygenError as error:
            result = Result(TaskStatus.FAILED, error.public)
        except asyncio.CancelledError:
            if (await self._store.tasks.get(task_id)).status is not TaskStatus.CANCELLED:
                raise
            result = Result(TaskStatus.CANCELLED, "Stopped.")
        finally:
            self._working.pop(task_id).cancel()
        await way.account(result.status)
        return result

    async def conclude(self, task_id: str, result: StoredResult, summary: str | None = None) -> None:
        """Record how the task ended, post its proposal, and update the thread."""
        proposal_id = result["proposal_id"]
        await self._store.tasks.move(task_id, TaskStatus(result["status"]), summary=summary)
        task, session = await self._both(task_id)
        proposal = await self._store.proposals.find(proposal_id) if proposal_id else None
        if proposal is not None and task.status is TaskStatus.PROPOSED:
            await self._store.proposals.move(proposal.id, ProposalStatus.OPEN)
            proposal = await self._store.proposals.get(proposal.id)
        if proposal is not None:
            whole = await self._store.artifacts.whole(proposal.id)
            proposal = replace(proposal, validation=replace(proposal.validation, artifacts=whole.artifacts))
        spent = await self._store.spendings.of_task(task_id)
        card = await self._cards.build(task, proposal, session) if proposal else None
        await self._notifier.notify(TaskEnded(task, session, card, spent))
        await self._store.sessions.spoke(session.id)
        if task.status is TaskStatus.PROPOSED:
            await self._supersede(session, task.user, keep=proposal_id)
        await self._show_open(session.id, but=proposal_id)

    async def fail(self, task_id: str, sentence: str) -> None:
        """End a task whose workflow broke unexpectedly."""
        await self.conclude(task_id, {"status": TaskStatus.FAILED, "proposal_id": None}, sentence)

    async def give_up(self, task_id: str, sentence: str) -> None:
        """The same, without a word: nothing in its thread waits for it any more."""
        await self._store.tasks.move(task_id, TaskStatus.FAILED, summary=sentence)

    async def cancel(self, task_id: str, by: str = "") -> bool:
        """Stop the work at once; False when it had ended."""
        if not await self._store.tasks.move(task_id, TaskStatus.CANCELLED, summary="Stopped.", by=by):
            return False
        if working := self._working.get(task_id):
            working.cancel()
        return True

    async def _work(self, way: _UnderWay) -> Result:
        task = way.task
        base = await self._store.proposals.find(task.base) if task.base else None
        problems = await self._collect(task)
        files = await self._files(task, base)
        target = way.target = self._target(task, base)
        destination = Destination(
            target=target,
            user=task.user,
            channel=way.session.channel,
            profile=await self._targets.profile(target),
            own_validation=self._targets.validates_itself(target, task.user),
        )
        conclusion = await self._conclusion(way, base, files, destination)
        text = "\n\n".join([conclusion.text, *problems])
        if conclusion.made is None or conclusion.made.program is None:
            status = TaskStatus.ANSWERED if conclusion.made is None else TaskStatus.FAILED
            return Result(status, text)
        program = conclusion.made.program
        header = await run_isolated(script, program.code)
        files = await companions_of(program.code, files)
        proposal = _proposal(way, conclusion.made, program, header, target=target, files=files)
        if task.kind in _SAME_VALUES:
            proposal = replace(proposal, given=_given(task, base).fitting(header.parameters))
        if task.kind in _OTHER_VERSION and base is not None:
            proposal = replace(proposal, given=base.given.fitting(header.parameters, base.header.parameters))
        if base is not None:
            proposal = replace(proposal, checkpoints=await self._left_for(task, base))
        if task.kind is TaskKind.PARAMETERS and base is not None:
            text = "\n\n".join([_verdict_on_values(base, proposal), *problems])
        await self._store.proposals.draft(proposal)
        status = TaskStatus.PROPOSED if conclusion.made.outcome.proposable else TaskStatus.FAILED
        return Result(status, text, proposal.id)

    async def _stop_when_cancelled(self, task_id: str, work: asyncio.Task[Result]) -> None:
        """Stop the work soon after another replica has recorded a stop."""
        while True:
            await asyncio.sleep(_CANCEL_POLL)
            if (await self._store.tasks.get(task_id)).status is TaskStatus.CANCELLED:
                work.cancel()
                return

    async def _collect(self, task: Task) -> list[str]:
        """Keep the files that came with a request; a sentence for each that can't be kept."""
        files, problems = await collect(task.attachments, self._attachments, self._inputs)
        for file in files:
            await self._store.inputs.keep(task.session_id, file)
        if files:
            await self._show_open(task.session_id)
        return problems

    async def _files(self, task: Task, base: Proposal | None) -> Sequence[InputFile]:
        """The newest files of the thread, with the modules that were edited; for the same program again, those of that proposal."""
        try:
            if task.kind in _SAME_PROGRAM and base is not None:
                return await self._store.inputs.exactly(task.session_id, base.inputs)
            files = {file.name: file for file in await self._store.inputs.latest(task.session_id)}
            edited = await self._store.inputs.exactly(task.session_id, task.modules)
            return list((files | {file.name: file for file in edited}).values())
        except LookupError as error:
            raise BadRequest(f"The input file {error} is no longer available. Share it again.") from None

    async def _conclusion(
        self,
        way: _UnderWay,
        base: Proposal | None,
        files: Sequence[InputFile],
        destination: Destination,
    ) -> Conclusion:
        task, origin = way.task, Origin(way.session.id, way.task.id)
        if task.kind is TaskKind.EDIT and task.code is not None and base is not None:
            program, resumed = await _edited(base.program, task.code), await self._resumed(task, base)
            made = await self._workshop.inspect(
                program,
                way.stage,
                files,
                origin,
                _given(task, base),
                resumed=resumed,
                destination=destination,
            )
            return Conclusion(_verdict_on_edit(made), made)
        if task.kind in {TaskKind.CHECK, TaskKind.EXECUTE} and task.code is not None:
            converted = await projects.plain(task.code)
            program = await _brought(task, converted.code)
            made = await self._workshop.inspect(
                program, way.stage, files, origin, task.given, destination=destination
            )
            return Conclusion(" ".join(filter(None, (converted.note, _verdict_on_own(made)))), made)
        if task.kind in _SAME_PROGRAM and base is not None:
            resumed = await self._resumed(task, base)
            made = await self._workshop.inspect(
                base.program,
                way.stage,
                files,
                origin,
                _given(task, base),
                resumed=resumed,
                destination=destination,
            )
            text = _verdict_resumed(made) if task.kind is TaskKind.RESUME else _verdict_again(made, base)
            return Conclusion(text, replace(made, model=base.model, prompt=base.prompt))
        chosen = (await self._store.preferences.of(task.user)).model
        known = await self._history.briefing(task, way.session)
        briefing = replace(known, files=files, origin=origin, model=chosen, destination=destination)
        if task.kind in _OTHER_VERSION and base is not None:
            briefing = replace(briefing, given=base.given, declared=base.header.parameters)
        return await self._supervisor.handle(briefing, way.stage, way.meter, way.words)

    async def _resumed(self, task: Task, base: Proposal) -> Resumed:
        """What the next program finds in place; only an edit may have other packages."""
        left = await self._left_for(task, base)
        if not left and task.kind is not TaskKind.RESUME:
            return FROM_THE_START
        try:
            in_place = await self._store.checkpoints.exactly(left)
        except LookupError:
            raise BadRequest("The checkpoints of that run are no longer stored. Run it again.") from None
        return Resumed(checkpoints=in_place, lock=NO_LOCK if task.kind is TaskKind.EDIT else base.lock)

    async def _left_for(self, task: Task, base: Proposal) -> Checkpoints:
        """What the run of `base` left, to resume it; what `base` itself finds, for an edit of it or other values."""
        if task.kind in {TaskKind.EDIT, TaskKind.PARAMETERS}:
            return base.checkpoints
        run = await self._store.runs.find(run_id(base.id)) if task.kind is TaskKind.RESUME else None
        return run.checkpoints if run else NO_CHECKPOINTS

    def first_target(self, user: str, wanted: str) -> str:
        """Where a new program of this person would run."""
        return self._targets.first_for(user, wanted)

    def _target(self, task: Task, base: Proposal | None) -> str:
        """Where the new program would run: where the person wants it, or where the one that it comes from would."""
        return self._targets.first_for(task.user, task.target, base.target if base else "")

    async def _supersede(self, session: Session, user: str, keep: str | None) -> None:
        """Close the older open proposals of the thread that `user` may dismiss: a newer one is below them."""
        for proposal in await self._store.proposals.of_session(session.id):
            if proposal.id == keep or proposal.status is not ProposalStatus.OPEN:
                continue
            if not await self._permissions.allows(Action.DISMISS, proposal, user):
                continue
            if await self._store.proposals.move(proposal.id, ProposalStatus.SUPERSEDED):
                superseded = replace(proposal, status=ProposalStatus.SUPERSEDED)
                await redraw(self._cards, self._notifier, superseded)

    async def _show_open(self, session_id: str, *, but: str | None = None) -> None:
        """Have open cards of the thread say what has come up since, or that it has come to nothing.

        A card that can't be changed right now is no reason to let the request wait.
        """
        try:
            for proposal in await self._store.proposals.of_session(session_id):
                if proposal.status is ProposalStatus.OPEN and proposal.id != but:
                    await redraw(self._cards, self._notifier, proposal)
        except Exception as error:  # noqa: BLE001  # whatever it is, the work goes on
            _log.warning("an open card could not be updated: %s", error)

    async def _both(self, task_id: str) -> tuple[Task, Session]:
        task = await self._store.tasks.get(task_id)
        return task, await self._store.sessions.get(task.session_id)


def _proposal(
    way: _UnderWay,
    made: BuildResult,
    program: Program,
    header: Script,
    *,
    target: str,
    files: Sequence[InputFile],
) -> Proposal:
    """Its program keeps its code byte for byte; whatever else came with it is kept without secrets."""
    task = way.task
    return Proposal(
        id=derive("p", task.id),
        task_id=task.id,
        session_id=task.session_id,
        program=without_secrets(program),
        header=replace(header, problem=masked(header.problem)),
        policy=without_secrets(made.policy),
        validation=without_secrets(made.outcome),
        attempts=made.attempts,
        target=target,
        requester=task.user,
        model=made.model,
        created_at=time.time(),
        spent=way.meter.spent,
        failed=without_secrets(made.failed),
        prompt=made.prompt,
        lock=made.lock,
        provisions=made.provisions,
        inputs=tuple(Input(file.name, file.sha256, len(file.content)) for file in files),
    )


async def _edited(program: Program, code: str) -> Program:
    """A person's version of a program, which may do something else by now: its title follows its docstring."""
    known, words = program.title.removesuffix(_EDITED), await run_isolated(docstring, code)
    title = (
        f"{known}{_EDITED}"
        if words in {"", await run_isolated(docstring, program.code)}
        else _first_line(words)
    )
    return replace(program, title=title[:_TITLE], purpose=f"Edited from “{known}”.", code=code)


async def _as_it_is(user: str) -> str:
    return user


async def _brought(task: Task, code: str) -> Program:
    title = _first_line(await run_isolated(docstring, code)) or "Submitted program"
    return Program(title[:_TITLE], task.prompt, code)


def _first_line(words: str) -> str:
    """As a title, which ends without a full stop."""
    return words.partition("\n")[0].strip().removesuffix(".")


_IN_PART = "The program was validated in part. The card says what is not proven."


def _verdict_on_own(made: BuildResult) -> str:
    if made.outcome.verdict is Verdict.PARTIAL:
        return _IN_PART
    if made.outcome.proposable:
        return "The program passed validation."
    return f"The program did not pass validation: {evidence.plain(made.outcome)}."


def _verdict_again(made: BuildResult, base: Proposal) -> str:
    if made.outcome.proposable:
        program = (
            "The same program again, without the checkpoints"
            if base.checkpoints
            else "The same program again"
        )
        return f"{program}. Running it again needs its own approval."
    return f"The same program no longer passes validation: {evidence.plain(made.outcome)}."


def _verdict_resumed(made: BuildResult) -> str:
    if made.outcome.proposable:
        return (
            "The same program with the checkpoints of that run in place. Resuming it needs its own approval."
        )
    return f"With the checkpoints of that run in place, the program does not pass validation: {evidence.plain(made.outcome)}."


def _given(task: Task, base: Proposal | None) -> Given:
    """What a task gives its program: the person's choice, or what the program that it starts from was given."""
    if task.kind is TaskKind.PARAMETERS or base is None:
        return task.given
    return task.given or base.given


def _verdict_on_values(base: Proposal, proposal: Proposal) -> str:
    differing = f"Same program, {given.difference(base, proposal)}."
    if proposal.validation.proposable:
        return differing
    return f"{differing} It did not pass validation: {evidence.plain(proposal.validation)}."


def _verdict_on_edit(made: BuildResult) -> str:
    if made.outcome.passed:
        return "Your edit passed validation."
    if made.outcome.verdict is Verdict.PARTIAL:
        return _IN_PART
    if made.outcome.proposable:
        return "Here is your edit."
    return f"Your edit did not pass validation: {evidence.plain(made.outcome)}."
