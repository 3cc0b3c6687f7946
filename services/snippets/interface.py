"""What the rest of raygen knows of snippets: code in, and what came of it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from services.text.formatting import human_seconds

TIMEOUT = 30.0
MEMORY = 512 * 1024**2
OUTPUT = 64_000

SAFE = frozenset(
    {
        *("__future__", "abc", "bisect", "calendar", "cmath", "collections", "collections.abc", "contextlib"),
        *(
            "copy",
            "dataclasses",
            "datetime",
            "decimal",
            "enum",
            "fractions",
            "functools",
            "graphlib",
            "heapq",
        ),
        *("itertools", "json", "math", "numbers", "operator", "random", "re", "secrets", "statistics"),
        *("string", "textwrap", "time", "types", "typing", "unicodedata", "uuid", "zoneinfo"),
    }
)
"""The modules that a snippet may import."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """What came of a snippet: what it printed, its last expression's `repr`, or its error in one line.

    `wall` is in seconds, `engine` says what ran it, and `truncated` that it printed, or is worth, more than was kept.
    `stopped` says that it was ended because it took too long.
    """

    output: str = ""
    value: str | None = None
    error: str | None = None
    engine: str = ""
    wall: float = 0.0
    truncated: bool = False
    stopped: bool = False

    @property
    def success(self) -> bool:
        return self.error is None


def stopped(seconds: float) -> str:
    """The error of a snippet that was ended after so many seconds, as measured."""
    return f"It was stopped after {human_seconds(seconds)}."


class SnippetRunner(Protocol):
    """Runs snippets: no network, no files, no imports beyond SAFE, nothing left for the next one."""

    async def run(self, code: str, *, limit: float = TIMEOUT) -> Snippet:
        """What `code` does is in the result, also when it fails or is ended after `limit` seconds.

        Raises SealUnavailable where nothing of this kind can be run.
        """
        ...
