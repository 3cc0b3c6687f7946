"""How work is told to people: the one interface between raygen's services and whatever chat they are in.

Every method may be called again after a crash with the same arguments and must then change nothing but the
message it made before.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.domain.entities import Proposal, Run, Session, Task
from services.domain.program_facts import Grant
from services.domain.progress import Stage
from services.domain.values import Spent, TaskCount
from services.text.formatting import NOTHING_GONE, Gone


@dataclass(frozen=True, slots=True)
class RunView:
    """A run as it looks right now; `output` is what was written so far, but for what is `gone` from its middle.

    `elapsed` is in seconds: of the program once it has started, of the waiting for that before.
    """

    status: str
    output: str
    elapsed: float
    tasks: tuple[TaskCount, ...] = ()
    note: str = ""
    gone: Gone = NOTHING_GONE


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Work as it stands: its stages so far, the last of them under way, and what the model has said."""

    stages: tuple[Stage, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """Approvers who are asked, by IDs; `by` asks them, nobody where it is a reminder.

    Where no `users` can be named, the thread is told of `whom`, the end of `an approval by …`; empty where nobody may.
    """

    users: tuple[str, ...]
    by: str = ""
    whom: str = ""


class Notifier(Protocol):
    """Tells a session what happens in it."""

    async def task_opened(self, task: Task, session: Session) -> Session:
        """Show that work has begun; returns the session with its thread known."""
        ...

    async def task_progress(self, task: Task, session: Session, progress: RunProgress) -> None:
        """Show how far it has come; best effort, may skip all but the newest call."""
        ...

    async def task_concluded(
        self, task: Task, session: Session, proposal: Proposal | None, spent: Spent
    ) -> None:
        """Replace the progress by the answer, the proposal, or the reason why there is none, and tell what it took."""
        ...

    async def proposal_decided(self, task: Task, proposal: Proposal, session: Session) -> None:
        """Show the decision on the proposal's card, and take its buttons away."""
        ...

    async def approval_wanted(
        self, task: Task, proposal: Proposal, session: Session, wanted: ApprovalRequest
    ) -> None:
        """Ask people for their approval, or remind them of it, each once."""
        ...

    async def thread_approved(self, grant: Grant, session: Session) -> None:
        """Show that programs run without further decisions in a thread, and how to end that; or that it was ended."""
        ...

    async def run_opened(self, run: Run, proposal: Proposal, session: Session) -> None: ...

    async def run_progress(self, run: Run, proposal: Proposal, session: Session, view: RunView) -> None:
        """Show output and progress; best effort, may skip all but the newest call."""
        ...

    async def run_ended(self, run: Run, proposal: Proposal, session: Session) -> None:
        """Show the result: output, value, pictures and files, or the failure in plain words."""
        ...

    async def result_shared(self, run: Run, proposal: Proposal, session: Session, user: str) -> bool:
        """Show a result outside of its thread, in the name of `user`; False when it has been shown there before."""
        ...

    async def code_wanted(self, proposal: Proposal, session: Session, user: str) -> None:
        """Give the thread the program as a file; tell `user` alone where it is when it is there already."""
        ...
