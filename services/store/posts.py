"""Which Slack messages raygen meant to post, and which it is known to have posted."""

from __future__ import annotations

import time

from sqlalchemy import update

from services.store import tables
from services.store.repository import Repository


class Posts(Repository):
    """Which Slack messages raygen meant to post, and which it is known to have posted."""

    async def intend(self, key: str, channel: str, thread_ts: str) -> bool:
        """True when this is the first intention; False when an earlier attempt may have posted already."""
        values = {"key": key, "channel": channel, "thread_ts": thread_ts, "created_at": time.time()}
        return await self._insert_once(tables.posts, values)

    async def find(self, key: str) -> tuple[str, str, str | None, float] | None:
        """Channel, thread, ts (None while unknown) and time of the first intention."""
        row = await self._one(tables.posts, tables.posts.c.key == key)
        return (row.channel, row.thread_ts, row.ts, row.created_at) if row else None

    async def keys(self, prefix: str) -> list[str]:
        """All that begin like this."""
        table = tables.posts
        begins = table.c.key.startswith(prefix, autoescape=True)
        return [row.key for row in await self._all(table, begins, order=table.c.key)]

    async def posted(self, key: str, ts: str) -> None:
        table = tables.posts
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.key == key).values(ts=ts))

    async def conclude(self, key: str, message: str) -> None:
        """Record the last word under this key; a later one takes its place."""
        table = tables.posts
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.key == key).values(last=message))

    async def last(self, key: str) -> str | None:
        """The last word under this key, once there is one."""
        row = await self._one(tables.posts, tables.posts.c.key == key)
        return row.last if row else None
