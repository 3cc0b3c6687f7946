"""Who may use the API: bearer tokens by the names of their holders, and which of those may approve runs."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from services.approvals import Person

PREFIX = "api:"
_PAIR = re.compile(
    r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,31})(?P<approves>\+approve)?=(?P<token>[!-~]{16,512})"
)


@dataclass(frozen=True, slots=True)
class Holder:
    """The sender of a request; `user` is what raygen's records call them."""

    name: str
    approves: bool = False

    @property
    def user(self) -> str:
        return PREFIX + self.name


LOCAL = Holder("local")
"""Anybody on this machine while there are no tokens: they may ask for everything and approve nothing."""


class Tokens:
    """Finds holders by their tokens, of which only hashes are kept."""

    def __init__(self, holders: Mapping[str, Holder]) -> None:
        self._holders = {_digest(token): holder for token, holder in holders.items()}

    @classmethod
    def read(cls, text: str) -> Self:
        """`ci=TOKEN, ann+approve=TOKEN`. Raises ValueError, which repeats no token."""
        found = [_PAIR.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
        if None in found:
            raise ValueError(
                "write `name=token`, or `name+approve=token` for a holder who may approve, separated by commas;"
                " a token has 16 to 512 characters"
            )
        pairs = [match for match in found if match]
        holders = {match["token"]: Holder(match["name"], bool(match["approves"])) for match in pairs}
        names = {holder.name for holder in holders.values()}
        if len(holders) < len(pairs) or len(names) < len(pairs):
            raise ValueError("give each holder a different name and a different token")
        return cls(holders)

    def __bool__(self) -> bool:
        return bool(self._holders)

    def holder(self, token: str) -> Holder | None:
        """Takes the same time for every wrong token."""
        wanted = _digest(token)
        found = [holder for digest, holder in self._holders.items() if hmac.compare_digest(digest, wanted)]
        return found[0] if found else None

    def person(self, user: str) -> Person:
        """A holder as those who decide see them; nobody whose token is gone may approve."""
        name = user.removeprefix(PREFIX)
        approves = any(holder.approves and holder.name == name for holder in self._holders.values())
        return Person(user, name, approves=approves)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="replace")).digest()
