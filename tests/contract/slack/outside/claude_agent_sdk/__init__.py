"""What sample apps import to ask an agent, which answers with the words it was asked."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class TextBlock:
    text: str


@dataclass
class AssistantMessage:
    content: list[TextBlock]


@dataclass
class ResultMessage:
    session_id: str


@dataclass
class ClaudeAgentOptions:
    system_prompt: str = ""
    mcp_servers: dict[str, Any] = field(default_factory=dict[str, Any])
    allowed_tools: list[str] = field(default_factory=list[str])
    permission_mode: str = ""
    resume: str = ""


class ClaudeSDKClient:
    def __init__(self, options: ClaudeAgentOptions) -> None:
        self._options = options
        self._asked = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None: ...

    async def query(self, text: str) -> None:
        self._asked = text

    async def receive_response(self) -> AsyncGenerator[AssistantMessage | ResultMessage]:
        again = "again " if self._options.resume else ""
        yield AssistantMessage([TextBlock(f"echo {again}{self._asked}")])
        yield ResultMessage(self._options.resume or "session")


def create_sdk_mcp_server(**named: Any) -> dict[str, Any]:
    return named


def tool(**_: Any) -> Callable[[Any], Any]:
    return lambda function: function
