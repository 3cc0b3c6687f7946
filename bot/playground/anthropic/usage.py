"""Token counts, roughly, and the prompt cache that makes a repeated prefix cheap."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from bot.playground.anthropic.schema import CountRequest

CHARACTERS_PER_TOKEN = 4
_LIFETIMES = {"5m": 300.0, "1h": 3600.0}


def tokens(text: str) -> int:
    """About how many tokens `text` has; zero only for nothing."""
    return math.ceil(len(text) / CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class InputUsage:
    """How the tokens of a prompt divide up; the three add up to all of them."""

    fresh: int
    cache_creation: int = 0
    cache_read: int = 0

    @property
    def total(self) -> int:
        return self.fresh + self.cache_creation + self.cache_read

    def json(self) -> dict[str, int]:
        return {
            "input_tokens": self.fresh,
            "cache_creation_input_tokens": self.cache_creation,
            "cache_read_input_tokens": self.cache_read,
        }


@dataclass(frozen=True, slots=True)
class _Piece:
    """One block of a prompt: its content without the marker, and how long the marker keeps it."""

    content: str
    lifetime: float | None


class PromptCache:
    """Remembers marked prefixes for as long as their markers say; there is no smallest size."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}

    def count(self, request: CountRequest) -> InputUsage:
        """The usage of this prompt, whose marked prefixes count as read from now on."""
        now = self._clock()
        self._until = {prefix: until for prefix, until in self._until.items() if until > now}
        pieces = list(_pieces(request))
        digest, total, read, marked = hashlib.sha256(request.model.encode()), 0, 0, 0
        marks: dict[str, float] = {}
        for piece in pieces:
            digest.update(piece.content.encode())
            total += tokens(piece.content)
            prefix = digest.hexdigest()
            if prefix in self._until:
                read = total
            if piece.lifetime is not None:
                marked = total
                marks[prefix] = now + piece.lifetime
        self._until |= marks
        read = min(read, marked)
        return InputUsage(total - max(read, marked), max(marked - read, 0), read)


def prompt_tokens(request: CountRequest) -> int:
    return sum(tokens(piece.content) for piece in _pieces(request))


def _pieces(request: CountRequest) -> Iterator[_Piece]:
    """The blocks in the order in which a model reads them: tools, system, messages."""
    blocks: list[Any] = [*request.tools, *request.system]
    blocks += [block for message in request.messages for block in message.content]
    for at, block in enumerate(blocks):
        marker = block.cache_control or (request.cache_control if at + 1 == len(blocks) else None)
        content = block.model_dump(mode="json", exclude={"cache_control"}, exclude_none=True)
        lifetime = _LIFETIMES[marker.ttl] if marker is not None else None
        yield _Piece(json.dumps(content, sort_keys=True, ensure_ascii=False), lifetime)
