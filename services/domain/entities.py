"""What raygen remembers: sessions, tasks, proposals and runs, with the moves each may make.

Times are POSIX seconds. IDs are derived from their cause, so the same cause never makes two of a thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from services.domain.filenames import importable
from services.domain.program_header import Script
from services.domain.values import (
    Attempt,
    Engine,
    Outcome,
    PolicyReport,
    Program,
    Spent,
    sha256,
)


class TaskKind(StrEnum):
    """What a task starts from: a sentence, a person's own edit of a program, or a wish for another draft.

    `explain` is a text that somebody points at, and wants explained.
    `change` is a sentence about a program that has run, and `again` the wish for that very program. `check` and `execute`
    bring a program of one's own; what `execute` brings runs once it has passed, since who asks for it may approve it.
    """

    PROMPT = "prompt"
    EDIT = "edit"
    REGENERATE = "regenerate"
    FIX = "fix"
    CHANGE = "change"
    AGAIN = "again"
    CHECK = "check"
    EXECUTE = "execute"
    EXPLAIN = "explain"


class TaskStatus(StrEnum):
    """Where a task stands; everything but `queued` and `working` is an end."""

    QUEUED = "queued"
    WORKING = "working"
    PROPOSED = "proposed"
    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ProposalStatus(StrEnum):
    """Where a proposal stands; only an `open` one can be decided."""

    DRAFT = "draft"
    OPEN = "open"
    APPROVED = "approved"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class RunStatus(StrEnum):
    """Where a run stands."""

    STARTING = "starting"
    RUNNING = "running"
    ENDED = "ended"


Status = TaskStatus | ProposalStatus | RunStatus

TRANSITIONS: dict[Status, frozenset[Status]] = {
    TaskStatus.QUEUED: frozenset({TaskStatus.WORKING, TaskStatus.FAILED, TaskStatus.CANCELLED}),
    TaskStatus.WORKING: frozenset(
        {TaskStatus.PROPOSED, TaskStatus.ANSWERED, TaskStatus.FAILED, TaskStatus.CANCELLED}
    ),
    ProposalStatus.DRAFT: frozenset({ProposalStatus.OPEN}),
    ProposalStatus.OPEN: frozenset(
        {
            ProposalStatus.APPROVED,
            ProposalStatus.DISMISSED,
            ProposalStatus.SUPERSEDED,
            ProposalStatus.EXPIRED,
        }
    ),
    RunStatus.STARTING: frozenset({RunStatus.RUNNING, RunStatus.ENDED}),
    RunStatus.RUNNING: frozenset({RunStatus.ENDED}),
}


def sources(target: Status) -> frozenset[Status]:
    """The states from which `target` may be reached."""
    return frozenset(source for source, targets in TRANSITIONS.items() if target in targets)


def derive(prefix: str, *causes: str) -> str:
    """An ID that the same causes always give again, such as `t_5f0c…`."""
    return f"{prefix}_{sha256(chr(0).join(causes))[:16]}"


@dataclass(frozen=True, slots=True)
class Session:
    """One Slack thread. `thread_ts` is empty until the thread's first message has been posted."""

    id: str
    channel: str
    thread_ts: str
    owner: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that came with a message: where it can be had, and its size in bytes."""

    name: str
    size: int
    url: str


@dataclass(frozen=True, slots=True)
class Input:
    """An input file of a proposal, by name and content."""

    name: str
    sha256: str
    size: int

    @property
    def is_code(self) -> bool:
        """Whether the program can import it, so that people and the policy read it, too."""
        return importable(self.name)


@dataclass(frozen=True, slots=True)
class Task:
    """One request in a session. `code` is a program by a person's own hand; `base` is the proposal it starts from.

    `target` is where the person wants its program to run, empty for where theirs run anyway; `unseen` is a request that was
    made beside its thread, such as in a form, so that the thread has to be told of it. `retry_of` is the task that this one
    tries again, maybe for somebody else.
    """

    id: str
    session_id: str
    kind: TaskKind
    prompt: str
    user: str
    code: str | None = None
    base: str | None = None
    status: TaskStatus = TaskStatus.QUEUED
    summary: str = ""
    created_at: float = 0.0
    attachments: tuple[Attachment, ...] = ()
    target: str = ""
    unseen: bool = False
    retry_of: str = ""

    @property
    def ended(self) -> bool:
        return self.status not in {TaskStatus.QUEUED, TaskStatus.WORKING}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A program with its evidence, awaiting a decision on exactly this code with exactly these inputs.

    `header` is what the header of its code asks for, as it was when the proposal was made. `failed` are the drafts before it; `prompt` is the version of the prompt that it was written by. `approved_by` are those
    who have approved it so far, of as many as are `needed`, and `voided` those who had before another target was chosen;
    `reason` is why it was rejected, and `grant` the approval for the whole thread by which it was approved.
    """

    id: str
    task_id: str
    session_id: str
    program: Program
    header: Script
    policy: PolicyReport
    validation: Outcome
    attempts: int
    target: str
    requester: str
    model: str = ""
    status: ProposalStatus = ProposalStatus.DRAFT
    decided_by: str | None = None
    decided_at: float | None = None
    created_at: float = 0.0
    spent: Spent = field(default_factory=Spent)
    inputs: tuple[Input, ...] = ()
    failed: tuple[Attempt, ...] = ()
    prompt: str = ""
    approved_by: tuple[str, ...] = ()
    needed: int = 1
    reason: str = ""
    grant: str = ""
    voided: tuple[str, ...] = ()

    @property
    def runnable(self) -> bool:
        """Whether a target could run it at all; it takes an approval besides."""
        return self.program.engine is Engine.RAY and self.validation.passed


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of an approved proposal; its ID is the submission ID on the target.

    `created_at` is when it was approved, `turn_at` when a run that had to wait got its turn, `ended_at` when it was over.
    `stopped_by` is who asked for its end; empty where that was raygen, since its workspace had left.
    """

    id: str
    proposal_id: str
    session_id: str
    target: str
    approver: str
    status: RunStatus = RunStatus.STARTING
    stopped_by: str | None = None
    outcome: Outcome | None = None
    created_at: float = 0.0
    turn_at: float | None = None
    ended_at: float | None = None

    @classmethod
    def of(cls, proposal: Proposal, *, approver: str, created_at: float) -> Self:
        """The one run that `proposal` can ever have."""
        return cls(
            id=run_id(proposal.id),
            proposal_id=proposal.id,
            session_id=proposal.session_id,
            target=proposal.target,
            approver=approver,
            created_at=created_at,
        )


def run_id(proposal_id: str) -> str:
    """The submission ID that belongs to a proposal."""
    return f"raygen-{proposal_id.removeprefix('p_')}"
