"""The run desk: a decision, then exactly one execution of exactly the approved code.

What a durable workflow calls is one step of it, and may be repeated: `open`, `submit`, `follow`, `close` and `fail`.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from services.approvals.authorizer import Authorizer
from services.approvals.decision import Decision
from services.approvals.recorder import Recorder, decided
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Run,
    RunStatus,
    Session,
    TaskKind,
    derive,
    run_id,
)
from services.domain.errors import NotAllowed, Outdated, TargetUnavailable
from services.domain.program_facts import Grant
from services.domain.values import (
    Engine,
    InputFile,
    Outcome,
    TaskCount,
    Verdict,
    sha256,
)
from services.execution.interface import Finished, Job, Output, Progress, Target
from services.notifications.events import (
    CodeRequested,
    GrantChanged,
    ResultShared,
    RunEnded,
    RunProgressed,
    RunStarted,
    RunView,
)
from services.notifications.notifier import Notifier
from services.observability.tracing import span
from services.proposals.cards import ProposalCards
from services.proposals.redraw import redraw
from services.runs.monitor import RunMonitor, requested_stop
from services.security.redaction import masked, without_secrets
from services.store import Store
from services.targets.targets import Targets
from services.text.formatting import Growing, plural

_SHOWN = 40_000
_TURN_POLL = 0.5
_SUBMIT_TRIES = 5


class RunSteps:
    """Decides on proposals and runs the approved ones."""

    def __init__(self, store: Store, notifier: Notifier, targets: Targets, *, approvals: Authorizer) -> None:
        self._store = store
        self._notifier = notifier
        self._targets = targets
        self.approvals = approvals
        self._ledger = Recorder(store, self.approvals)
        self.cards = ProposalCards(store=store, targets=targets, approvals=approvals)
        self._watched: dict[str, RunMonitor] = {}

    async def approve(self, proposal_id: str, digest: str, user: str, target: str = "") -> Proposal:
        """Record the approval of exactly the code with that sha256, on that target; whoever comes too late gets Outdated.

        The proposal that is returned is approved once as many people have done so as the policy asks for. Without
        `target` it is the proposal's. Raises NotAllowed for somebody who may not approve it, and for a program that
        this target does not run. Raises StorageFull before anything is recorded.
        """
        self._store.disk.check()
        proposal = await self._store.proposals.get(proposal_id)
        chosen = target or proposal.target
        decision = await self._ledger.permit(replace(proposal, target=chosen), user)
        if proposal.program.engine is not Engine.RAY:
            raise NotAllowed("raygen runs Ray programs only; take this one to your own cluster.")
        _check_shown(proposal, digest, chosen)
        self._admit(proposal, chosen, user)
        proposal = await self._ledger.count(proposal, user, decision)
        if proposal.status is ProposalStatus.OPEN:
            await redraw(self.cards, self._notifier, proposal)
        return proposal

    async def approve_thread(self, proposal_id: str, digest: str, user: str, target: str) -> Proposal:
        """The same, and what is no more than this shall run in its thread without another decision for a while."""
        proposal = await self._store.proposals.get(proposal_id)
        await self._ledger.for_thread(replace(proposal, target=target), user)
        proposal = await self.approve(proposal_id, digest, user, target)
        grant = await self._ledger.grant(proposal, user)
        await self._notifier.notify(GrantChanged(grant, await self._store.sessions.get(grant.session_id)))
        return proposal

    async def end_grant(self, grant: Grant, user: str) -> None:
        """From now on every run of that thread takes a decision again. Raises Outdated."""
        if not await self._store.grants.end(grant.id, user):
            raise Outdated("The approval for this thread has already ended.")
        session = await self._store.sessions.get(grant.session_id)
        await self._notifier.notify(GrantChanged(replace(grant, ended_by=user), session))

    async def approve_at_once(self, task_id: str) -> str | None:
        """What a task has proposed and what runs without a further press: the proposal's ID, None where it waits.

        May be repeated.
        """
        task = await self._store.tasks.get(task_id)
        if task.kind is TaskKind.EXECUTE:
            return await self.approve_own(task_id)
        proposal = await self._store.proposals.find(derive("p", task_id))
        if proposal is None or not proposal.runnable:
            return None
        if proposal.status is ProposalStatus.APPROVED:
            return proposal.id
        found = await self._ledger.granted(proposal) if proposal.status is ProposalStatus.OPEN else None
        if found is None or self.objection(proposal, found[0].user):
            return None
        try:
            await self._ledger.count(proposal, found[0].user, found[1], found[0].id)
        except Outdated:
            return None
        return proposal.id

    async def approve_own(self, task_id: str) -> str | None:
        """Approve what the task of somebody who may approve has proposed: the proposal's ID, None when it is not to run.

        May be repeated: an approval that is theirs already is as good.
        """
        task = await self._store.tasks.get(task_id)
        proposal = await self._store.proposals.find(derive("p", task_id))
        if proposal is None or task.code is None:
            return None
        try:
            proposal = await self.approve(proposal.id, sha256(task.code), task.user)
        except (NotAllowed, Outdated):
            proposal = await self._store.proposals.get(proposal.id)
        approved = proposal.status is ProposalStatus.APPROVED and task.user in proposal.approved_by
        return proposal.id if approved else None

    async def decision(self, proposal: Proposal, user: str) -> Decision:
        """Whether `user` may approve it, by the rules and by who asked for what it comes from."""
        return await self._ledger.decision(proposal, user)

    def refusal(self, proposal: Proposal, user: str) -> str:
        """What its target has against running it for `user`, as a sentence; empty when it has nothing."""
        try:
            self._admit(proposal, proposal.target, user)
        except (NotAllowed, Outdated) as refused:
            return refused.public
        return ""

    def objection(self, proposal: Proposal, user: str) -> str:
        """Why an approval of it by `user` would not be the one that runs it, as a sentence; empty when it would be."""
        if refused := self.refusal(proposal, user):
            return refused
        if proposal.approved_by:
            return f"It has {len(proposal.approved_by)} of {proposal.needed} approvals, so someone else has to approve it."
        return ""

    async def retarget(self, proposal_id: str, target: str, user: str) -> Proposal:
        """Have an undecided proposal run elsewhere, which takes new approvals.

        Raises NotAllowed, and Outdated for a decided one.
        """
        proposal = await self.undecided(proposal_id)
        self._targets.admit(target, user)
        if target != proposal.target and not await self._store.approvals.retarget(proposal_id, target, user):
            raise Outdated(decided(await self._store.proposals.get(proposal_id)))
        proposal = await self._store.proposals.get(proposal_id)
        await redraw(self.cards, self._notifier, proposal)
        return proposal

    async def undecided(self, proposal_id: str) -> Proposal:
        """A proposal that can be decided now. Raises Outdated, for one that has waited too long as well."""
        proposal = self.approvals.as_of_now(await self._store.proposals.get(proposal_id))
        if proposal.status is not ProposalStatus.OPEN:
            raise Outdated(decided(proposal))
        return proposal

    def _admit(self, proposal: Proposal, target: str, user: str) -> None:
        if not proposal.runnable:
            raise NotAllowed("That program did not pass validation, so it can't be run.")
        self._targets.admit(target, user)
        if objection := self._targets.objection(replace(proposal, target=target)):
            raise NotAllowed(objection)

    async def dismiss(self, proposal_id: str, user: str, reason: str = "") -> Proposal:
        """Record that the proposal shall not run; with a `reason` it is rejected, and the next draft heeds that."""
        proposal = await self._decide(proposal_id, ProposalStatus.DISMISSED, user, reason)
        await redraw(self.cards, self._notifier, proposal)
        return proposal

    async def stop(self, run_id: str, user: str) -> None:
        """Ask for the end of a run. Raises Outdated when it has ended.

        A target that is out of reach is told again as long as the run is followed here.
        """
        run = await self._store.runs.find(run_id)
        if run is None or run.status is RunStatus.ENDED:
            raise Outdated("That run has already ended.")
        await self._store.runs.ask_to_stop(run_id, user)
        watched = self._watched.get(run_id)
        if watched is None:
            await self._targets[run.target].target.stop(run_id)
            return
        await watched.stop_asked(user)
        if not await requested_stop(self._targets[run.target].target, run_id):
            watched.insist.set()

    async def outcome(self, proposal_id: str) -> Outcome:
        """What came of a proposal's run. Raises Outdated when it has not ended."""
        run = await self._store.runs.find(run_id(proposal_id))
        if run is None or run.outcome is None:
            raise Outdated("That run hasn't finished yet.")
        return run.outcome

    async def share(self, proposal_id: str, user: str) -> None:
        """Show a result to the whole channel. Raises Outdated when there is none, or when it was shared before."""
        if not (await self.outcome(proposal_id)).passed:
            raise Outdated("That run has no result to share.")
        run, proposal, session = await self._all(proposal_id)
        await self._notifier.notify(ResultShared(run, proposal, session, user))

    async def hand_out_code(self, proposal_id: str, user: str) -> None:
        """Put the program into its thread as a file, or tell `user` where it is."""
        proposal = await self._store.proposals.get(proposal_id)
        session = await self._store.sessions.get(proposal.session_id)
        await self._notifier.notify(CodeRequested(proposal, session, user))

    async def open(self, proposal_id: str) -> None:
        """Record the run and show that it begins."""
        proposal = await self._store.proposals.get(proposal_id)
        approver = proposal.decided_by or ""
        await self._store.runs.add(Run.of(proposal, approver=approver, created_at=time.time()))
        run, proposal, session = await self._all(proposal_id)
        await redraw(self.cards, self._notifier, proposal)
        await self._notifier.notify(RunStarted(run, proposal, session))

    async def belongs(self, proposal_id: str) -> tuple[str, str]:
        """Who asked for a run, and its target: what limits are counted by."""
        proposal = await self._store.proposals.get(proposal_id)
        return proposal.requester, proposal.target

    async def wait_for_turn(self, proposal_id: str, *, target: bool, user: bool) -> bool:
        """Tell how many runs are ahead until this one's turn has come; False when it was stopped before.

        `target` and `user` say whether those of the same target and of the same requester count.
        """
        reported = 0
        while True:
            run, proposal, session = await self._all(proposal_id)
            if run.turn_at is not None or run.status is not RunStatus.STARTING:
                return True
            if run.stopped_by is not None:
                return False
            ahead = await self._store.entries.ahead_of(run.id, target=target, user=user)
            if ahead != reported:
                note = f"waiting for its turn: {plural(ahead, 'run')} ahead" if ahead else "it is next"
                view = RunView("QUEUED", "", time.time() - run.created_at, note=note)
                await self._notifier.notify(RunProgressed(run, proposal, session, view))
                reported = ahead
            await asyncio.sleep(_TURN_POLL)

    async def begin_turn(self, proposal_id: str) -> bool:
        """Take the turn that has come; False when the run was stopped before, and then it never starts."""
        return await self._store.runs.take_turn(run_id(proposal_id))

    async def submit(self, proposal_id: str) -> None:
        """Hand the code to the target; a target that has it already is as good."""
        run, proposal, _ = await self._all(proposal_id)
        if run.stopped_by is not None or run.status is RunStatus.ENDED:
            return
        await self._ledger.use_up(proposal, run.id)
        inputs = await self._inputs(proposal)
        place = self._targets[run.target]
        header = proposal.header
        job = Job(
            run.id,
            proposal.program.code,
            _metadata(run, proposal),
            place.terms.wall_limit,
            inputs,
            header.resources or place.terms.resources,
            header.packages,
        )
        await self._submit(place.target, job)
        await self._store.runs.move(run.id, RunStatus.RUNNING)

    async def follow(self, proposal_id: str) -> None:
        """Tell the run as it goes, and record its outcome."""
        run, proposal, session = await self._all(proposal_id)
        if run.status is RunStatus.ENDED:
            return
        if run.status is RunStatus.STARTING:
            await self._store.runs.end(run.id, Outcome(verdict=Verdict.STOPPED))
            return
        target = self._targets[run.target].target
        watched = RunMonitor(run, proposal, session, self._notifier)
        if run.stopped_by is not None and not await requested_stop(target, run.id):
            watched.insist.set()
        with span("run", run=run.id, target=run.target) as opened:
            outcome = await self._watch(watched, target)
            opened.set_attribute("raygen.verdict", outcome.verdict)
        await self._store.runs.end(run.id, outcome)

    async def close(self, proposal_id: str) -> None:
        """Post the result."""
        run, proposal, session = await self._all(proposal_id)
        if run.outcome is not None:
            run = replace(run, outcome=await self._complete(run.id, run.outcome))
        await self._notifier.notify(RunEnded(run, proposal, session))
        await self._store.sessions.spoke(session.id)

    async def fail(self, proposal_id: str, sentence: str) -> None:
        """End a run that could not be carried through, and say why."""
        await self._store.runs.end(run_id(proposal_id), Outcome(verdict=Verdict.UNAVAILABLE, detail=sentence))
        await self.close(proposal_id)

    async def give_up(self, proposal_id: str, sentence: str) -> None:
        """The same, without a word: nothing waits for it any more."""
        await self._store.runs.end(run_id(proposal_id), Outcome(verdict=Verdict.UNAVAILABLE, detail=sentence))

    async def unfinished(self) -> list[str]:
        """Approved proposals whose run has not ended: what a restart has to see to."""
        return await self._store.proposals.unfinished()

    async def _decide(
        self, proposal_id: str, status: ProposalStatus, user: str, reason: str = ""
    ) -> Proposal:
        await self.undecided(proposal_id)
        if await self._store.proposals.move(proposal_id, status, by=user, reason=reason):
            return await self._store.proposals.get(proposal_id)
        proposal = await self._store.proposals.get(proposal_id)
        raise Outdated(decided(proposal))

    async def _complete(self, run_id: str, outcome: Outcome) -> Outcome:
        """With the contents of its artifacts; those that can't be had are named in its detail."""
        whole = await self._store.artifacts.whole(run_id)
        lost = [f"{name} can't be fetched from the artifact store" for name in whole.missing]
        detail = "; ".join(filter(None, (outcome.detail, *lost))) or None
        return replace(outcome, artifacts=whole.artifacts, detail=detail)

    async def _inputs(self, proposal: Proposal) -> tuple[InputFile, ...]:
        try:
            return await self._store.inputs.exactly(proposal.session_id, proposal.inputs)
        except LookupError as error:
            raise NotAllowed(
                f"The input file {error} changed after it was approved, so nothing was run."
            ) from None

    async def _submit(self, target: Target, job: Job) -> None:
        for attempt in range(1, _SUBMIT_TRIES + 1):
            try:
                await target.submit(job)
            except TargetUnavailable:
                if attempt == _SUBMIT_TRIES:
                    raise
                await asyncio.sleep(2.0**attempt)
            else:
                return

    async def _watch(self, watched: RunMonitor, target: Target) -> Outcome:
        run = watched.run
        self._watched[run.id] = watched
        try:
            async with watched.insisting(target):
                return await self._follow(watched, target)
        finally:
            # A workflow that was taken away and came back follows it twice for a moment.
            if self._watched.get(run.id) is watched:
                del self._watched[run.id]

    async def _follow(self, watched: RunMonitor, target: Target) -> Outcome:
        output, status, note, tasks = Growing(), "PENDING", "", tuple[TaskCount, ...]()
        run = watched.run
        since, started = run.turn_at or run.created_at, False
        async for event in target.follow(run.id):
            match event:
                case Output(text):
                    output = output.then(text, room=_SHOWN)
                case Progress(status=status, message=note, tasks=tasks, ran=ran):
                    if ran is not None and not started:
                        since, started = time.time() - ran, True
                case Finished(outcome):
                    return without_secrets(outcome)
            elapsed = max(time.time() - since, 0.0)
            shown = masked(output.text)
            await watched.show(RunView(status, shown, elapsed, tasks, masked(note), output.gone))
        return Outcome(verdict=Verdict.UNAVAILABLE, detail="The target stopped telling about this run.")

    async def _all(self, proposal_id: str) -> tuple[Run, Proposal, Session]:
        proposal = await self._store.proposals.get(proposal_id)
        run = await self._store.runs.get(run_id(proposal_id))
        return run, proposal, await self._store.sessions.get(proposal.session_id)


def _check_shown(proposal: Proposal, digest: str, target: str) -> None:
    """Raises Outdated unless a proposal can be decided, and is what the card shows."""
    if proposal.status is not ProposalStatus.OPEN:
        raise Outdated(decided(proposal))
    if target != proposal.target:
        raise Outdated(f"That card shows another target than {proposal.target}; please look at it again.")
    if digest != proposal.program.sha256:
        raise Outdated("That card shows other code than the stored proposal; please use the newest card.")


def _metadata(run: Run, proposal: Proposal) -> dict[str, str]:
    return {
        "raygen_task": proposal.task_id,
        "raygen_session": proposal.session_id,
        "raygen_requester": proposal.requester,
        "raygen_approver": ", ".join(proposal.approved_by) or run.approver,
        "raygen_sha256": proposal.program.sha256,
        "title": proposal.program.title,
    }
