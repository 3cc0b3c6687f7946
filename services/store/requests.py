"""Requests that are accepted and not opened yet, whole, so that a workflow needs to carry no more than an ID."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import delete

from services.domain.entities import Session, Task
from services.store import tables
from services.store.repository import Repository


@dataclass(frozen=True, slots=True)
class AcceptedRequest:
    """A task and the thread that it belongs to, neither of which has a row of its own yet."""

    task: Task
    session: Session


_BODY = TypeAdapter(AcceptedRequest)


class Requests(Repository):
    """One row for each such request, by the ID of its task."""

    async def put(self, task: Task, session: Session) -> None:
        """Save a request; the second time of the same one changes nothing."""
        values = {
            "task_id": task.id,
            "team": session.team,
            "body": _BODY.dump_json(AcceptedRequest(task, session)).decode(),
            "created_at": task.created_at or time.time(),
        }
        await self._insert_once(tables.requests, values)

    async def find(self, task_id: str) -> AcceptedRequest | None:
        row = await self._one(tables.requests, tables.requests.c.task_id == task_id)
        return _BODY.validate_json(row.body) if row else None

    async def drop(self, task_id: str) -> None:
        """Delete a request whose task is recorded, or that came to nothing."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(tables.requests).where(tables.requests.c.task_id == task_id))
