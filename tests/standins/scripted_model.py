"""A model that says what it was given to say: the LanguageModel of the unit tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.llm.interface import OnText, Reply, Text, Tool, ToolCall, Turn


@dataclass(slots=True)
class ScriptedModel:
    """Answers with `replies` in order (errors are raised) and keeps every conversation it was given."""

    replies: list[Reply | Exception]
    seen: list[tuple[Turn, ...]] = field(default_factory=list[tuple[Turn, ...]])
    tools: list[tuple[Tool, ...]] = field(default_factory=list[tuple[Tool, ...]])

    def __post_init__(self) -> None:
        self.replies = list(self.replies)

    async def reply(
        self,
        *,
        system: str,  # the interface's
        turns: Sequence[Turn],
        tools: Sequence[Tool] = (),  # the interface's
        force: str | None = None,  # the interface's
        on_text: OnText | None = None,
    ) -> Reply:
        self.seen.append(tuple(turns))
        self.tools.append(tuple(tools))
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        if on_text is not None and reply.text:
            await on_text(reply.text)
        return reply


def says(text: str) -> Reply:
    """A closing answer in prose."""
    return Reply((Text(text),), "end_turn", "scripted")


def calls(tool: str, **arguments: object) -> Reply:
    """A reply that uses one tool."""
    return Reply((ToolCall(f"call_{tool}", tool, arguments),), "tool_use", "scripted")
