"""A message as the server-sent events in which the API streams it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

_PIECES = 24
_SMALLEST = 6


def grammar(message: Json) -> Iterator[Json]:
    """The events of a whole message, in order."""
    usage = message["usage"]
    yield {
        "type": "message_start",
        "message": {
            **message,
            "content": [],
            "stop_reason": None,
            "stop_sequence": None,
            "stop_details": None,
            "usage": {**usage, "output_tokens": 1},
        },
    }
    for index, block in enumerate(message["content"]):
        yield from _block(index, block)
    yield {
        "type": "message_delta",
        "delta": {key: message[key] for key in ("stop_reason", "stop_sequence", "stop_details")},
        "usage": {key: value for key, value in usage.items() if key.endswith("_tokens")},
    }
    yield {"type": "message_stop"}


def frame(event: Json) -> bytes:
    """The event as it goes over the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _block(index: int, block: Json) -> Iterator[Json]:
    text = block["type"] == "text"
    empty: Json = {"text": ""} if text else {"input": {}}
    public = {key: value for key, value in block.items() if key != "_raw"}
    yield {"type": "content_block_start", "index": index, "content_block": {**public, **empty}}
    if index == 0:
        yield {"type": "ping"}
    kind, key = ("text_delta", "text") if text else ("input_json_delta", "partial_json")
    # A real stream of tool arguments begins with an empty piece.
    pieces = list(_pieces(block["text"])) if text else ["", *_pieces(block["_raw"])]
    for piece in pieces:
        yield {"type": "content_block_delta", "index": index, "delta": {"type": kind, key: piece}}
    yield {"type": "content_block_stop", "index": index}


def _pieces(text: str) -> Iterator[str]:
    size = max(_SMALLEST, -(-len(text) // _PIECES))
    for start in range(0, len(text), size):
        yield text[start : start + size]
