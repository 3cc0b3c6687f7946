"""Secrets that programs can use: where each value is, who may use it where, and how a run gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class EnvironmentVariable:
    """A variable of raygen's own environment."""

    variable: str


@dataclass(frozen=True, slots=True)
class SecretFile:
    """A file with the value alone; a line's end after it isn't part of it."""

    path: Path


@dataclass(frozen=True, slots=True)
class AwsSecret:
    """A secret in AWS Secrets Manager by its name or ARN; with `key`, that value of a JSON object."""

    id: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class OnTarget:
    """The target gives it to its programs itself, so raygen never has the value."""


Source = EnvironmentVariable | SecretFile | AwsSecret | OnTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret that programs can use."""

    name: str
    """The environment variable in which a program finds it."""
    source: Source
    """Where its value is."""
    description: str = ""
    """What it is for, for people and the model."""
    users: frozenset[str] = frozenset()
    """Who may use it; everyone where it is empty."""
    channels: frozenset[str] = frozenset()
    """Where it may be used: IDs, `direct` or `api`; everywhere where it is empty."""
    targets: frozenset[str] = frozenset()
    """On which targets; on all where it is empty."""

    @property
    def on_target(self) -> bool:
        return isinstance(self.source, OnTarget)


class Secrets(Protocol):
    """The secrets of this raygen."""

    def available(self, *, user: str, channel: str) -> Sequence[Secret]:
        """What a person may use in a channel, by name."""
        ...

    def usable(self, name: str, *, user: str, channel: str, target: str) -> Secret:
        """The secret of that name. Raises NotAllowed with a sentence; those of other people are as if they weren't there."""
        ...

    async def value(self, name: str) -> str:
        """Its value, read now, and never empty. Raises SecretUnavailable with a sentence."""
        ...

    async def dummy(self, name: str) -> str:
        """What a validation has in its place: of the same shape, always the same in this process, and known to `dummies_in`.

        Where the value can't be read, or is only on the target, it has the shape of a token.
        """
        ...

    def dummies_in(self, text: str) -> tuple[str, ...]:
        """The names of those secrets whose dummies are in a text."""
        ...
