"""Fakes that speak raygen's interfaces: what the unit tests put in place of Slack, a sealed cluster and a target."""

from __future__ import annotations

import math
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from services.approvals import ApprovalPolicy, ApprovalRule, Person
from services.approvals.authorizer import Authorizer, Directory
from services.approvals.permissions import Permissions
from services.domain.checkpoints import CheckpointFile
from services.domain.entities import Session, Task
from services.domain.errors import Outdated
from services.domain.values import InputFile, Outcome, Readiness, Verdict
from services.execution.interface import Event, Finished, Job, Target
from services.execution.state import ClusterState, Share
from services.notifications.events import (
    ApprovalRequested,
    CodeRequested,
    GrantChanged,
    NotebookRequested,
    ProposalChanged,
    ResultShared,
    RunContinues,
    RunEnded,
    RunProgressed,
    RunStarted,
    SessionEvent,
    TaskEnded,
    TaskProgressed,
)
from services.proposals.cards import ProposalCards
from services.store import Store
from services.targets.targets import ConfiguredTarget, Targets
from services.validation.interface import BARE, Setup, ValidationLease, ValidationLimits, Waiting


@dataclass
class FakeValidator:
    """Answers with `outcomes` in order; counts leases and keeps the code it was given."""

    outcomes: list[Outcome]
    codes: list[str] = field(default_factory=list)
    setups: list[Setup] = field(default_factory=list)
    checkpoints: list[tuple[CheckpointFile, ...]] = field(default_factory=list)
    leases: int = 0
    open_leases: int = 0

    @asynccontextmanager
    async def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        checkpoints: Sequence[CheckpointFile] = (),
        waiting: Waiting | None = None,
    ) -> AsyncGenerator[ValidationLease]:
        self.leases += 1
        self.checkpoints.append(tuple(checkpoints))
        self.open_leases += 1
        try:
            yield self
        finally:
            self.open_leases -= 1

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        self.codes.append(code)
        self.setups.append(setup)
        return self.outcomes.pop(0)

    where = ""

    def readiness(self) -> Readiness:
        return Readiness("validation", ready=True)


@dataclass
class RecordingNotifier:
    """Records each event as a short line."""

    recorded: list[str] = field(default_factory=list)

    async def open_task(self, task: Task, session: Session) -> Session:
        self.recorded.append(f"opened {task.id}")
        return session if session.thread_ts else replace(session, thread_ts=f"root-{session.id}")

    async def notify(self, event: SessionEvent) -> None:
        if isinstance(event, ResultShared) and any(
            line.startswith(f"{event.run.id} shared") for line in self.recorded
        ):
            raise Outdated("That result has been shared already.")
        self.recorded.append(_line(event))


def _line(event: SessionEvent) -> str:
    match event:
        case TaskProgressed(task, _, progress):
            return f"{task.id} {progress.stages[-1].phase}"
        case TaskEnded(task, _, card):
            return f"{task.id} {task.status} {card.proposal.status if card else '-'}"
        case ProposalChanged(card):
            return f"{card.proposal.id} {card.proposal.status}"
        case ApprovalRequested(card, users, by):
            names = ", ".join(users) or card.approvers or "nobody"
            return f"{card.proposal.id} wants {names}, {by or 'reminder'}"
        case GrantChanged(grant):
            return f"{grant.proposal_id} for the thread by {grant.user} {grant.ended_by}".rstrip()
        case _:
            return _line_of_run(event)


def _line_of_run(
    event: RunStarted
    | RunProgressed
    | RunContinues
    | RunEnded
    | ResultShared
    | CodeRequested
    | NotebookRequested,
) -> str:
    match event:
        case RunStarted(run):
            return f"{run.id} opened"
        case RunProgressed(run, _, _, view):
            stopped = f" stopped by {run.stopped_by}" if run.stopped_by else ""
            return f"{run.id} {view.status} {view.output!r}{stopped}"
        case RunContinues(run, hours=hours):
            return f"{run.id} after {hours} h"
        case RunEnded(run):
            return f"{run.id} {run.outcome.verdict if run.outcome else '-'}"
        case ResultShared(run, user=user):
            return f"{run.id} shared by {user}"
        case CodeRequested() | NotebookRequested():
            return _line_of_file(event)


def _line_of_file(event: CodeRequested | NotebookRequested) -> str:
    if isinstance(event, CodeRequested):
        return f"{event.proposal.id} code for {event.user}"
    return f"{event.owner} notebook for {event.user}"


@dataclass
class FakeDirectory:
    """Everybody is a member, but for those it knows to be something else."""

    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    channels: dict[str, frozenset[str]] = field(default_factory=dict)

    async def look_up(self, user: str) -> Person:
        return self.people.get(user) or Person(user, user, guest=user == "UGUEST")

    async def group(self, group: str) -> frozenset[str]:
        return self.groups.get(group, frozenset())

    async def is_in(self, user: str, channel: str) -> bool:
        return user in self.channels.get(channel, frozenset())


@dataclass
class FakeTarget:
    """Runs nothing: gives back scripted events and counts submissions; `refusals` are raised first."""

    events: list[Event] = field(
        default_factory=lambda: [Finished(Outcome(verdict=Verdict.PASSED, stdout="Result: 3\n"))]
    )
    refusals: list[Exception] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    name: str = "embedded"
    address: str = ""

    async def submit(self, job: Job) -> bool:
        if self.refusals:
            raise self.refusals.pop(0)
        if job.submission_id in self.jobs:
            return False
        self.jobs[job.submission_id] = job
        return True

    async def follow(self, submission_id: str) -> AsyncGenerator[Event]:
        for event in self.events:
            yield event

    async def stop(self, submission_id: str) -> bool:
        self.stopped.append(submission_id)
        return submission_id in self.jobs

    async def readiness(self) -> Readiness:
        return Readiness("target", ready=True)

    async def state(self) -> ClusterState:
        return ClusterState(version="2.60.0", nodes=1, shares={"CPU": Share(1, 4)})


def here(*targets: Target) -> Targets:
    """These targets, without terms; one called `embedded` where there are none."""
    return Targets(ConfiguredTarget(target) for target in targets or (FakeTarget(),))


def approving(
    store: Store, *rules: ApprovalRule, directory: Directory | None = None, expiry: float = math.inf
) -> Authorizer:
    """By these rules; without any every member may approve, and without a directory everybody is one, in no channel."""
    policy = ApprovalPolicy(rules or [ApprovalRule()])
    return Authorizer(store=store, policy=policy, directory=directory or FakeDirectory(), expiry=expiry)


def permissions(
    store: Store, approvals: Authorizer | None = None, targets: Targets | None = None
) -> Permissions:
    """As the bot has them; without `approvals` everybody is a member of the workspace, and in no channel."""
    return Permissions(store, targets or here(), approvals or approving(store))


def proposal_cards(store: Store, approvals: Authorizer, targets: Targets | None = None) -> ProposalCards:
    """As the bot has them; without `targets` there is one called `embedded`."""
    return ProposalCards(store=store, targets=targets or here(), approvals=approvals)
