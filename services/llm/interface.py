"""What raygen knows of a language model: a conversation in, text and tool calls out.

The shapes follow Anthropic's Messages API (turns of text, tool calls and tool results); nothing here knows its SDK.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

OnText = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Text:
    """Prose, from a person or from the model."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model's wish to use a tool, with unchecked arguments."""

    id: str
    name: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool answered; `is_error` makes the model try something else."""

    call_id: str
    content: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One side's contribution to a conversation; roles alternate and the first is `user`."""

    role: Literal["user", "assistant"]
    parts: tuple[Text | ToolCall | ToolResult, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool on offer; `schema` is the JSON Schema of its arguments."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls.

    `cached` were read from the prompt cache, `written` into it; neither are in `input`.
    """

    input: int = 0
    output: int = 0
    cached: int = 0
    written: int = 0

    @property
    def total(self) -> int:
        return self.input + self.output + self.cached + self.written

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached + other.cached,
            self.written + other.written,
        )


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer; `stop` is the provider's reason, such as `end_turn`, `tool_use` or `max_tokens`."""

    parts: tuple[Text | ToolCall, ...]
    stop: str
    model: str
    usage: Usage = field(default_factory=Usage)

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts if isinstance(part, Text)).strip()

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        return tuple(part for part in self.parts if isinstance(part, ToolCall))

    @property
    def turn(self) -> Turn:
        """The conversation's next turn, made of this reply."""
        return Turn("assistant", self.parts)


class LanguageModel(Protocol):
    """Something that answers conversations."""

    async def reply(
        self,
        *,
        system: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool] = (),
        force: str | None = None,
        on_text: OnText | None = None,
    ) -> Reply:
        """Answer; `force` names the one tool that must be called, `on_text` gets the whole text so far as it grows.

        An answer that broke off and is asked for again begins with an empty text, so nothing is shown twice.
        Raises ModelBusy when it may be asked again after a while, ModelInterrupted when it may be at once, and
        ModelUnavailable otherwise; a partial answer is never returned.
        """
        ...
