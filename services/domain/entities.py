"""What raygen remembers: sessions, tasks, proposals and runs, with the moves each may make.

Times are POSIX seconds. IDs are derived from their cause, so the same cause never makes two of a thing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from services.domain.checkpoints import NO_CHECKPOINTS, Checkpoints
from services.domain.filenames import importable
from services.domain.locks import NO_LOCK, Lock
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.program_header import Script
from services.domain.provisions import NO_PROVISIONS, Provisions
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

    `explain` is a text to explain.
    `change` is a sentence about a program that has run, `again` the wish for that very program, `parameters` the wish
    for it with other values, and `resume` the wish to go on from the checkpoints of its run. `check` and `execute`
    bring a program of one's own; what `execute` brings runs once it has passed, since who asks for it may approve it.
    """

    PROMPT = "prompt"
    EDIT = "edit"
    REGENERATE = "regenerate"
    FIX = "fix"
    CHANGE = "change"
    AGAIN = "again"
    PARAMETERS = "parameters"
    RESUME = "resume"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One request in a session."""

    id: str
    """Derived from what caused the request, so that a repeated event is the same task."""
    session_id: str
    """The thread that it belongs to."""
    kind: TaskKind
    """What is asked for."""
    prompt: str
    """The person's words, with secrets masked."""
    user: str
    """Who asked, by ID."""
    code: str | None = None
    """A program that the person wrote or edited."""
    base: str | None = None
    """The proposal that it starts from, by ID."""
    status: TaskStatus = TaskStatus.QUEUED
    """Where it stands."""
    summary: str = ""
    """The message that its thread gets at the end."""
    created_at: float = 0.0
    """When it was asked for, in POSIX seconds."""
    attachments: tuple[Attachment, ...] = ()
    """Files that came with the message."""
    target: str = ""
    """Where the person wants the program to run; empty for their usual target."""
    unseen: bool = False
    """Whether the request was made outside its thread, such as in a form, so that the thread has to show it."""
    retry_of: str = ""
    """The task that this one tries again, possibly for another person."""
    given: Given = NOTHING_GIVEN
    """Values of parameters and arguments that the person chose for the program."""
    modules: tuple[Input, ...] = ()
    """The program's modules as a person has edited them with it; files of the thread that are newer don't count."""

    @property
    def ended(self) -> bool:
        return self.status not in {TaskStatus.QUEUED, TaskStatus.WORKING}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A program with its evidence, awaiting a decision on exactly this code with exactly these inputs."""

    id: str
    """Derived from the task's ID."""
    task_id: str
    """The task that it answers."""
    session_id: str
    """The thread that it is shown in."""
    program: Program
    """The code, byte for byte as it would run, with its title and purpose."""
    header: Script
    """What the header of the code asks for, as read when the proposal was made."""
    policy: PolicyReport
    """What the static policy found in the code."""
    validation: Outcome
    """What came of running the code in validation."""
    attempts: int
    """How many drafts it took, this one included."""
    target: str
    """Where it would run."""
    requester: str
    """Who asked for it, by ID."""
    model: str = ""
    """The model that wrote it; empty for a person's own program."""
    status: ProposalStatus = ProposalStatus.DRAFT
    """Where it stands."""
    decided_by: str | None = None
    """Who decided on it last, by ID."""
    decided_at: float | None = None
    """When it was decided, in POSIX seconds."""
    created_at: float = 0.0
    """When it was made, in POSIX seconds."""
    spent: Spent = field(default_factory=Spent)
    """What the task took until then."""
    inputs: tuple[Input, ...] = ()
    """The files that it would run with."""
    failed: tuple[Attempt, ...] = ()
    """The drafts before it, in their order."""
    prompt: str = ""
    """The version of the prompt by which it was written."""
    approved_by: tuple[str, ...] = ()
    """Who has approved it so far, by ID."""
    needed: int = 1
    """How many approvals a run takes."""
    reason: str = ""
    """Why it was rejected."""
    grant: str = ""
    """The approval for the whole thread by which it was approved, by ID."""
    voided: tuple[str, ...] = ()
    """Who had approved it before another target was chosen."""
    lock: Lock = NO_LOCK
    """The packages that are installed for it."""
    given: Given = NOTHING_GIVEN
    """Values of its parameters, and further arguments, that people chose for it."""
    checkpoints: Checkpoints = NO_CHECKPOINTS
    """The checkpoints of an earlier run that it finds in place."""
    provisions: Provisions = NO_PROVISIONS
    """The data connections and secrets that it uses."""

    @property
    def command_line(self) -> tuple[str, ...]:
        """All arguments that a run of it gets."""
        return self.given.of_run(self.header.parameters)

    @property
    def runnable(self) -> bool:
        """Whether a target could run it at all; it takes an approval besides."""
        return self.program.engine is Engine.RAY and self.validation.approvable


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of an approved proposal."""

    id: str
    """The submission ID on the target, derived from the proposal's ID."""
    proposal_id: str
    """What is run."""
    session_id: str
    """The thread that shows it."""
    target: str
    """Where it runs."""
    approver: str
    """Whose approval was the last one needed, by ID."""
    status: RunStatus = RunStatus.STARTING
    """Where it stands."""
    stopped_by: str | None = None
    """Who asked to stop it, by ID; empty where raygen did because the workspace had uninstalled it."""
    outcome: Outcome | None = None
    """What came of it; None until it has ended."""
    created_at: float = 0.0
    """When it was approved, in POSIX seconds."""
    turn_at: float | None = None
    """When a run that had to wait got its turn, in POSIX seconds."""
    ended_at: float | None = None
    """When it ended, in POSIX seconds."""
    checkpoints: Checkpoints = NO_CHECKPOINTS
    """What it left for another run to go on from, where it has not passed."""

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
