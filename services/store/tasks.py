"""Requests, in the order in which they came."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import Row, update

from services.domain.entities import Task, TaskKind, TaskStatus
from services.store import audited, codec, tables
from services.store.repository import Repository


class Tasks(Repository):
    """Requests, in the order in which they came."""

    async def add(self, task: Task) -> bool:
        values = {
            "id": task.id,
            "session_id": task.session_id,
            "kind": str(task.kind),
            "prompt": task.prompt,
            "user": task.user,
            "code": task.code,
            "base": task.base,
            "status": str(task.status),
            "summary": task.summary,
            "created_at": task.created_at or time.time(),
            "attachments": codec.dump_attachments(task.attachments),
            "target": task.target,
            "unseen": int(task.unseen),
            "retry_of": task.retry_of,
            "given": codec.dump_given(task.given),
            "modules": codec.dump_inputs(task.modules),
        }
        return await self._insert_once(tables.tasks, values, audited.asked(task))

    async def get(self, task_id: str) -> Task:
        row = await self._one(tables.tasks, tables.tasks.c.id == task_id)
        if row is None:
            raise LookupError(task_id)
        return _task(row)

    async def find(self, task_id: str) -> Task | None:
        row = await self._one(tables.tasks, tables.tasks.c.id == task_id)
        return _task(row) if row else None

    async def move(
        self, task_id: str, status: TaskStatus, *, summary: str | None = None, by: str = ""
    ) -> bool:
        values = {} if summary is None else {"summary": summary}
        audit = audited.cancelled(task_id, by) if status is TaskStatus.CANCELLED else None
        return await self._move(tables.tasks, task_id, status, audit=audit, **values)

    async def of_session(self, session_id: str) -> list[Task]:
        """All tasks of a session, oldest first."""
        table = tables.tasks
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.position)
        return [_task(row) for row in rows]

    async def summarize(self, task_id: str, summary: str) -> None:
        """Save what is to be said of a task that is still worked on; an ended one keeps what it says."""
        table = tables.tasks
        working = (table.c.id == task_id) & (table.c.status == str(TaskStatus.WORKING))
        await self._change(update(table).where(working).values(summary=summary))

    async def ahead_of(self, task_id: str) -> list[Task]:
        """The unfinished tasks of the same session that came before this one."""
        task = await self.get(task_id)
        earlier: list[Task] = []
        for other in await self.of_session(task.session_id):
            if other.id == task_id:
                break
            if not other.ended:
                earlier.append(other)
        return earlier


def _task(row: Row[Any]) -> Task:
    return Task(
        id=row.id,
        session_id=row.session_id,
        kind=TaskKind(row.kind),
        prompt=row.prompt,
        user=row.user,
        code=row.code,
        base=row.base,
        status=TaskStatus(row.status),
        summary=row.summary,
        created_at=row.created_at,
        attachments=codec.load_attachments(row.attachments),
        target=row.target or "",
        unseen=bool(row.unseen),
        retry_of=row.retry_of or "",
        given=codec.load_given(row.given),
        modules=codec.load_inputs(row.modules),
    )
