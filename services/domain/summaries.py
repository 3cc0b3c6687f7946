"""Requests, runs and spendings, a line for each: what histories and usage reports show."""

from __future__ import annotations

from dataclasses import dataclass

from services.domain.entities import ProposalStatus, RunStatus, TaskKind, TaskStatus
from services.domain.values import Outcome, Program


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run without its program and artifacts; times are POSIX seconds."""

    id: str
    target: str
    approver: str
    status: RunStatus
    outcome: Outcome | None
    created_at: float
    turn_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """A request in its thread; `program`, `proposal_id` and `decision` are None without one, `ran` without a run.

    `rejected` is whether it was dismissed with a reason.
    """

    task_id: str
    kind: TaskKind
    prompt: str
    user: str
    status: TaskStatus
    asked_at: float
    session_id: str
    channel: str
    thread_ts: str
    program: Program | None = None
    proposal_id: str | None = None
    decision: ProposalStatus | None = None
    ran: RunSummary | None = None
    rejected: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """What some tasks took together, and the votes on what came of them; `money` is None where no price was known."""

    name: str
    tasks: int
    calls: int
    input: int
    output: int
    cached: int
    money: float | None
    attempts: int
    seconds: float
    helpful: int = 0
    unhelpful: int = 0
