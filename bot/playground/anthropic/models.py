"""The models that the stand-in answers as, with their limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.playground.anthropic.errors import ApiError


@dataclass(frozen=True, slots=True)
class Model:
    """A model's name, birthday, and token limits."""

    id: str
    display_name: str
    created_at: str
    line: str
    max_tokens: int = 128_000
    max_input_tokens: int = 1_000_000

    def json(self) -> dict[str, Any]:
        return {
            "type": "model",
            "id": self.id,
            "display_name": self.display_name,
            "created_at": self.created_at,
            "lifecycle": "active",
            "line": self.line,
            "max_tokens": self.max_tokens,
            "max_input_tokens": self.max_input_tokens,
            "capabilities": None,
            "deprecated_at": None,
            "retires_at": None,
        }


_BEDROCK = re.compile(
    r"(?:arn:aws:bedrock:[a-z0-9-]*:\d*:[a-z-]+/)?(?:[a-z]+\.)?anthropic\.(.+?)(?:-v\d+(?::\d+)?)?"
)
MODELS: Mapping[str, Model] = {
    model.id: model
    for model in (
        Model("claude-opus-5-5", "Claude Opus 5.5", "2026-07-28T00:00:00Z", "opus"),
        Model("claude-sonnet-5-5", "Claude Sonnet 5.5", "2026-07-14T00:00:00Z", "sonnet"),
        Model("claude-haiku-5-5", "Claude Haiku 5.5", "2026-06-30T00:00:00Z", "haiku", 64_000, 200_000),
        # What it is, for those who show which model answered.
        Model("cookbook", "The cookbook", "2026-06-01T00:00:00Z", "cookbook"),
    )
}


def find(name: str) -> Model:
    """The model called `name`. Raises ApiError 404 as the real service does."""
    if name not in MODELS:
        raise ApiError(404, f"model: {name}")
    return MODELS[name]


def on_bedrock(identifier: str) -> str:
    """The model behind Bedrock's ID, such as `eu.anthropic.claude-opus-5-5-v1:0`. Raises ApiError as Bedrock does."""
    known = _BEDROCK.fullmatch(identifier)
    if known is None:
        raise ApiError(400, "The provided model identifier is invalid.")
    return find(known[1]).id


def page(limit: int, after: str | None, before: str | None) -> dict[str, Any]:
    """One page of the list, newest first, with cursors that are model names."""
    names = list(MODELS)
    if after in names:
        names = names[names.index(after) + 1 :]
    if before in names:
        names = names[: names.index(before)]
    shown = names[:limit]
    return {
        "data": [MODELS[name].json() for name in shown],
        "has_more": len(names) > len(shown),
        "first_id": shown[0] if shown else None,
        "last_id": shown[-1] if shown else None,
    }
