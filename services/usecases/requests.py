"""What people can ask for: a program, an explanation, a change of what there is, and the end of a request."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.approvals.actions import Action
from services.approvals.permissions import Permissions
from services.domain.entities import (
    Attachment,
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
from services.domain.errors import BadRequest, NotAllowed, Outdated
from services.domain.input_files import checked as checked_files
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.values import InputFile
from services.security.redaction import masked
from services.store import Store
from services.tasks.admission import Admission
from services.tasks.steps import TaskSteps
from services.text.formatting import head_and_tail
from services.usecases.limits import PROMPT_LIMIT, check_length, checked
from services.workflows import Workflows

_log = logging.getLogger(__name__)

# So long after a person has spoken, what another one says is an answer to that, in seconds.
_CONVERSATION = 600.0


@dataclass(frozen=True, slots=True)
class Request:
    """A request as a surface heard it; `cause` is what makes it itself, `thread_ts` is empty for a new thread.

    `target` and `unseen` are as those of a task.
    """

    cause: str
    prompt: str
    user: str
    channel: str
    thread_ts: str
    team: str = ""
    attachments: tuple[Attachment, ...] = ()
    target: str = ""
    unseen: bool = False

    @property
    def task_id(self) -> str:
        """The one task that this request can ever begin."""
        return derive("t", self.cause)


@dataclass(frozen=True, slots=True)
class Addressee:
    """For whom somebody has spoken: for raygen (`ours`), or for people.

    `taken_for` is the person whom they seem to have answered, where they might as well have meant raygen; or nobody.
    """

    ours: bool = False
    taken_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestActions:
    """Takes requests; what it has accepted is durable when its call returns."""

    store: Store
    tasks: TaskSteps
    workflows: Workflows
    admission: Admission
    """Asked before a request is taken: where, how often and at which cost."""
    permissions: Permissions
    """Asked before anything is done with what may be another person's."""

    async def ask(self, ask: Request) -> None:
        """Begin a task for a prompt. Raises BadRequest when there is nothing to work on or far too much."""
        prompt = masked(ask.prompt.strip()) or _about(ask.attachments)
        if not prompt:
            raise BadRequest("What should run? For example: `/raygen estimate pi with 100 tasks`.")
        check_length(prompt)
        await self._take(ask, TaskKind.PROMPT, prompt)

    async def explain(self, ask: Request) -> None:
        """Have a text explained that somebody points at, such as an error. Raises BadRequest when there is nothing in it."""
        files = ", ".join(file.name for file in ask.attachments)
        text = masked(ask.prompt.strip()) or (f"It stands in the attached {files}." if files else "")
        if not text:
            raise BadRequest("There is no text to explain in that message.")
        await self._take(ask, TaskKind.EXPLAIN, head_and_tail(text, limit=PROMPT_LIMIT).text)

    async def forget(self, team: str, when: float) -> None:
        """Delete what a workspace has left that took raygen away then (POSIX seconds)."""
        await self.workflows.begin_leaving(team, when)

    async def submit(self, ask: Request, code: str, *, run: bool, given: Given = NOTHING_GIVEN) -> None:
        """Validate a program that somebody brings; with `run` it then runs, if they may approve that.

        Raises BadRequest where what is `given` for it doesn't fit the program.
        """
        given = await checked(code, given)
        kind = TaskKind.EXECUTE if run and await self._may_approve_own(ask) else TaskKind.CHECK
        await self._take(ask, kind, masked(ask.prompt), code, given)

    async def revise(self, before: str, now: Request | None) -> None:
        """Follow a person who edits a request, or deletes it (None), while it is worked on; what has its answer stays."""
        task = await self.store.tasks.find(derive("t", before))
        if task is None:
            return
        if now is not None:
            # Of a deletion Slack doesn't say who did it: the writer, or an administrator.
            await self.permissions.check(Action.STOP, task, now.user, current=False)
        if await self.tasks.cancel(task.id, now.user if now else "") and now is not None:
            await self.ask(now)

    async def edit(
        self, proposal_id: str, code: str, user: str, cause: str, modules: Iterable[InputFile] = ()
    ) -> None:
        """Validate a person's own version of a program and its modules, as a new proposal.

        Raises BadRequest for a module that can't be one.
        """
        proposal = await self.permissions.proposal(Action.EDIT, proposal_id, user, current=False)
        files = checked_files(modules)
        await self._derived(
            proposal, user, cause, TaskKind.EDIT, prompt="Edited the program.", code=code, files=files
        )

    async def set_parameters(self, proposal_id: str, given: Given, user: str, cause: str) -> None:
        """Propose the same program with other values. Raises BadRequest where they are the ones that it has."""
        proposal = await self.permissions.proposal(Action.PARAMETERS, proposal_id, user, current=False)
        if given == proposal.given:
            raise BadRequest("The proposal already has these values. Change at least one of them.")
        given = Given.of(proposal.header.parameters, given.values, given.arguments)
        await self._derived(
            proposal, user, cause, TaskKind.PARAMETERS, prompt="Changed the parameters.", given=given
        )

    async def regenerate(self, proposal_id: str, user: str) -> None:
        """Have the program of an open proposal written anew."""
        proposal = await self.permissions.proposal(Action.REGENERATE, proposal_id, user)
        task = await self.store.tasks.get(proposal.task_id)
        await self._derived(
            proposal, user, f"regenerate {proposal_id}", TaskKind.REGENERATE, prompt=task.prompt
        )

    async def fix(self, proposal_id: str, user: str) -> None:
        """Hand the error of a failed run back to the supervisor."""
        proposal = await self.permissions.proposal(Action.FIX, proposal_id, user)
        await self._derived(
            proposal, user, f"fix {proposal_id}", TaskKind.FIX, prompt="The run failed; fix the program."
        )

    async def change(self, proposal_id: str, text: str, user: str, cause: str) -> None:
        """Ask for another version of a program. Raises BadRequest when the text says nothing or is far too long."""
        if not text.strip():
            raise BadRequest("Say in a few words what should be different.")
        check_length(text)
        proposal = await self.permissions.proposal(Action.CHANGE, proposal_id, user, current=False)
        await self._derived(proposal, user, cause, TaskKind.CHANGE, prompt=masked(text.strip()))

    async def again(self, proposal_id: str, user: str) -> None:
        """Propose the same program once more; it needs an approval of its own, and so has at most one open card."""
        proposal = await self.permissions.proposal(Action.RERUN, proposal_id, user)
        await self._repeated(proposal, user, TaskKind.AGAIN, "Run the same program again.")

    async def resume(self, proposal_id: str, user: str) -> str:
        """Propose the same program with the checkpoints of its run in place, on the same terms; the task. Raises Outdated for none."""
        proposal = await self.permissions.proposal(Action.RESUME, proposal_id, user)
        run = await self.store.runs.find(run_id(proposal_id))
        if run is None or not run.checkpoints:
            raise Outdated("That run left no checkpoints.")
        return await self._repeated(proposal, user, TaskKind.RESUME, "Resume the run from its checkpoints.")

    async def _repeated(self, proposal: Proposal, user: str, kind: TaskKind, prompt: str) -> str:
        before = [
            task
            for task in await self.store.tasks.of_session(proposal.session_id)
            if task.kind is kind and task.base == proposal.id
        ]
        if before and await self._pending(before[-1]):
            raise Outdated("That program was already proposed again. Its card is below in this thread.")
        cause = f"{kind} {proposal.id} {len(before)}"
        await self._derived(proposal, user, cause, kind, prompt=prompt)
        return derive("t", cause)

    async def retry(self, task_id: str, user: str) -> None:
        """Work again on a task that failed or was stopped."""
        task = await self.permissions.task(Action.RETRY, task_id, user)
        session = await self.store.sessions.get(task.session_id)
        again = replace(
            task,
            id=derive("t", "retry", task.id),
            user=user,
            status=TaskStatus.QUEUED,
            summary="",
            created_at=time.time(),
            retry_of=task.id,
        )
        await self._begin(again, session)

    async def stop_task(self, task_id: str, user: str) -> None:
        await self.permissions.task(Action.STOP, task_id, user)
        if not await self.tasks.cancel(task_id, user):
            raise Outdated("That request has already ended.")

    async def addressed(
        self, channel: str, thread_ts: str, user: str, when: float, *, named: bool = False
    ) -> Addressee:
        """For whom a message in a thread is, said then (POSIX seconds) without a mention of raygen.

        It is a follow-up from somebody who has asked something there, unless it names somebody else (`named`), or another
        person has spoken just before, to whom it is the answer.
        """
        session = await self.store.sessions.in_thread(channel, thread_ts)
        if session is None:
            return Addressee()
        last, then = await self.store.sessions.overheard(session.id)
        if (last, then) == (user, when):
            return Addressee()
        answers = last not in {"", user} and when - then < _CONVERSATION
        asked = any(task.user == user for task in await self.store.tasks.of_session(session.id))
        if asked and not named and not answers:
            return Addressee(ours=True)
        await self.store.sessions.overhear(session.id, user, when)
        return Addressee(taken_for=last if asked and not named else "")

    async def stop_thread(self, channel: str, thread_ts: str, user: str) -> None:
        """Stop all requests of a thread that have not ended and that `user` may stop.

        Raises NotAllowed where there are some, and none of them is theirs to stop. Without a `user` nothing is stopped.
        """
        if not user:
            _log.warning("a stop in %s names nobody, so nothing is stopped", channel)
            return
        session = await self.store.sessions.in_thread(channel, thread_ts)
        tasks = await self.store.tasks.of_session(session.id) if session else []
        ahead = [task for task in tasks if not task.ended]
        asked = [(task, await self.permissions.permission(Action.STOP, task, user)) for task in ahead]
        for task, permission in asked:
            if permission.allowed:
                await self.tasks.cancel(task.id, user)
        if asked and not any(permission.allowed for _, permission in asked):
            raise NotAllowed(asked[0][1].sentence)

    async def _take(
        self,
        ask: Request,
        kind: TaskKind,
        prompt: str,
        code: str | None = None,
        given: Given = NOTHING_GIVEN,
    ) -> None:
        """Begin the one task that a request makes."""
        session = await self._session(ask)
        task = Task(
            id=ask.task_id,
            session_id=session.id,
            kind=kind,
            prompt=prompt,
            user=ask.user,
            code=code,
            created_at=time.time(),
            attachments=ask.attachments,
            target=await self._wanted(ask),
            unseen=ask.unseen,
            given=given,
        )
        await self._begin(task, session)

    async def _wanted(self, ask: Request) -> str:
        """The target that a person names now, or else has chosen for always; empty for neither."""
        return ask.target or (await self.store.preferences.of(ask.user)).target

    async def _begin(self, task: Task, session: Session, files: Iterable[InputFile] = ()) -> None:
        """Durable once this returns, with these new files. Raises NotAllowed and TooOften where the limits stand against it."""
        await self.admission.admit(task, session)
        for file in files:
            await self.store.inputs.keep(session.id, file)
        await self.workflows.begin_task(task, session)
        if session.thread_ts:
            await self.store.sessions.addressed(session.id)

    async def _session(self, ask: Request) -> Session:
        if ask.thread_ts and (known := await self.store.sessions.in_thread(ask.channel, ask.thread_ts)):
            return known
        origin = (ask.channel, ask.thread_ts) if ask.thread_ts else (ask.cause,)
        return Session(derive("s", *origin), ask.channel, ask.thread_ts, ask.user, ask.team)

    async def _derived(
        self,
        proposal: Proposal,
        user: str,
        cause: str,
        kind: TaskKind,
        *,
        prompt: str,
        code: str | None = None,
        given: Given = NOTHING_GIVEN,
        files: Sequence[InputFile] = (),
    ) -> None:
        """Begin the one task that this cause makes of a proposal."""
        session = await self.store.sessions.get(proposal.session_id)
        task = Task(
            id=derive("t", cause),
            session_id=session.id,
            kind=kind,
            prompt=prompt,
            user=user,
            code=code,
            base=proposal.id,
            created_at=time.time(),
            given=given,
            modules=tuple(Input(file.name, file.sha256, len(file.content)) for file in files),
        )
        await self._begin(
            task,
            session,
            [file for file, each in zip(files, task.modules, strict=True) if each not in proposal.inputs],
        )

    async def _pending(self, task: Task) -> bool:
        """Whether a task is worked on, or its proposal awaits its decision."""
        proposal = await self.store.proposals.find(derive("p", task.id))
        return not task.ended or (proposal is not None and proposal.status is ProposalStatus.OPEN)

    async def _may_approve_own(self, ask: Request) -> bool:
        """Whether a person may approve a program that they bring; what it turns out to need is asked then."""
        target = self.tasks.first_target(ask.user, await self._wanted(ask))
        return (await self.permissions.approvals.standing(target, ask.channel, ask.user, own=True)).allowed


def _about(attachments: tuple[Attachment, ...]) -> str:
    """What somebody wants who sends files without a word."""
    return f"Work with the attached {', '.join(file.name for file in attachments)}." if attachments else ""
