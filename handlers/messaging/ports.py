"""What messaging needs of raygen's records; the store provides it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Protocol

from services.domain.preference import Preference
from services.security.audit_chain import AuditRecord


class PostRecords(Protocol):
    """Which Slack messages raygen meant to post, and which it is known to have posted, by key."""

    async def intend(self, key: str, channel: str, thread_ts: str) -> bool:
        """True for the first intention; False when an earlier attempt may have posted already."""
        ...

    async def find(self, key: str) -> tuple[str, str, str | None, float] | None:
        """Channel, thread, ts (None while unknown) and time of the first intention (POSIX seconds)."""
        ...

    async def keys(self, prefix: str) -> list[str]: ...

    async def posted(self, key: str, ts: str) -> None: ...

    async def conclude(self, key: str, message: str) -> None:
        """Record the last message under this key; a later one takes its place."""
        ...

    async def last(self, key: str) -> str | None: ...


class PreferenceRecords(Protocol):
    """What people have chosen for themselves."""

    async def of(self, user: str) -> Preference: ...


class AuditRecords(Protocol):
    """The audit chain, and up to which position it has been announced."""

    async def announced(self) -> int: ...

    def records(self, *, since: float = 0.0, after: int = 0) -> AsyncGenerator[AuditRecord]: ...

    async def note_announced(self, position: int) -> None: ...
