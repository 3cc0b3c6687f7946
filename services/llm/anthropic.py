"""The Messages API through the `anthropic` SDK, with every way in which a stream can break turned into one error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import anthropic
import httpx2
from anthropic.types import Message, MessageParam, TextBlock, ToolUseBlock

from services.errors import ModelUnavailable
from services.llm.interface import OnText, Reply, Text, Tool, ToolCall, ToolResult, Turn, Usage


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How to reach a model. `deadline` bounds one whole answer, retries included, in seconds."""

    model: str
    api_key: str
    base_url: str | None = None
    max_tokens: int = 16_000
    deadline: float = 180.0
    retries: int = 3


class AnthropicModel:
    """One model behind one client; implements LanguageModel."""

    def __init__(self, client: anthropic.AsyncAnthropic, settings: ModelSettings) -> None:
        self._client = client
        self._settings = settings

    async def reply(
        self,
        *,
        system: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool] = (),
        force: str | None = None,
        on_text: OnText | None = None,
    ) -> Reply:
        request = _request(self._settings, system, turns, tools, force)
        try:
            async with asyncio.timeout(self._settings.deadline):
                return await self._answer(request, on_text)
        except TimeoutError as error:
            raise ModelUnavailable("The model took too long to answer; please try again.") from error

    async def _answer(self, request: dict[str, Any], on_text: OnText | None) -> Reply:
        # The SDK retries only what fails before the first byte; a stream that broke later is asked for
        # again here, silently, as long as no text of it has been shown to anyone. ValueError is how the SDK
        # reports tool arguments that end in the middle.
        for attempt in range(self._settings.retries):
            shown = _Shown(on_text)
            try:
                return await self._stream(request, shown)
            except (anthropic.APIError, httpx2.HTTPError, ValueError, _CutShort) as error:
                if attempt + 1 == self._settings.retries or shown.any or not _worth_retrying(error):
                    raise ModelUnavailable(_sentence(error)) from error
                await asyncio.sleep(0.2 * 2**attempt)
        raise ModelUnavailable

    async def _stream(self, request: dict[str, Any], shown: _Shown) -> Reply:
        async with self._client.messages.stream(**request) as stream:
            async for text in stream.text_stream:
                await shown(text)
            message = cast("Message", await stream.get_final_message())
        if message.stop_reason is None:
            raise _CutShort
        return _reply(message)


@asynccontextmanager
async def open_model(settings: ModelSettings) -> AsyncGenerator[AnthropicModel]:
    """A model whose connections are closed with the context."""
    async with anthropic.AsyncAnthropic(
        api_key=settings.api_key, base_url=settings.base_url, max_retries=2, timeout=settings.deadline
    ) as client:
        yield AnthropicModel(client, settings)


class _CutShort(Exception):
    """The stream ended without `message_stop`; the SDK says nothing about it."""


class _Shown:
    """Passes text on, and remembers that it did."""

    def __init__(self, listener: OnText | None) -> None:
        self._listener = listener
        self.any = False

    async def __call__(self, text: str) -> None:
        if self._listener is not None:
            self.any = True
            await self._listener(text)


def _request(
    settings: ModelSettings, system: str, turns: Sequence[Turn], tools: Sequence[Tool], force: str | None
) -> dict[str, Any]:
    request: dict[str, Any] = {
        "model": settings.model,
        "max_tokens": settings.max_tokens,
        # Prompt and tools are the stable prefix of every call; marking it lets the provider cache it.
        "system": [{"type": "text", "text": system, "cache_control": {"type": "ephemeral"}}],
        "messages": [_message(turn) for turn in turns],
    }
    if tools:
        request["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}
            for tool in tools
        ]
    if force:
        request["tool_choice"] = {"type": "tool", "name": force}
    return request


def _message(turn: Turn) -> MessageParam:
    return cast("MessageParam", {"role": turn.role, "content": [_block(part) for part in turn.parts]})


def _block(part: Text | ToolCall | ToolResult) -> dict[str, Any]:
    match part:
        case Text(text):
            return {"type": "text", "text": text}
        case ToolCall(id=call_id, name=name, arguments=arguments):
            return {"type": "tool_use", "id": call_id, "name": name, "input": dict(arguments)}
        case ToolResult(call_id, content, is_error):
            return {
                "type": "tool_result",
                "tool_use_id": call_id,
                "content": content,
                "is_error": is_error,
            }


def _reply(message: Message) -> Reply:
    parts: list[Text | ToolCall] = []
    for block in message.content:
        if isinstance(block, TextBlock) and block.text:
            parts.append(Text(block.text))
        elif isinstance(block, ToolUseBlock):
            parts.append(ToolCall(block.id, block.name, cast("dict[str, Any]", block.input)))
    usage = message.usage
    return Reply(
        parts=tuple(parts),
        stop=str(message.stop_reason),
        model=message.model,
        usage=Usage(usage.input_tokens, usage.output_tokens, usage.cache_read_input_tokens or 0),
    )


def _worth_retrying(error: Exception) -> bool:
    if isinstance(error, anthropic.APIStatusError):
        # An error event inside a stream arrives with status 200; its type says what it was.
        return error.status_code in {200, 429} or error.status_code >= 500
    return True


def _sentence(error: Exception) -> str:
    match error:
        case anthropic.AuthenticationError() | anthropic.PermissionDeniedError():
            return "The model service refused our key; `raygen doctor` says what to change."
        case anthropic.RateLimitError() | anthropic.OverloadedError():
            return "The model is busy right now; please try again in a minute."
        case anthropic.NotFoundError():
            return "The configured model does not exist; `raygen doctor` says what to change."
        case anthropic.BadRequestError():
            return "The model could not take this conversation; please start a new thread."
        case _:
            return "The model can't be reached right now; please try again in a minute."
