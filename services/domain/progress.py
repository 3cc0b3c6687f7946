"""The steps of a request, as a thread shows them while they happen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What is being done for a task right now."""

    QUEUED = "queued"
    THINKING = "thinking"
    WRITING = "writing"
    INSTALLING = "installing"
    SAMPLING = "sampling"
    WAITING = "waiting"
    VALIDATING = "validating"
    REPAIRING = "repairing"
    COMPUTING = "computing"


@dataclass(frozen=True, slots=True)
class Stage:
    """A step of the work, shown in the thread as it begins; `attempt` counts from 1, 0 before the first.

    `where` says in a few words where a program runs, when that is not a sealed cluster; `sha256` is then that of its code.
    """

    phase: Phase
    attempt: int = 0
    note: str = ""
    where: str = ""
    sha256: str = ""


OnStage = Callable[[Stage], Awaitable[None]]
