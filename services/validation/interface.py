"""What the rest of raygen knows of validation: lease something sealed, run programs in it, give it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
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
class Setup:
    """What a program runs with, besides its files."""

    arguments: tuple[str, ...] = ()
    """Its command line."""
    environment: Environment = NO_ENVIRONMENT
    """The packages that are installed for it."""
    wall: float | None = None
    """Seconds that it expects to take, where its header says so."""
    hosts: tuple[str, ...] = ()
    """Network hosts that it calls on its target, where its header says so."""
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
