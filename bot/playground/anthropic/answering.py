"""From a request to a dialogue, and from an answer to the message that goes on the wire."""

from __future__ import annotations

import json
import secrets
from typing import Any

from bot.playground.anthropic.schema import (
    Message,
    MessagesRequest,
    TextBlock,
    ToolResultBlock,
    ToolUseBlock,
)
from bot.playground.anthropic.usage import CHARACTERS_PER_TOKEN, InputUsage, tokens
from bot.playground.cookbook.dialogue import Answer, Dialogue, Result, Say, Turn, Use

Json = dict[str, Any]


def dialogue(request: MessagesRequest) -> Dialogue:
    """What a model sees; neighbouring messages of one role are one turn, as the API joins them."""
    turns: list[Turn] = []
    for message in request.messages:
        turn = _turn(message)
        if turns and turns[-1].role == turn.role:
            turn = _joined(turns.pop(), turn)
        turns.append(turn)
    choice = request.tool_choice
    offered = frozenset(tool.name for tool in request.tools)
    return Dialogue(
        turns=tuple(turns),
        system="\n".join(block.text for block in request.system),
        tools=frozenset[str]() if choice is not None and choice.type == "none" else offered,
        forced=choice.name if choice is not None else None,
    )


def message(request: MessagesRequest, answer: Answer, usage: InputUsage) -> Json:
    """The whole message, as it is sent when nothing is streamed; tool calls keep their text under `_raw`."""
    limited, stop, sequence = _limited(answer, request)
    content = [_block(part) for part in limited.parts]
    written = sum(tokens(_written(part)) for part in limited.parts)
    return {
        "id": f"msg_01{secrets.token_hex(11)}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": sequence,
        "stop_details": {"type": "refusal", "category": None, "explanation": None}
        if stop == "refusal"
        else None,
        "usage": {**usage.json(), "output_tokens": max(written, 1), "service_tier": "standard"},
    }


def public(message: Json) -> Json:
    """The message without what is only for the streaming of it."""
    content = [{key: value for key, value in block.items() if key != "_raw"} for block in message["content"]]
    return {**message, "content": content}


def _turn(message: Message) -> Turn:
    blocks = message.content
    return Turn(
        role=message.role,
        text="\n".join(block.text for block in blocks if isinstance(block, TextBlock)),
        calls=tuple(Use(block.name, block.input) for block in blocks if isinstance(block, ToolUseBlock)),
        results=tuple(
            Result(block.text, block.is_error) for block in blocks if isinstance(block, ToolResultBlock)
        ),
    )


def _joined(one: Turn, other: Turn) -> Turn:
    text = "\n".join(filter(None, (one.text, other.text)))
    return Turn(one.role, text, one.calls + other.calls, one.results + other.results)


def _written(part: Say | Use) -> str:
    match part:
        case Say(text):
            return text
        case Use(raw=str(raw)):
            return raw
        case Use(input=arguments):
            return json.dumps(dict(arguments), ensure_ascii=False)


def _block(part: Say | Use) -> Json:
    if isinstance(part, Say):
        return {"type": "text", "text": part.text, "citations": None}
    raw = _written(part)
    return {
        "type": "tool_use",
        "id": f"toolu_01{secrets.token_hex(11)}",
        "name": part.name,
        "input": _loaded(raw),
        "caller": {"type": "direct"},
        "_raw": raw,
    }


def _loaded(raw: str) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return {}


def _limited(answer: Answer, request: MessagesRequest) -> tuple[Answer, str, str | None]:
    """The answer as far as stop sequences and `max_tokens` let it come, and why it ends."""
    room = request.max_tokens * CHARACTERS_PER_TOKEN
    parts: list[Say | Use] = []
    for part in answer.parts:
        text = _written(part)
        if isinstance(part, Say) and (found := _first(text, request.stop_sequences)):
            parts.append(Say(text[: found[0]]))
            return Answer(tuple(parts)), "stop_sequence", found[1]
        if len(text) > room:
            parts.append(Say(text[:room]) if isinstance(part, Say) else Use(part.name, raw=text[:room]))
            return Answer(tuple(parts)), "max_tokens", None
        parts.append(part)
        room -= len(text)
    return answer, answer.stop_reason, None


def _first(text: str, sequences: tuple[str, ...]) -> tuple[int, str] | None:
    found = [(text.index(sequence), sequence) for sequence in sequences if sequence and sequence in text]
    return min(found, default=None)
