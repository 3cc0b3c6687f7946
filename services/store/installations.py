"""Where raygen is installed, and the states by which a redirect is known to end what was begun here."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.untrusted_data import from_json
from services.security.encryption import Encryptor
from services.store import tables
from services.store.repository import Repository


class Installations(Repository):
    """One for each workspace or organization, as JSON that `seal` encrypts.

    Of an organization that has installed raygen for all its workspaces, these are known once Slack has named them.
    """

    def __init__(self, engine: AsyncEngine, seal: Encryptor) -> None:
        super().__init__(engine)
        self._seal = seal

    async def put(self, team: str, installed_at: float, body: dict[str, Any]) -> None:
        values = {"installed_at": installed_at, "body": self._seal.close(json.dumps(body))}
        await self._put(tables.installations, {"team": team}, values)

    async def replace(self, team: str, old: dict[str, Any], body: dict[str, Any]) -> bool:
        """Put `body` in the place of an installation that has these values; False where there is none."""
        table = tables.installations
        row = await self._one(table, table.c.team == team)
        if row is None or not old.items() <= from_json(self._seal.open(row.body)).items():
            return False
        same = update(table).where(table.c.team == team, table.c.body == row.body)
        return await self._change(same.values(body=self._seal.close(json.dumps(body))))

    async def find(self, team: str) -> dict[str, Any] | None:
        """Raises SettingsError where it can't be decrypted."""
        row = await self._one(tables.installations, tables.installations.c.team == team)
        return from_json(self._seal.open(row.body)) if row else None

    async def teams(self) -> list[str]:
        """All that have installed it, in the order of their IDs."""
        table = tables.installations
        return [row.team for row in await self._all(table, order=table.c.team)]

    async def join(self, team: str, organization: str) -> None:
        """From here on this workspace goes by its organization's installation."""
        if await self.organization(team) != organization:
            await self._put(tables.memberships, {"team": team}, {"organization": organization})

    async def part(self, team: str) -> None:
        """It no longer does."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(tables.memberships).where(tables.memberships.c.team == team))

    async def organization(self, team: str) -> str:
        """By whose installation this workspace goes; empty where by none but its own."""
        row = await self._one(tables.memberships, tables.memberships.c.team == team)
        return row.organization if row else ""

    async def members(self, organization: str) -> list[str]:
        """The workspaces that go by this organization's installation, in the order of their IDs."""
        table = tables.memberships
        rows = await self._all(table, table.c.organization == organization, order=table.c.team)
        return [row.team for row in rows]

    async def reaches(self, team: str, without: str = "") -> bool:
        """Whether there is a way to this workspace: its own installation or its organization's, but for the one of `without`."""
        table, ways = tables.installations, {team, await self.organization(team)} - {without}
        return await self._one(table, table.c.team.in_(ways)) is not None

    async def drop(self, team: str, before: float | None = None) -> bool:
        """Forget an installation; only one made before then (POSIX seconds), since news of its end may come late.

        Whether the workspace has none now.
        """
        table = tables.installations
        where = [table.c.team == team] + ([] if before is None else [table.c.installed_at < before])
        async with self._engine.begin() as connection:
            await connection.execute(delete(table).where(*where))
        return await self._one(table, table.c.team == team) is None


class States(Repository):
    """States that were handed out; each is good once, and for `lifetime` seconds."""

    def __init__(self, engine: AsyncEngine, lifetime: float = 600.0) -> None:
        super().__init__(engine)
        self._lifetime = lifetime

    async def issue(self) -> str:
        state, table = secrets.token_urlsafe(32), tables.oauth_states
        async with self._engine.begin() as connection:
            await connection.execute(delete(table).where(table.c.expires_at < time.time()))
        await self._insert_once(table, {"state": state, "expires_at": time.time() + self._lifetime})
        return state

    async def consume(self, state: str) -> bool:
        """Whether it was handed out here and is still good; from now on it is not, also for concurrent callers."""
        table = tables.oauth_states
        statement = delete(table).where(table.c.state == state).returning(table.c.expires_at)
        async with self._engine.begin() as connection:
            expires_at = (await connection.execute(statement)).scalar_one_or_none()
        return expires_at is not None and expires_at >= time.time()
