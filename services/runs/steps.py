"""The steps of a run: exactly one execution of exactly the approved code.

A durable workflow calls `open`, `submit`, `follow`, `close` and `fail`; each may be repeated.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace

from services.approvals.recorder import Recorder
from services.domain.checkpoints import CheckpointFile
from services.domain.entities import Proposal, Run, RunStatus, Session, run_id
from services.domain.errors import NotAllowed, Outdated, SecretUnavailable, TargetUnavailable
from services.domain.refusals import refusal
from services.domain.values import InputFile, Outcome, TaskCount, Verdict
from services.execution.interface import Finished, Job, Output, Progress, Target
from services.notifications.events import (
    CodeRequested,
    NotebookRequested,
    ProposalChanged,
    ResultShared,
    RunEnded,
    RunProgressed,
    RunStarted,
    RunView,
)
from services.notifications.notifier import Notifier
from services.observability.tracing import span
from services.proposals.cards import ProposalCards
from services.proposals.notebook import notebook
from services.runs.data_masks import DataMasks
from services.runs.masking import Masked, Masking, Withheld
from services.runs.monitor import RunMonitor, requested_stop
from services.runs.provisions import RunProvisions
from services.security.known_secrets import KnownSecrets
from services.security.redaction import masked
from services.store import Store
from services.targets.targets import Targets
from services.text.formatting import Growing, plural

_SHOWN = 40_000
_TURN_POLL = 0.5
_SUBMIT_TRIES = 5


class RunSteps:
    """Carries out the runs of approved proposals."""

    def __init__(
        self,
        *,
        store: Store,
        notifier: Notifier,
        targets: Targets,
        recorder: Recorder,
        cards: ProposalCards,
        provisions: RunProvisions,
    ) -> None:
        self._store = store
        self._notifier = notifier
        self._targets = targets
        self._recorder = recorder
        self._cards = cards
        self._provisions = provisions
        self._watched: dict[str, RunMonitor] = {}
        self._known: dict[str, KnownSecrets] = {}

    async def stop(self, run_id: str, user: str) -> None:
        """Ask for the end of a run. Raises Outdated when it has ended.

        The request is repeated to a target that is out of reach, as long as the run is followed here.
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

    async def share(self, proposal: Proposal, user: str) -> None:
        """Show a result to the whole channel. Raises Outdated when there is none, or when it was shared before."""
        run = await self._store.runs.find(run_id(proposal.id))
        if run is None or run.outcome is None:
            raise Outdated("That run hasn't finished yet.")
        if not run.outcome.passed:
            raise Outdated("That run has no result to share.")
        session = await self._store.sessions.get(proposal.session_id)
        await self._notifier.notify(ResultShared(run, proposal, session, user))

    async def hand_out_code(self, proposal: Proposal, user: str) -> None:
        """Put the program into its thread as a file, or tell `user` where it is."""
        session = await self._store.sessions.get(proposal.session_id)
        await self._notifier.notify(CodeRequested(proposal, session, user))

    async def hand_out_notebook(self, proposal: Proposal, user: str) -> None:
        """The same with a notebook of the program and of what came of it last."""
        owner, made = await notebook(self._store, proposal)
        session = await self._store.sessions.get(proposal.session_id)
        await self._notifier.notify(NotebookRequested(owner, made, session, user))

    async def open(self, proposal_id: str) -> None:
        """Record the run and show that it begins."""
        proposal = await self._store.proposals.get(proposal_id)
        session = await self._store.sessions.get(proposal.session_id)
        run = Run.of(proposal, approver=proposal.decided_by or "", created_at=time.time())
        if not await self._store.runs.add(run, proposal, session):
            run = await self._store.runs.get(run.id)
        task = await self._store.tasks.get(proposal.task_id)
        await self._notifier.notify(ProposalChanged(await self._cards.build(task, proposal, session)))
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
        run, proposal = await self._run(proposal_id), await self._store.proposals.get(proposal_id)
        if run.stopped_by is not None or run.status is RunStatus.ENDED:
            return
        variables, secrets = await self._provided(run, proposal)
        self._known[run.id] = KnownSecrets(secrets)
        await self._recorder.use_up(proposal, run.id)
        inputs = await self._inputs(proposal)
        place = self._targets[run.target]
        header = proposal.header
        lock = await self._targets.to_install(proposal, run.target)
        job = Job(
            run.id,
            proposal.program.code,
            _metadata(run, proposal),
            place.terms.wall(header),
            inputs,
            header.resources or place.terms.resources,
            lock,
            proposal.command_line,
            await self._in_place(proposal),
            variables,
            secrets,
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
            finished = await self._watch(watched, target)
            opened.set_attribute("raygen.verdict", finished.outcome.verdict)
        outcome = finished.outcome
        if refused := refusal(proposal.provisions, outcome):
            outcome = replace(outcome, remarks=(*outcome.remarks, refused))
        await self._store.runs.end(run.id, outcome, finished.left)
        self._known.pop(run.id, None)

    async def close(self, proposal_id: str) -> None:
        """Post the result."""
        run, proposal, session = await self._all(proposal_id)
        if run.outcome is not None:
            run = replace(run, outcome=await self._complete(run.id, run.outcome))
        await self._notifier.notify(RunEnded(run, proposal, session))
        await self._store.sessions.spoke(session.id)

    async def fail(self, proposal_id: str, sentence: str) -> None:
        """End a run that could not be carried through, and say why."""
        self._known.pop(run_id(proposal_id), None)
        await self._store.runs.end(run_id(proposal_id), Outcome(verdict=Verdict.UNAVAILABLE, detail=sentence))
        await self.close(proposal_id)

    async def give_up(self, proposal_id: str, sentence: str) -> None:
        """The same, without a word: nothing waits for it any more."""
        await self._store.runs.end(run_id(proposal_id), Outcome(verdict=Verdict.UNAVAILABLE, detail=sentence))

    async def unfinished(self) -> list[str]:
        """Approved proposals whose run has not ended: what a restart has to see to."""
        return await self._store.proposals.unfinished()

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

    async def _in_place(self, proposal: Proposal) -> tuple[CheckpointFile, ...]:
        if not proposal.checkpoints:
            return ()
        try:
            return await self._store.checkpoints.exactly(proposal.checkpoints)
        except LookupError:
            raise NotAllowed(
                "The checkpoints of this program are no longer what was approved, so nothing was run."
            ) from None

    async def _provided(self, run: Run, proposal: Proposal) -> tuple[Mapping[str, str], Mapping[str, str]]:
        """The environment variables of its data, and those of its secrets."""
        if not proposal.provisions:
            return {}, {}
        session = await self._store.sessions.get(proposal.session_id)
        return (
            await self._provisions.variables(proposal, session, run.target),
            await self._provisions.secrets(proposal, session, run.target),
        )

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

    async def _watch(self, watched: RunMonitor, target: Target) -> Finished:
        run = watched.run
        self._watched[run.id] = watched
        try:
            async with watched.insisting(target), watched.announcing():
                return await self._follow(watched, target)
        finally:
            # A workflow that was taken away and came back follows it twice for a moment.
            if self._watched.get(run.id) is watched:
                del self._watched[run.id]

    async def _follow(self, watched: RunMonitor, target: Target) -> Finished:
        output, status, note, tasks = Growing(), "PENDING", "", tuple[TaskCount, ...]()
        run = watched.run
        mask = await self._masking(run.id, watched.proposal)
        watched.since, started = run.turn_at or run.created_at, False
        async for event in target.follow(run.id):
            match event:
                case Output(text):
                    output = output.then(mask.output(text), room=_SHOWN)
                case Progress(status=status, message=note, tasks=tasks, ran=ran):
                    if ran is not None and not started:
                        watched.since, started = time.time() - ran, True
                case Finished(outcome, left):
                    return Finished(mask.outcome(outcome), mask.left(left))
            elapsed = max(time.time() - watched.since, 0.0)
            shown = masked(output.text)
            await watched.show(
                RunView(status, shown, elapsed, mask.tasks(tasks), mask.note(note), output.gone)
            )
            watched.notified.set()
        return Finished(
            Outcome(verdict=Verdict.UNAVAILABLE, detail="The target stopped reporting on this run.")
        )

    async def _masking(self, run_id: str, proposal: Proposal) -> Masking:
        """For a run that another process has submitted, its secrets are read again."""
        try:
            known = self._known.get(run_id)
            if known is None:
                known = KnownSecrets(await self._provisions.values(proposal))
            return Masked(known, DataMasks.of(proposal))
        except SecretUnavailable as error:
            return Withheld(error.public)

    async def _all(self, proposal_id: str) -> tuple[Run, Proposal, Session]:
        proposal = await self._store.proposals.get(proposal_id)
        return (
            await self._run(proposal_id),
            proposal,
            await self._store.sessions.get(proposal.session_id),
        )

    async def _run(self, proposal_id: str) -> Run:
        return await self._store.runs.get(run_id(proposal_id))


def _metadata(run: Run, proposal: Proposal) -> dict[str, str]:
    return {
        "raygen_task": proposal.task_id,
        "raygen_session": proposal.session_id,
        "raygen_requester": proposal.requester,
        "raygen_approver": ", ".join(proposal.approved_by) or run.approver,
        "raygen_sha256": proposal.program.sha256,
        "title": proposal.program.title,
    }
