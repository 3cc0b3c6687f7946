"""What people think of answers and results."""

from __future__ import annotations

import time

from services.store import tables
from services.store.repository import Repository


class Votes(Repository):
    """One for each person and message; the last one counts."""

    async def put(self, subject: str, task_id: str, user: str, *, helpful: bool) -> None:
        """`subject` is what the message is about: a task (ID) that was answered, or the run (ID) that `task_id` led to."""
        table = tables.votes
        values = {"task_id": task_id, "helpful": int(helpful), "given_at": time.time()}
        await self._put(table, {"subject": subject, "user": user}, values)

    async def of(self, subject: str) -> dict[str, bool]:
        """By person (ID): whether they found it helpful."""
        table = tables.votes
        rows = await self._all(table, table.c.subject == subject, order=table.c.given_at)
        return {row.user: bool(row.helpful) for row in rows}
