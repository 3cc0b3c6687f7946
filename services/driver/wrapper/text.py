"""What several parts share: the shape of facts, texts cut to size, and flushed streams."""

from __future__ import annotations

import contextlib
import json
import sys
from typing import Any

Facts = dict[str, Any]

TEXT_LIMIT = 20_000


def shortened(text: str, limit: int = TEXT_LIMIT) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def tellable(text: str) -> str:
    """`text` with what can't be encoded, such as half a surrogate pair, written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def encoded(facts: Facts) -> str:
    """`facts` as JSON in one line, without what can't be written as such: that is then missing, and so unknown."""
    parts: list[str] = []
    for key, value in facts.items():
        with contextlib.suppress(Exception):
            parts.append(f"{json.dumps(str(key))}: {json.dumps(value)}")
    return "{" + ", ".join(parts) + "}"


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
