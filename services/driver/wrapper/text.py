"""What several parts share: the shape of facts, texts cut to size, and flushed streams."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

Facts = dict[str, Any]

TEXT_LIMIT = 20_000


def shortened(text: str, limit: int = TEXT_LIMIT) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def tellable(text: str) -> str:
    """`text` with what can't be encoded, such as half a surrogate pair, written out."""
    return text.encode("utf-8", "backslashreplace").decode()


def flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
