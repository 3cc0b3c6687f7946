"""A conversation as the Messages API carries it, and an answer to it, without anything of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Say:
    """Prose from the model."""

    text: str


@dataclass(frozen=True, slots=True)
class Use:
    """The model's call of a tool; `raw` replaces the JSON of `input` on the wire, to play a damaged call."""

    name: str
    input: Mapping[str, Any] = field(default_factory=dict[str, Any])
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; without `stop` it ends with `tool_use` if it calls a tool, else with `end_turn`."""

    parts: tuple[Say | Use, ...] = ()
    stop: str | None = None

    @property
    def stop_reason(self) -> str:
        return self.stop or ("tool_use" if any(isinstance(part, Use) for part in self.parts) else "end_turn")


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool gave back."""

    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One message: its text, the calls an assistant made in it, the results a user's client sent in it."""

    role: Literal["user", "assistant"]
    text: str = ""
    calls: tuple[Use, ...] = ()
    results: tuple[Result, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialogue:
    """All that a model knows when it answers."""

    turns: tuple[Turn, ...]
    system: str = ""
    tools: frozenset[str] = frozenset()
    forced: str | None = None

    @property
    def last(self) -> Turn:
        return self.turns[-1]
