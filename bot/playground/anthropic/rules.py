"""What the Messages API refuses although its shape is right, in the service's own words."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, TypeVar, cast

from pydantic import ValidationError

from bot.playground.anthropic import models
from bot.playground.anthropic.errors import ApiError
from bot.playground.anthropic.schema import (
    CountRequest,
    Message,
    MessagesRequest,
    TextBlock,
    ToolResultBlock,
    ToolUseBlock,
)

MAX_BREAKPOINTS = 4
_RESULTS_MISSING = (
    "messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately after: {ids}. "
    "Each `tool_use` block must have a corresponding `tool_result` block in the next message."
)
_RESULT_UNEXPECTED = (
    "messages.{at}.content.{index}: unexpected `tool_use_id` found in `tool_result` blocks: {id}. "
    "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
)

_Request = TypeVar("_Request", bound=CountRequest)


def read(kind: type[_Request], payload: Any) -> _Request:
    """The request in `payload`. Raises ApiError 400 or 404 with the sentence that the service would give."""
    if not isinstance(payload, dict):
        raise ApiError(400, "The request body must be a JSON object.")
    try:
        request = kind.model_validate(payload)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        raise ApiError(400, f"{where}: {problem['msg']}") from None
    model = models.find(request.model)
    _check_messages(request.messages)
    _check_tools(request)
    _check_breakpoints(payload)
    if isinstance(request, MessagesRequest):
        _check_sampling(request, model)
    return request


def _check_messages(messages: tuple[Message, ...]) -> None:
    if not messages:
        raise ApiError(400, "messages: at least one message is required")
    if messages[0].role != "user":
        raise ApiError(400, 'messages: first message must use the "user" role')
    for at, message in enumerate(messages):
        _check_content(at, message)
    _check_calls(messages)
    if messages[-1].role == "assistant":
        raise ApiError(
            400,
            "This model does not support assistant message prefill. "
            "The conversation must end with a user message.",
        )


def _check_content(at: int, message: Message) -> None:
    if not message.content:
        raise ApiError(
            400,
            f"messages.{at}: all messages must have non-empty content "
            "except for the optional final assistant message",
        )
    for index, block in enumerate(message.content):
        where = f"messages.{at}.content.{index}"
        if isinstance(block, TextBlock) and not block.text.strip():
            fault = "contain non-whitespace text" if block.text else "be non-empty"
            raise ApiError(400, f"messages: text content blocks must {fault}")
        if isinstance(block, ToolUseBlock) and message.role == "user":
            raise ApiError(400, f"{where}: `tool_use` blocks can only be in `assistant` messages")
        if isinstance(block, ToolResultBlock) and message.role == "assistant":
            raise ApiError(400, f"{where}: `tool_result` blocks can only be in `user` messages")


def _check_calls(messages: tuple[Message, ...]) -> None:
    """Every call is answered in the next message, and every answer has its call in the one before."""
    _check_answers(0, messages[0], set())
    for at, (before, after) in enumerate(pairwise(messages)):
        calls = [block.id for block in before.content if isinstance(block, ToolUseBlock)]
        answered = {block.tool_use_id for block in after.content if isinstance(block, ToolResultBlock)}
        if missing := [call for call in calls if call not in answered]:
            raise ApiError(400, _RESULTS_MISSING.format(at=at, ids=", ".join(missing)))
        _check_answers(at + 1, after, set(calls))


def _check_answers(at: int, message: Message, calls: set[str]) -> None:
    seen: set[str] = set()
    for index, block in enumerate(message.content):
        if not isinstance(block, ToolResultBlock):
            continue
        if block.tool_use_id not in calls:
            raise ApiError(400, _RESULT_UNEXPECTED.format(at=at, index=index, id=block.tool_use_id))
        if block.tool_use_id in seen:
            raise ApiError(
                400,
                f"messages.{at}.content.{index}: each tool_use must have a single result. "
                f"Found multiple `tool_result` blocks with id: {block.tool_use_id}",
            )
        seen.add(block.tool_use_id)


def _check_tools(request: CountRequest) -> None:
    names = [tool.name for tool in request.tools]
    if len(names) != len(set(names)):
        raise ApiError(400, "tools: Tool names must be unique.")
    choice = request.tool_choice
    if choice is None:
        return
    if not names:
        raise ApiError(400, "tool_choice may only be specified while providing tools.")
    if choice.type == "tool" and choice.name is None:
        raise ApiError(400, "tool_choice.tool.name: Field required")
    if choice.type == "tool" and choice.name not in names:
        raise ApiError(400, f"Tool '{choice.name}' not found in provided tools")


def _check_breakpoints(payload: Any) -> None:
    found = _breakpoints(payload)
    if found > MAX_BREAKPOINTS:
        raise ApiError(
            400,
            f"A maximum of {MAX_BREAKPOINTS} blocks with cache_control may be provided. Found {found}.",
        )


def _breakpoints(value: Any) -> int:
    match value:
        case {"cache_control": {"type": "ephemeral"}, **rest}:
            return 1 + _breakpoints(cast("dict[str, Any]", rest))
        case dict():
            return sum(map(_breakpoints, cast("dict[str, Any]", value).values()))
        case list():
            return sum(map(_breakpoints, cast("list[Any]", value)))
        case _:
            return 0


def _check_sampling(request: MessagesRequest, model: models.Model) -> None:
    for name in ("temperature", "top_p", "top_k"):
        if getattr(request, name) is not None:
            raise ApiError(400, f"`{name}` is deprecated for this model.")
    if request.max_tokens > model.max_tokens:
        raise ApiError(
            400,
            f"max_tokens: {request.max_tokens} > {model.max_tokens}, "
            f"which is the maximum allowed number of output tokens for {model.id}",
        )
