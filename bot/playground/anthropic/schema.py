"""The request of the Messages API, as far as its shape goes; what its parts mean together is checked in `rules`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MAX_MESSAGES = 100_000


def _as_blocks(value: object) -> object:
    return [{"type": "text", "text": value}] if isinstance(value, str) else value


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CacheControl(_Strict):
    """Marks the end of a prefix that is worth caching."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class TextBlock(_Strict):
    """Prose."""

    type: Literal["text"]
    text: str
    cache_control: CacheControl | None = None
    citations: Any = None


class ToolUseBlock(_Strict):
    """A call that the assistant made."""

    type: Literal["tool_use"]
    id: str = Field(pattern=r"^[a-zA-Z0-9_-]+$")
    name: str = Field(min_length=1, max_length=200)
    input: dict[str, Any]
    cache_control: CacheControl | None = None
    caller: Any = None


class _Carried(BaseModel):
    """A block that is carried along without being read."""

    model_config = ConfigDict(extra="allow", frozen=True)
    cache_control: CacheControl | None = None


class ImageBlock(_Carried):
    type: Literal["image"]
    source: dict[str, Any]


class DocumentBlock(_Carried):
    type: Literal["document"]
    source: dict[str, Any]


class SearchResultBlock(_Carried):
    type: Literal["search_result"]


class ThinkingBlock(_Carried):
    type: Literal["thinking"]
    thinking: str
    signature: str


class RedactedThinkingBlock(_Carried):
    type: Literal["redacted_thinking"]
    data: str


_Returned = Annotated[TextBlock | ImageBlock | DocumentBlock | SearchResultBlock, Field(discriminator="type")]


class ToolResultBlock(_Strict):
    """What a tool gave back; answers a `tool_use` of the message before."""

    type: Literal["tool_result"]
    tool_use_id: str = Field(pattern=r"^[a-zA-Z0-9_-]+$")
    content: Annotated[tuple[_Returned, ...], BeforeValidator(_as_blocks)] = ()
    is_error: bool = False
    cache_control: CacheControl | None = None

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.content if isinstance(block, TextBlock))


Block = Annotated[
    TextBlock
    | ToolUseBlock
    | ToolResultBlock
    | ImageBlock
    | DocumentBlock
    | SearchResultBlock
    | ThinkingBlock
    | RedactedThinkingBlock,
    Field(discriminator="type"),
]


class Message(_Strict):
    """One message; a plain string is short for one block of text."""

    role: Literal["user", "assistant"]
    content: Annotated[tuple[Block, ...], BeforeValidator(_as_blocks)]


class InputSchema(BaseModel):
    """The JSON Schema of a tool's arguments; only that it is an object is looked at."""

    model_config = ConfigDict(extra="allow", frozen=True)
    type: Literal["object"]


class Tool(BaseModel):
    """A client tool on offer."""

    model_config = ConfigDict(extra="allow", frozen=True)
    name: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,128}$")
    description: str | None = None
    input_schema: InputSchema
    cache_control: CacheControl | None = None


class ToolChoice(_Strict):
    """How tools may be used; `name` belongs to `type: tool`."""

    type: Literal["auto", "any", "tool", "none"]
    name: str | None = None
    disable_parallel_tool_use: bool | None = None


class CountRequest(_Strict):
    """What `/v1/messages/count_tokens` takes: everything that a model would read."""

    model: str = Field(min_length=1, max_length=256)
    messages: tuple[Message, ...] = Field(max_length=MAX_MESSAGES)
    system: Annotated[tuple[TextBlock, ...], BeforeValidator(_as_blocks)] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    cache_control: CacheControl | None = None
    thinking: Any = None
    output_config: Any = None


class MessagesRequest(CountRequest):
    """What `/v1/messages` takes."""

    max_tokens: int = Field(ge=0)
    stream: bool = False
    stop_sequences: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None
    service_tier: Literal["auto", "standard_only"] = "auto"
    container: Any = None
    diagnostics: Any = None
    inference_geo: str | None = None
    speed: Literal["standard", "fast"] | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
