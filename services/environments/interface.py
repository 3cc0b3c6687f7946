"""What the rest of raygen knows of environments: resolve what a program needs into a lock, and have that installed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from services.domain.locks import NO_LOCK, Lock
from services.domain.values import Readiness

OnProgress = Callable[[str], Awaitable[None]]
"""Gets what is being done, for people, such as `Installing torch 2.15 (230 MB), 40%`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a program needs that may not be installed."""

    requirements: tuple[str, ...] = ()
    """Requirements in their normal form, such as `polars>=1`."""
    requires_python: str = ""
    """The versions of Python that it runs on; empty for any."""
    installed: Mapping[str, str] = field(default_factory=dict[str, str])
    """Packages of its target by normalized name, with their versions: these count as satisfied there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An installed lock."""

    lock: Lock = NO_LOCK
    """What is in it."""
    path: Path | None = None
    """The directory on this machine that Python imports it from, read-only; None for an empty lock."""
    left_out: tuple[str, ...] = ()
    """Files that were not installed since Python would run them by itself, such as `distutils-precedence.pth`."""
    held: object = field(default=None, repr=False, compare=False)
    """Keeps the directory from being removed for as long as this object, or this environment, is referenced."""


NO_ENVIRONMENT = Environment()


class Environments(Protocol):
    """Resolves and installs; each is quick when it has been done before."""

    async def lock(self, needs: Needs, on_progress: OnProgress) -> Lock:
        """What has to be installed beyond what is there; an empty lock when nothing has.

        Raises PackagesRefused with a sentence that says what to do.
        """
        ...

    async def install(self, lock: Lock, on_progress: OnProgress) -> Environment:
        """The lock, installed. Raises PackagesRefused; then nothing is left behind."""
        ...

    @property
    def directory(self) -> Path:
        """Where installed locks are: `SHA256/lib` is what Python imports from, for the sha256 of a lock."""
        ...

    def readiness(self) -> Readiness: ...
