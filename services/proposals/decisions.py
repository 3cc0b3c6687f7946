"""Decisions on proposals: load once, authorize once, record once in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.approvals.authorizer import Authorizer
from services.approvals.coverage import isolated_coverage
from services.approvals.decision import Decision
from services.approvals.recorder import Recorder, another_target, decided
from services.domain.entities import Proposal, ProposalStatus, Session, Task, TaskKind, derive
from services.domain.errors import NotAllowed, Outdated
from services.domain.program_facts import Grant
from services.domain.values import Engine, Verdict, sha256
from services.notifications.events import GrantChanged
from services.notifications.notifier import Notifier
from services.proposals.cards import ProposalCards
from services.proposals.redraw import redraw
from services.store import Store
from services.targets.targets import Targets


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """Records what people decide on proposals, and shows it on their cards. Starting the run is the caller's."""

    store: Store
    notifier: Notifier
    targets: Targets
    authorizer: Authorizer
    recorder: Recorder
    cards: ProposalCards

    async def approve(self, proposal: Proposal, *, digest: str, target: str, user: str) -> Proposal:
        """Record the approval of exactly the code with that sha256, on that target.

        Returns the proposal, approved once as many people have done so as the policy asks for. Raises NotAllowed for a
        person who may not approve it and for a program that this target does not run, Outdated where it was decided or
        changed since the card was shown, and StorageFull before anything is recorded.
        """
        session, decision = await self._permit(proposal, target, user)
        self._check_shown(proposal, digest, target, user)
        return await self._record(proposal, session, user, decision)

    async def approve_thread(self, proposal: Proposal, *, digest: str, target: str, user: str) -> Proposal:
        """As `approve`; programs that are no more than this then run in its thread without another decision for a while.

        Raises TooComplex, too, for a program that can't be compared with others.
        """
        session, decision = await self._permit(proposal, target, user)
        wanted = replace(proposal, target=target)
        self.recorder.may_grant(wanted, session)
        covered = await isolated_coverage(wanted)
        self._check_shown(proposal, digest, target, user)
        grant = self.recorder.grant(proposal, session, user, covered)
        approved = await self._record(proposal, session, user, decision, gives=grant)
        await self.notifier.notify(GrantChanged(grant, session))
        return approved

    async def end_grant(self, grant: Grant, user: str) -> None:
        """From now on every run of that thread takes a decision again. Raises Outdated."""
        if not await self.store.grants.end(grant.id, user):
            raise Outdated("The approval for this thread has already ended.")
        session = await self.store.sessions.get(grant.session_id)
        await self.notifier.notify(GrantChanged(replace(grant, ended_by=user), session))

    async def approve_at_once(self, task_id: str) -> str | None:
        """The ID of a task's proposal that runs without a further press; None where it waits. May be repeated."""
        task = await self.store.tasks.get(task_id)
        proposal = await self.store.proposals.find(derive("p", task_id))
        if proposal is None:
            return None
        if task.kind is TaskKind.EXECUTE:
            return await self._approve_own(task, proposal)
        if not proposal.runnable:
            return None
        if proposal.status is ProposalStatus.APPROVED:
            return proposal.id
        return await self._approve_under_grant(proposal)

    def refusal(self, proposal: Proposal, user: str) -> str:
        """What its target has against running it for `user`, as a sentence; empty when it has nothing."""
        try:
            self._admit(proposal, user)
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

    async def retarget(self, proposal: Proposal, target: str, user: str) -> Proposal:
        """Have an undecided proposal run elsewhere, which takes new approvals.

        Raises NotAllowed, and Outdated for a decided one.
        """
        self._check_undecided(proposal)
        self.targets.admit(target, user)
        if target != proposal.target and not await self.store.approvals.retarget(proposal.id, target, user):
            raise Outdated(decided(await self.store.proposals.get(proposal.id)))
        proposal = await self.store.proposals.get(proposal.id)
        await redraw(self.cards, self.notifier, proposal)
        return proposal

    async def dismiss(self, proposal: Proposal, user: str, reason: str = "") -> Proposal:
        """Record that the proposal is not to run; a `reason` makes it a rejection, and the next draft gets that reason."""
        self._check_undecided(proposal)
        moved = await self.store.proposals.move(proposal.id, ProposalStatus.DISMISSED, by=user, reason=reason)
        proposal = await self.store.proposals.get(proposal.id)
        if not moved:
            raise Outdated(decided(proposal))
        await redraw(self.cards, self.notifier, proposal)
        return proposal

    async def _permit(self, proposal: Proposal, target: str, user: str) -> tuple[Session, Decision]:
        self.store.disk.check()
        session = await self.authorizer.session(proposal)
        return session, await self.authorizer.permit(replace(proposal, target=target), session, user)

    def _check_shown(self, proposal: Proposal, digest: str, target: str, user: str) -> None:
        """Raises Outdated unless a proposal can be decided and is what the card shows, NotAllowed unless its target runs it."""
        if proposal.program.engine is not Engine.RAY:
            raise NotAllowed("raygen runs Ray programs only; take this one to your own cluster.")
        if proposal.status is not ProposalStatus.OPEN:
            raise Outdated(decided(proposal))
        if target != proposal.target:
            raise Outdated(another_target(proposal))
        if digest != proposal.program.sha256:
            raise Outdated("That card shows other code than the stored proposal; please use the newest card.")
        self._admit(proposal, user)

    def _admit(self, proposal: Proposal, user: str) -> None:
        if not proposal.runnable:
            raise NotAllowed("That program did not pass validation, so it can't be run.")
        self.targets.admit(proposal.target, user)
        if objection := self.targets.objection(proposal):
            raise NotAllowed(objection)

    def _check_undecided(self, proposal: Proposal) -> None:
        proposal = self.authorizer.as_of_now(proposal)
        if proposal.status is not ProposalStatus.OPEN:
            raise Outdated(decided(proposal))

    async def _record(
        self,
        proposal: Proposal,
        session: Session,
        user: str,
        decision: Decision,
        *,
        gives: Grant | None = None,
    ) -> Proposal:
        proposal = await self.recorder.record(proposal, session, user, decision, gives=gives)
        if proposal.status is ProposalStatus.OPEN:
            await redraw(self.cards, self.notifier, proposal)
        return proposal

    async def _approve_own(self, task: Task, proposal: Proposal) -> str | None:
        """Approve the program of a person who asked for its run and may approve it; theirs already is as good."""
        if task.code is None or unproven(proposal):
            return None
        try:
            proposal = await self.approve(
                proposal, digest=sha256(task.code), target=proposal.target, user=task.user
            )
        except (NotAllowed, Outdated):
            proposal = await self.store.proposals.get(proposal.id)
        approved = proposal.status is ProposalStatus.APPROVED and task.user in proposal.approved_by
        return proposal.id if approved else None

    async def _approve_under_grant(self, proposal: Proposal) -> str | None:
        if proposal.status is not ProposalStatus.OPEN:
            return None
        session = await self.authorizer.session(proposal)
        found = await self.recorder.granted(proposal, session)
        if found is None or self.objection(proposal, found[0].user):
            return None
        grant, decision = found
        try:
            await self.recorder.record(proposal, session, grant.user, decision, under=grant)
        except Outdated:
            return None
        return proposal.id


def unproven(proposal: Proposal) -> str:
    """Why a program does not run without a person's look at what its validation did not show; empty when nothing is left."""
    if proposal.validation.verdict is not Verdict.PARTIAL:
        return ""
    return f"It was validated only in part, so it runs after an approval. {' '.join(proposal.validation.unproven)}"
