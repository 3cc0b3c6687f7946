"""The front desk: everything that a surface can ask of raygen, each as one call."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass, replace

from services.approvals.actions import Action
from services.approvals.authorizer import Authorizer
from services.approvals.permissions import Permissions
from services.domain.entities import (
    Attachment,
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
from services.domain.values import InputFile, Outcome
from services.runs.steps import RunSteps
from services.security.redaction import masked
from services.store import Store
from services.store.preferences import Preference
from services.tasks.admission import Admission
from services.tasks.steps import TaskSteps
from services.text.formatting import head_and_tail
from services.workflows import Workflows

_log = logging.getLogger(__name__)

PROMPT_LIMIT = 8000
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


@dataclass(frozen=True, slots=True)
class FrontDesk:
    """Takes requests and decisions; what it has accepted is durable before it returns."""

    store: Store
    tasks: TaskSteps
    runs: RunSteps
    workflows: Workflows
    admission: Admission
    permissions: Permissions
    """Asked before anything is done with what may be somebody else's."""
    models: tuple[str, ...] = ()
    """Those that people may choose from; none where there is no choice."""

    @property
    def approvals(self) -> Authorizer:
        """Who may approve a run."""
        return self.permissions.approvals

    async def ask(self, ask: Request) -> None:
        """Begin a task for a prompt. Raises BadRequest when there is nothing to work on or far too much."""
        prompt = masked(ask.prompt.strip()) or _about(ask.attachments)
        if not prompt:
            raise BadRequest("What should run? For example: `/raygen estimate pi with 100 tasks`.")
        _check_length(prompt)
        await self._take(ask, TaskKind.PROMPT, prompt)

    async def explain(self, ask: Request) -> None:
        """Have a text explained that somebody points at, such as an error. Raises BadRequest when there is nothing in it."""
        files = ", ".join(file.name for file in ask.attachments)
        text = masked(ask.prompt.strip()) or (f"It stands in the attached {files}." if files else "")
        if not text:
            raise BadRequest("There is no text to explain in that message.")
        await self._take(ask, TaskKind.EXPLAIN, head_and_tail(text, limit=PROMPT_LIMIT).text)

    async def preference(self, user: str) -> Preference:
        """What a person has chosen for all that they ask."""
        return await self.store.preferences.of(user)

    async def prefer(
        self, user: str, *, target: str | None = None, direct: bool | None = None, model: str | None = None
    ) -> Preference:
        """Change what is given; all of it as it is then. Raises Outdated for a model that is not on offer."""
        known = await self.preference(user)
        if model and model not in self.models:
            raise Outdated("That model is no longer available. Choose another one.")
        chosen = Preference(
            known.target if target is None else target,
            known.direct if direct is None else direct,
            known.model if model is None else model,
        )
        await self.store.preferences.put(user, chosen)
        return chosen

    async def forget(self, team: str, when: float) -> None:
        """Delete what a workspace has left that took raygen away then (POSIX seconds)."""
        await self.workflows.begin_leaving(team, when)

    async def submit(self, ask: Request, code: str, *, run: bool) -> None:
        """Validate a program that somebody brings; with `run` it then runs, if they may approve that."""
        kind = TaskKind.EXECUTE if run and await self._may_approve_own(ask) else TaskKind.CHECK
        await self._take(ask, kind, masked(ask.prompt), code)

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

    async def edit(self, proposal_id: str, code: str, user: str, cause: str) -> None:
        """Validate a person's own version of a program, as a new proposal."""
        await self._permitted(Action.EDIT, proposal_id, user, current=False)
        await self._derived(proposal_id, user, cause, TaskKind.EDIT, prompt="Edited the program.", code=code)

    async def regenerate(self, proposal_id: str, user: str) -> None:
        """Have the program of an open proposal written anew."""
        proposal = await self._permitted(Action.REGENERATE, proposal_id, user)
        task = await self.store.tasks.get(proposal.task_id)
        await self._derived(
            proposal_id, user, f"regenerate {proposal_id}", TaskKind.REGENERATE, prompt=task.prompt
        )

    async def fix(self, proposal_id: str, user: str) -> None:
        """Hand the error of a failed run back to the supervisor."""
        await self._permitted(Action.FIX, proposal_id, user)
        await self._derived(
            proposal_id, user, f"fix {proposal_id}", TaskKind.FIX, prompt="The run failed; fix the program."
        )

    async def change(self, proposal_id: str, text: str, user: str, cause: str) -> None:
        """Ask for another version of a program. Raises BadRequest when the text says nothing or is far too long."""
        if not text.strip():
            raise BadRequest("Say in a few words what should be different.")
        _check_length(text)
        await self._permitted(Action.CHANGE, proposal_id, user, current=False)
        await self._derived(proposal_id, user, cause, TaskKind.CHANGE, prompt=masked(text.strip()))

    async def again(self, proposal_id: str, user: str) -> None:
        """Propose the same program once more; it needs an approval of its own, and so has at most one open card."""
        proposal = await self._permitted(Action.RERUN, proposal_id, user)
        before = [
            task
            for task in await self.store.tasks.of_session(proposal.session_id)
            if task.kind is TaskKind.AGAIN and task.base == proposal_id
        ]
        if before and await self._pending(before[-1]):
            raise Outdated("That program was already proposed again. Its card is below in this thread.")
        cause = f"again {proposal_id} {len(before)}"
        await self._derived(proposal_id, user, cause, TaskKind.AGAIN, prompt="Run the same program again.")

    async def share(self, proposal_id: str, user: str) -> None:
        """Show a result to the whole channel, once."""
        await self._permitted(Action.SHARE, proposal_id, user)
        await self.runs.share(proposal_id, user)

    async def vote(self, subject: str, user: str, *, helpful: bool) -> None:
        """Keep what a person thinks of an answer (a task's ID) or a result (a run's); their last vote counts."""
        run = await self.store.runs.find(subject)
        if run is not None:
            task_id = (await self._permitted(Action.VOTE, run.proposal_id, user)).task_id
        elif (task := await self.store.tasks.find(subject)) is not None:
            await self.permissions.check(Action.VOTE, task, user)
            task_id = subject
        else:
            raise Outdated("That answer is no longer stored, so it can't be rated.")
        await self.store.votes.put(subject, task_id, user, helpful=helpful)

    async def hand_out_code(self, proposal_id: str, user: str) -> None:
        """Put the program into its thread as a file, or tell `user` where it is."""
        await self._permitted(Action.DOWNLOAD, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "code")
        await self.runs.hand_out_code(proposal_id, user)

    async def outcome(self, proposal_id: str, user: str) -> tuple[Proposal, Outcome]:
        """A proposal, and what came of it last, for `user` to look at: of its run, or else of its validation."""
        proposal = await self._permitted(Action.VIEW, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "details")
        run = await self.store.runs.find(run_id(proposal_id))
        return proposal, run.outcome if run and run.outcome else proposal.validation

    async def retry(self, task_id: str, user: str) -> None:
        """Work again on a task that failed or was stopped."""
        task = await self._task(Action.RETRY, task_id, user)
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

    async def approve(self, proposal_id: str, digest: str, target: str, user: str) -> None:
        """Run exactly this code on this target, once, as soon as enough people have approved it.

        Raises NotAllowed for the wrong person or target, and Outdated for a decided card.
        """
        proposal = await self._known(proposal_id)
        if proposal.status is ProposalStatus.APPROVED:
            # The approval may have outlived a process that died before it could start the run.
            await self.workflows.begin_run(proposal_id)
        proposal = await self.runs.approve(proposal_id, digest, user, target)
        if proposal.status is ProposalStatus.APPROVED:
            await self.workflows.begin_run(proposal_id)

    async def has_decided(self, proposal_id: str, user: str) -> bool:
        """Whether a person's decision is on record, or somebody else's that leaves them nothing to decide."""
        proposal = await self.store.proposals.find(proposal_id)
        return proposal is None or proposal.status is not ProposalStatus.OPEN or user in proposal.approved_by

    async def approve_thread(self, proposal_id: str, digest: str, target: str, user: str) -> None:
        """The same, and for a while what is no more than this runs in its thread without another decision."""
        await self._known(proposal_id)
        await self.runs.approve_thread(proposal_id, digest, user, target)
        await self.workflows.begin_run(proposal_id)

    async def end_grant(self, grant_id: str, user: str) -> None:
        """End an approval for a thread; for who gave it, who profits by it, and those who may approve there."""
        grant = await self.store.grants.find(grant_id)
        if grant is None:
            raise Outdated
        if user != grant.user:
            await self._permitted(Action.END, grant.proposal_id, user)
        await self.runs.end_grant(grant, user)

    async def ask_approvers(self, proposal_id: str, user: str) -> None:
        """Have the approvers of an open proposal asked, once."""
        await self._permitted(Action.ASK, proposal_id, user)
        await self.workflows.begin_asking(proposal_id, user)

    async def retarget(self, proposal_id: str, target: str, user: str) -> None:
        """Have an undecided proposal run on another target."""
        await self._permitted(Action.RETARGET, proposal_id, user)
        await self.runs.retarget(proposal_id, target, user)

    async def dismiss(self, proposal_id: str, user: str) -> None:
        await self._permitted(Action.DISMISS, proposal_id, user)
        await self.runs.dismiss(proposal_id, user)

    async def reject(self, proposal_id: str, reason: str, user: str) -> None:
        """The same with a reason, which the next draft in the thread heeds. Raises BadRequest for none or one far too long."""
        if not reason.strip():
            raise BadRequest("Say in a few words why it should not run.")
        _check_length(reason)
        await self._permitted(Action.DISMISS, proposal_id, user)
        await self.runs.dismiss(proposal_id, user, masked(reason.strip()))

    async def stop_task(self, task_id: str, user: str) -> None:
        await self._task(Action.STOP, task_id, user)
        if not await self.tasks.cancel(task_id, user):
            raise Outdated("That request has already ended.")

    async def stop_run(self, run_id: str, user: str) -> None:
        run = await self.store.runs.find(run_id)
        if run is None:
            raise Outdated("That run has already ended.")
        await self._permitted(Action.STOP, run.proposal_id, user)
        await self.runs.stop(run_id, user)

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

    async def to_edit(self, proposal_id: str, user: str) -> Proposal:
        """A proposal that can be edited now, for `user` to do so. Raises NotAllowed and Outdated."""
        proposal = await self._permitted(Action.EDIT, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "code, to edit it")
        return proposal

    async def edited(self, proposal_id: str, user: str) -> Proposal:
        """The proposal that a form of `user` was opened to edit, however it stands by now. Raises NotAllowed."""
        return await self._permitted(Action.EDIT, proposal_id, user, current=False)

    async def to_reject(self, proposal_id: str, user: str) -> Proposal:
        """A proposal that can be rejected now, for `user` to give a reason. Raises NotAllowed and Outdated."""
        proposal = await self._permitted(Action.DISMISS, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, "card, to reject it")
        return proposal

    async def to_change(self, proposal_id: str, user: str) -> Proposal:
        """A proposal that has run, for `user` to ask for changes. Raises NotAllowed and Outdated."""
        return await self._permitted(Action.CHANGE, proposal_id, user)

    async def proposal(self, proposal_id: str, user: str, what: str = "attempts") -> Proposal:
        """Any proposal, for `user` to look at `what` of it. Raises NotAllowed, and Outdated when it is gone."""
        proposal = await self._permitted(Action.VIEW, proposal_id, user)
        await self.store.audit.looked(proposal_id, user, what)
        return proposal

    async def code(self, proposal_id: str, user: str) -> tuple[Proposal, list[InputFile]]:
        """A proposal and those of its Python files that are still kept, for `user` to read. Raises Outdated."""
        proposal = await self.proposal(proposal_id, user, "code")
        files: list[InputFile] = []
        for each in proposal.inputs:
            if each.is_code:
                with contextlib.suppress(LookupError):
                    files += await self.store.inputs.exactly(proposal.session_id, [each])
        return proposal, files

    async def compared(self, proposal_id: str, user: str) -> tuple[Proposal, Proposal]:
        """A proposal and the last approved program before it, for `user` to compare. Raises NotAllowed and Outdated."""
        proposal = await self.proposal(proposal_id, user, "changes")
        before = await self.store.proposals.approved_before(proposal)
        if before is None:
            raise Outdated("The program that this one was compared with is no longer stored.")
        await self.permissions.check(Action.VIEW, before, user)
        return proposal, before

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

    async def _take(self, ask: Request, kind: TaskKind, prompt: str, code: str | None = None) -> None:
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
        )
        await self._begin(task, session)

    async def _wanted(self, ask: Request) -> str:
        """The target that a person names now, or else has chosen for always; empty for neither."""
        return ask.target or (await self.preference(ask.user)).target

    async def _begin(self, task: Task, session: Session) -> None:
        """Durable once this returns. Raises NotAllowed and TooOften where the limits stand against it."""
        await self.admission.admit(task, session)
        await self.workflows.begin_task(task, session)
        if session.thread_ts:
            await self.store.sessions.addressed(session.id)

    async def _session(self, ask: Request) -> Session:
        if ask.thread_ts and (known := await self.store.sessions.in_thread(ask.channel, ask.thread_ts)):
            return known
        origin = (ask.channel, ask.thread_ts) if ask.thread_ts else (ask.cause,)
        return Session(derive("s", *origin), ask.channel, ask.thread_ts, ask.user, ask.team)

    async def _derived(
        self, proposal_id: str, user: str, cause: str, kind: TaskKind, *, prompt: str, code: str | None = None
    ) -> None:
        proposal = await self._known(proposal_id)
        session = await self.store.sessions.get(proposal.session_id)
        task = Task(
            id=derive("t", cause),
            session_id=session.id,
            kind=kind,
            prompt=prompt,
            user=user,
            code=code,
            base=proposal_id,
            created_at=time.time(),
        )
        await self._begin(task, session)

    async def _pending(self, task: Task) -> bool:
        """Whether a task is worked on, or its proposal awaits its decision."""
        proposal = await self.store.proposals.find(derive("p", task.id))
        return not task.ended or (proposal is not None and proposal.status is ProposalStatus.OPEN)

    async def _known(self, proposal_id: str) -> Proposal:
        proposal = await self.store.proposals.find(proposal_id)
        if proposal is None:
            raise Outdated
        return proposal

    async def _permitted(
        self, action: Action, proposal_id: str, user: str, *, current: bool = True
    ) -> Proposal:
        """A proposal that `user` may do this with. Raises NotAllowed and Outdated."""
        proposal = await self._known(proposal_id)
        await self.permissions.check(action, proposal, user, current=current)
        return proposal

    async def _task(self, action: Action, task_id: str, user: str) -> Task:
        """A task that `user` may do this with. Raises NotAllowed and Outdated."""
        task = await self.store.tasks.find(task_id)
        if task is None:
            raise Outdated
        await self.permissions.check(action, task, user)
        return task

    async def _may_approve_own(self, ask: Request) -> bool:
        """Whether a person may approve a program that they bring; what it turns out to need is asked then."""
        target = self.tasks.first_target(ask.user, await self._wanted(ask))
        return (await self.approvals.standing(target, ask.channel, ask.user, own=True)).allowed


def _check_length(prompt: str) -> None:
    if len(prompt) > PROMPT_LIMIT:
        raise BadRequest(
            f"That request has {len(prompt):,} characters. The limit is {PROMPT_LIMIT:,}. "
            "Shorten it and try again."
        )


def _about(attachments: tuple[Attachment, ...]) -> str:
    """What somebody wants who sends files without a word."""
    return f"Work with the attached {', '.join(file.name for file in attachments)}." if attachments else ""
