"""What installing in a workspace needs of raygen's records; the store provides it."""

from __future__ import annotations

from typing import Any, Protocol


class InstallationRecords(Protocol):
    """One installation for each workspace or organization (ID), as JSON values."""

    async def put(self, team: str, installed_at: float, body: dict[str, Any]) -> None: ...

    async def replace(self, team: str, old: dict[str, Any], body: dict[str, Any]) -> bool:
        """Put `body` in the place of an installation that has the values `old`; False where there is none."""
        ...

    async def find(self, team: str) -> dict[str, Any] | None:
        """Raises SettingsError where it can't be decrypted."""
        ...

    async def drop(self, team: str, before: float | None = None) -> bool:
        """Forget an installation, or only one made before then (POSIX seconds); whether the workspace has none now."""
        ...

    async def join(self, team: str, organization: str) -> None:
        """From now on this workspace uses its organization's installation."""
        ...

    async def part(self, team: str) -> None:
        """From now on it does not."""
        ...

    async def organization(self, team: str) -> str:
        """Whose installation this workspace uses besides its own; empty for nobody's."""
        ...

    async def members(self, organization: str) -> list[str]: ...

    async def reaches(self, team: str, without: str = "") -> bool:
        """Whether an installation reaches this workspace, other than the one of `without`."""
        ...


class StateRecords(Protocol):
    """OAuth states, each good once."""

    async def issue(self) -> str: ...

    async def consume(self, state: str) -> bool: ...
