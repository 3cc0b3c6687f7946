"""What can happen in a session that people should see, as values that any surface can show."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.entities import Proposal, Run, Session, Task
from services.domain.program_facts import Grant
from services.domain.progress import Stage
from services.domain.values import Artifact, Spent, TaskCount
from services.proposals.cards import ProposalCard
from services.text.formatting import NOTHING_GONE, Gone


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """How far a task has come: its stages so far, the last of them under way, and the model's words."""

    stages: tuple[Stage, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as of now; `output` is what it has written so far, without what is `gone` from its middle.

    `elapsed` is in seconds: since the program started, or before that since the run began to wait.
    """

    status: str
    output: str
    elapsed: float
    tasks: tuple[TaskCount, ...] = ()
    note: str = ""
    gone: Gone = NOTHING_GONE


@dataclass(frozen=True, slots=True)
class TaskProgressed:
    """Best effort: a notifier may show the latest of these only."""

    task: Task
    session: Session
    progress: TaskProgress


@dataclass(frozen=True, slots=True)
class TaskEnded:
    """The answer, the proposal, or the reason why there is none replaces the progress; `spent` is what it took."""

    task: Task
    session: Session
    card: ProposalCard | None
    spent: Spent


@dataclass(frozen=True, slots=True)
class ProposalChanged:
    """A proposal's card shows something else now, such as a decision, which takes its buttons away."""

    card: ProposalCard

    @property
    def session(self) -> Session:
        return self.card.session


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """Ask `users` (IDs) to approve a proposal, each once, in the name of `by`; without `by` it is a reminder.

    Where nobody can be named, the thread learns whose approval it takes, unless nobody may approve at all.
    """

    card: ProposalCard
    users: tuple[str, ...] = ()
    by: str = ""

    @property
    def session(self) -> Session:
        return self.card.session


@dataclass(frozen=True, slots=True)
class GrantChanged:
    """An approval for a whole thread was given, which anybody there can see how to end, or it was ended."""

    grant: Grant
    session: Session


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run begins; it may still have to wait for its turn."""

    run: Run
    proposal: Proposal
    session: Session


@dataclass(frozen=True, slots=True)
class RunProgressed:
    """Best effort: a notifier may show the latest of these only."""

    run: Run
    proposal: Proposal
    session: Session
    view: RunView


@dataclass(frozen=True, slots=True)
class RunContinues:
    """A run is still going after `hours`; each number of hours is announced once, even after a restart."""

    run: Run
    proposal: Proposal
    session: Session
    view: RunView
    hours: int


@dataclass(frozen=True, slots=True)
class RunEnded:
    """A run has a result, output, value, pictures and files, or it has failed."""

    run: Run
    proposal: Proposal
    session: Session


@dataclass(frozen=True, slots=True)
class ResultShared:
    """Show a result outside of its thread, in the name of `user`; a notifier raises Outdated when it is there already."""

    run: Run
    proposal: Proposal
    session: Session
    user: str


@dataclass(frozen=True, slots=True)
class CodeRequested:
    """Put the program into the thread as a file; when it is there already, show `user` alone where."""

    proposal: Proposal
    session: Session
    user: str


@dataclass(frozen=True, slots=True)
class NotebookRequested:
    """The same with a notebook; `owner` is what its outputs are of, so that each of those is there once."""

    owner: str
    notebook: Artifact
    session: Session
    user: str


SessionEvent = (
    TaskProgressed
    | TaskEnded
    | ProposalChanged
    | ApprovalRequested
    | GrantChanged
    | RunStarted
    | RunProgressed
    | RunContinues
    | RunEnded
    | ResultShared
    | CodeRequested
    | NotebookRequested
)
