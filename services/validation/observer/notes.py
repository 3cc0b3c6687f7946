"""What one attempt wanted of the network: each thing once, the first ones by name, the others counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

LISTED = 50
COUNTED = 20_000
_LENGTH = 255

Kind = Literal["name", "address", "unlisted", "unread"]
"""`name` and `address` come with a text, the others with a number, which replaces an earlier one."""


@dataclass(slots=True)
class Notes:
    """`unlisted` counts up to COUNTED."""

    unlisted: int = 0
    _listed: int = 0
    _known: set[int] = field(default_factory=set[int])

    def is_new(self, kind: Kind, text: str) -> bool:
        """Whether it is shown by name."""
        known = hash((kind, text.lower()))
        if known in self._known or len(self._known) >= COUNTED:
            return False
        self._known.add(known)
        if self._listed >= LISTED:
            self.unlisted += 1
            return False
        self._listed += 1
        return True


def shortened(text: str) -> str:
    return text if len(text) <= _LENGTH else text[: _LENGTH - 1] + "…"
