"""What the rest of raygen knows of a target cluster: submit once, follow, stop, find again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from services.domain.checkpoints import NOTHING_LEFT, CheckpointFile, LeftFiles
from services.domain.locks import NO_LOCK, Lock
from services.domain.values import InputFile, Outcome, Readiness, TaskCount
from services.execution.state import ClusterState


@dataclass(frozen=True, slots=True)
class Job:
    """One approved program on its way to a target.

    `submission_id` is derived from the proposal, so that a target refuses a second run of it.
    `metadata` (strings) is shown on Ray's dashboard. `inputs` are in the program's directory. `wall_limit` is in seconds from
    the program's start, however long it waits for that; the target enforces it, whether or not the run is followed.
    `resources` are its driver's own; `lock` is what is installed for it. The program gets `arguments` on its command line.
    Driver and workers have the environment `variables`, which Ray's dashboard shows, and `secrets`, which are shown and stored
    nowhere. `checkpoints` are in place in its `outputs/checkpoints`.
    """

    submission_id: str
    code: str
    metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    wall_limit: float = 3600.0
    inputs: tuple[InputFile, ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    lock: Lock = NO_LOCK
    arguments: tuple[str, ...] = ()
    checkpoints: tuple[CheckpointFile, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True)
class Output:
    """More of what the program wrote, in its own order; text is raw and may end inside a line."""

    text: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the run stands: Ray's job status, what it waits for, and its tasks by name and state.

    `ran` is for how many seconds its program has run; None before it starts, and where that is unknown.
    """

    status: str
    message: str = ""
    tasks: tuple[TaskCount, ...] = ()
    ran: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """The last event of every run; `left` are the checkpoints of one that has not passed, as far as they are known."""

    outcome: Outcome
    left: LeftFiles = NOTHING_LEFT


Event = Output | Progress | Finished


class Target(Protocol):
    """A Ray cluster that runs approved programs through its Jobs API."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str:
        """The dashboard's address, for people and links; empty while it is not up."""
        ...

    async def submit(self, job: Job) -> bool:
        """Start the job; False when the target has a job of that submission ID already.

        Raises TargetUnavailable when the target can't be reached, TargetRefused when it says no.
        """
        ...

    def follow(self, submission_id: str) -> AsyncIterator[Event]:
        """The run from its beginning: output and progress as they come, then exactly one Finished.

        Follows a job that is running, ended, or was submitted by an earlier process of ours.
        A job that the target does not know ends in Verdict.UNAVAILABLE with the reason in `detail`.
        """
        ...

    async def stop(self, submission_id: str) -> bool:
        """End driver, workers and detached actors; False when there was nothing left to stop.

        Returns within seconds, as soon as their end is certain or under way; `follow` reports it.
        """
        ...

    async def readiness(self) -> Readiness: ...

    async def state(self) -> ClusterState:
        """What the cluster is like now; one that can't be asked says why."""
        ...
