"""What the rest of raygen knows of validation: lease something sealed, run programs in it, give it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from services.domain.checkpoints import CheckpointFile
from services.domain.values import InputFile, Outcome, Readiness
from services.environments.interface import NO_ENVIRONMENT, Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationLimits:
    """The hard limits of one validation attempt, for the whole process tree."""

    wall: float = 60.0
    """Seconds from start to end."""
    memory: int = 3 * 1024**3
    """Bytes in use at once."""
    output: int = 1024**2
    """Bytes of output."""
    processes: int = 512
    """Processes at once."""
    artifacts: int = 20 * 1024**2
    """Bytes of all artifacts together."""
    object_store: int = 256 * 1024**2
    """Bytes of the sealed cluster's object store, where there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataPlace:
    """Where a program finds a data connection in the seal."""

    name: str
    """The connection's name."""
    variable: str
    """The environment variable that has its location."""
    sample: Path | None = None
    """The folder with its sample on this machine; None where the program only writes to it."""
    root: str = ""
    """Its location relative to that folder, or to the place where it is written; empty for the folder itself."""
    database: bool = False
    """Whether it is a PostgreSQL database, whose sample is loaded into a server in the seal."""
    writes: bool = False
    """Whether the program may write there: what it does with a copy of the sample, if there is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provided:
    """The data and the secrets that a program is validated with."""

    places: tuple[DataPlace, ...] = ()
    """Its data connections."""
    dummies: tuple[tuple[str, str], ...] = ()
    """Environment variables of its secrets, with what stands for each."""

    def __bool__(self) -> bool:
        return bool(self.places or self.dummies)


NOTHING_PROVIDED = Provided()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a program runs with, besides its files."""

    arguments: tuple[str, ...] = ()
    """Its command line."""
    environment: Environment = NO_ENVIRONMENT
    """The packages that are installed for it."""
    wall: float | None = None
    """Seconds that it expects to take, where its header says so."""
    provided: Provided = NOTHING_PROVIDED
    """Its data and secrets."""
    hosts: tuple[str, ...] = ()
    """Network hosts that it calls on its target, where its header says so."""
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    """What its driver asks for, where its header says so; a sealed cluster does not schedule it."""
    checkpoints: tuple[CheckpointFile, ...] = ()
    """What it finds in `outputs/checkpoints`, for a lease that has not put it there itself."""


BARE = Setup()

Waiting = Callable[[float], Awaitable[None]]
"""Told, with an estimate in seconds, that a cluster is not there at once."""


class ValidationLease(Protocol):
    """One sealed cluster in the hands of one task; repair attempts share it, no other task ever sees it."""

    async def validate(
        self, code: str, setup: Setup = BARE, *, limits: ValidationLimits | None = None
    ) -> Outcome:
        """Run `code` as `__main__` with `setup` and say what came of it; failures are values, never exceptions."""
        ...


class Validator(Protocol):
    """Hands out leases; every program finds `inputs` in its working directory, and can't change them, and its own copy of
    `checkpoints` in `outputs/checkpoints`.

    `where` says in a few words where programs run; it is empty for a sealed cluster.
    """

    @property
    def where(self) -> str: ...

    def lease(
        self,
        *,
        inputs: Sequence[InputFile] = (),
        checkpoints: Sequence[CheckpointFile] = (),
        waiting: Waiting | None = None,
    ) -> AbstractAsyncContextManager[ValidationLease]: ...

    def readiness(self) -> Readiness: ...
