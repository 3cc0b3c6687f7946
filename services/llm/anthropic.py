"""One model behind the `anthropic` SDK: one attempt at an answer, and every way in which that can break as one of three errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import anthropic
import httpx2
from anthropic.types import Message, MessageParam, TextBlock, ToolUseBlock

from services.domain.errors import ModelBusy, ModelInterrupted, ModelUnavailable
from services.llm.clients import Client
from services.llm.interface import OnText, Reply, Text, Tool, ToolCall, ToolResult, Turn, Usage

_PAUSES = 5
_BUSY = frozenset(
    {"overloaded_error", "rate_limit_error", "throttlingException", "serviceUnavailableException"}
)
_UNREACHABLE = "The model can't be reached. Try again in a minute."
_STRANGE = "The model service sent an unexpected response. Try again in a minute."
_REFUSED = "The model service rejected raygen's credentials. `raygen doctor` shows what to change."
_TOO_MUCH = "The model could not process this conversation. Start a new thread."
_FINAL: dict[type[Exception], str] = {
    anthropic.AuthenticationError: _REFUSED,
    anthropic.PermissionDeniedError: _REFUSED,
    anthropic.NotFoundError: "The configured model doesn't exist. `raygen doctor` shows what to change.",
    anthropic.BadRequestError: _TOO_MUCH,
    anthropic.ContentTooLargeError: _TOO_MUCH,
}
_BUSY_STATUS = frozenset({429, 503, 529})


class AnthropicModel:
    """The model `name` of one client; implements LanguageModel, without any attempt but the first."""

    def __init__(self, client: Client, name: str, *, max_tokens: int = 16_000) -> None:
        self.name = name
        self._client = client
        self._max_tokens = max_tokens

    async def reply(
        self,
        *,
        system: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool] = (),
        force: str | None = None,
        on_text: OnText | None = None,
    ) -> Reply:
        request = self._request(system, turns, tools, force)
        try:
            return await self._answer(request, on_text)
        # ValueError is how the SDK reports tool arguments that end in the middle.
        except (anthropic.AnthropicError, httpx2.HTTPError, ValueError, OSError) as error:
            raise _translated(error) from error

    async def _answer(self, request: dict[str, Any], on_text: OnText | None) -> Reply:
        """One whole answer, of several messages when the model pauses in between."""
        messages: list[Message] = []
        for _ in range(_PAUSES):
            messages.append(await self._stream(request, "".join(map(_text, messages)), on_text))
            if messages[-1].stop_reason != "pause_turn":
                break
            said = {"role": "assistant", "content": messages[-1].content}
            request = {**request, "messages": [*request["messages"], said]}
        return _reply(messages)

    async def _stream(self, request: dict[str, Any], before: str, on_text: OnText | None) -> Message:
        async with self._client.messages.stream(**request) as stream:
            async for text in stream.text_stream:
                before += text
                if on_text is not None:
                    await on_text(before)
            try:
                message = cast("Message", await stream.get_final_message())
            except AssertionError:  # what the SDK does when nothing of a message has come
                raise ModelInterrupted(_STRANGE) from None
        if message.stop_reason is None:
            raise ModelInterrupted  # the stream ended without `message_stop`; the SDK says nothing about it
        return message

    def _request(
        self, system: str, turns: Sequence[Turn], tools: Sequence[Tool], force: str | None
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self.name,
            "max_tokens": self._max_tokens,
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


def _text(message: Message) -> str:
    return "".join(block.text for block in message.content if isinstance(block, TextBlock))


def _reply(messages: Sequence[Message]) -> Reply:
    parts: list[Text | ToolCall] = []
    for block in (block for message in messages for block in message.content):
        if isinstance(block, TextBlock) and block.text:
            parts.append(Text(block.text))
        elif isinstance(block, ToolUseBlock):
            parts.append(ToolCall(block.id, block.name, _arguments(block.input)))
    last = messages[-1]
    return Reply(
        parts=tuple(parts),
        stop=str(last.stop_reason),
        model=last.model,
        usage=sum((_usage(message) for message in messages), Usage()),
    )


def _arguments(given: object) -> dict[str, Any]:
    return cast("dict[str, Any]", given) if isinstance(given, dict) else {}


def _usage(message: Message) -> Usage:
    usage = message.usage
    return Usage(
        usage.input_tokens,
        usage.output_tokens,
        usage.cache_read_input_tokens or 0,
        usage.cache_creation_input_tokens or 0,
    )


def _translated(error: Exception) -> ModelUnavailable:
    match error:
        case ModelUnavailable():
            return error
        case anthropic.APIStatusError() if error.status_code in _BUSY_STATUS or error.type in _BUSY:
            return ModelBusy(retry_after=_retry_after(error))
        # An error event inside a stream arrives with status 200.
        case anthropic.APIStatusError() if error.status_code != 200 and error.status_code < 500:
            return ModelUnavailable(_FINAL.get(type(error)))
        case anthropic.CredentialsError():
            return ModelUnavailable(_REFUSED)
        case anthropic.APIConnectionError(__cause__=httpx2.ConnectError()):
            return ModelInterrupted(_UNREACHABLE)
        case _:
            return ModelInterrupted()


def _retry_after(error: anthropic.APIStatusError) -> float | None:
    try:
        return float(error.response.headers["retry-after"])
    except (KeyError, ValueError):
        return None
