"""Slack threads that raygen takes part in."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Row, update

from services.domain import current_workspace
from services.domain.entities import Session
from services.store import tables
from services.store.repository import Repository

# For how long a message between people counts although raygen posts in the meantime, in seconds.
_JUST_NOW = 60.0


class Sessions(Repository):
    """Slack threads that raygen takes part in; who reads one goes on for its workspace."""

    async def ensure(self, session: Session) -> None:
        values = {
            "id": session.id,
            "channel": session.channel,
            "thread_ts": session.thread_ts,
            "owner": session.owner,
            "team": session.team,
        }
        await self._insert_once(tables.sessions, values)

    async def get(self, session_id: str) -> Session:
        row = await self._one(tables.sessions, tables.sessions.c.id == session_id)
        if row is None:
            raise LookupError(session_id)
        return _entered(_session(row))

    async def in_thread(self, channel: str, thread_ts: str) -> Session | None:
        table = tables.sessions
        row = await self._one(table, table.c.channel == channel, table.c.thread_ts == thread_ts)
        return _entered(_session(row)) if row else None

    async def latest(self, channel: str, prefix: str) -> Session | None:
        """The session of a channel whose thread begins like this and sorts last."""
        table = tables.sessions
        begins = table.c.thread_ts.startswith(prefix, autoescape=True)
        rows = await self._all(table, table.c.channel == channel, begins, order=table.c.thread_ts)
        return _session(rows[-1]) if rows else None

    async def overhear(self, session_id: str, user: str, when: float) -> None:
        """Note who has spoken last in a thread, where that was not to raygen; `when` in POSIX seconds."""
        await self._set_addressed(session_id, f"{when} {user}")

    async def addressed(self, session_id: str) -> None:
        """Note that a person has addressed raygen, which ends a conversation between people."""
        await self._set_addressed(session_id, None)

    async def spoke(self, session_id: str) -> None:
        """Note that raygen has spoken last, of its own accord: what a person said just before may still be answered."""
        _, when = await self.overheard(session_id)
        if time.time() - when > _JUST_NOW:
            await self._set_addressed(session_id, None)

    async def overheard(self, session_id: str) -> tuple[str, float]:
        """Who posted last, and when; empty if that was to raygen, or raygen itself."""
        row = await self._one(tables.sessions, tables.sessions.c.id == session_id)
        when, _, user = (row.overheard or "").partition(" ") if row else ("", "", "")
        return user, float(when or 0)

    async def _set_addressed(self, session_id: str, noted: str | None) -> None:
        table = tables.sessions
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.id == session_id).values(overheard=noted))

    async def root(self, session_id: str, thread_ts: str) -> None:
        """Note the thread of a session that began before its first message was posted."""
        table = tables.sessions
        statement = (
            update(table).where(table.c.id == session_id, table.c.thread_ts == "").values(thread_ts=thread_ts)
        )
        async with self._engine.begin() as connection:
            await connection.execute(statement)


def _entered(session: Session) -> Session:
    current_workspace.enter(session.team)
    return session


def _session(row: Row[Any]) -> Session:
    return Session(row.id, row.channel, row.thread_ts, row.owner, row.team)
