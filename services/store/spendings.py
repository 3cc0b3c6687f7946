"""What tasks have spent on models, and sums of it."""

from __future__ import annotations

import time
from enum import StrEnum

from sqlalchemy import func, select

from services.domain.entities import Task, TaskStatus
from services.domain.summaries import Sum
from services.domain.values import Spent
from services.store import tables
from services.store.repository import Repository


class By(StrEnum):
    """What sums are grouped by."""

    USER = "user"
    CHANNEL = "channel"
    MODEL = "model"
    STATUS = "status"


class Spendings(Repository):
    """One row for each task; a task that is done again after a crash replaces its own."""

    async def put(self, task: Task, channel: str, status: TaskStatus, spent: Spent) -> None:
        table = tables.spendings
        values = {
            "task_id": task.id,
            "user": task.user,
            "channel": channel,
            "status": str(status),
            "model": ", ".join(spent.models)[:255],
            "calls": spent.calls,
            "input": spent.input,
            "output": spent.output,
            "cached": spent.cached,
            "written": spent.written,
            "money": spent.money,
            "attempts": spent.attempts,
            "seconds": spent.seconds,
            "ended_at": time.time(),
        }
        async with self._engine.begin() as connection:
            await connection.execute(table.delete().where(table.c.task_id == task.id))
            await connection.execute(table.insert().values(**values))

    async def of_task(self, task_id: str) -> Spent:
        """What a task has spent as far as it was noted; nothing where it never was."""
        row = await self._one(tables.spendings, tables.spendings.c.task_id == task_id)
        if row is None:
            return Spent()
        models = tuple(name for name in str(row.model).split(", ") if name)
        return Spent(
            calls=row.calls,
            input=row.input,
            output=row.output,
            cached=row.cached,
            written=row.written,
            money=row.money,
            seconds=row.seconds,
            models=models,
            attempts=row.attempts,
        )

    async def total(self, *, since: float, user: str = "") -> tuple[int, float]:
        """Tokens of all kinds and money of what was noted since then (POSIX seconds), of one person or all."""
        table = tables.spendings
        tokens = func.sum(table.c.input + table.c.output + table.c.cached + table.c.written)
        statement = select(func.coalesce(tokens, 0), func.coalesce(func.sum(table.c.money), 0.0)).where(
            table.c.ended_at >= since, *([table.c.user == user] if user else [])
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(statement)).one()
        return int(row[0]), float(row[1])

    async def sums(self, by: By, *, since: float = 0.0, user: str | None = None) -> list[Sum]:
        """Sums over the tasks that ended since then (POSIX seconds), of one person or all, the most tokens first."""
        table = tables.spendings
        name = table.c[str(by)]
        columns = [
            func.coalesce(func.sum(table.c[each]), 0) for each in ("calls", "input", "output", "cached")
        ]
        tokens = func.sum(table.c.input + table.c.output + table.c.cached)
        votes, given = tables.votes.c, func.count()
        voted = (
            select(
                votes.task_id,
                func.sum(votes.helpful).label("up"),
                (given - func.sum(votes.helpful)).label("down"),
            )
            .group_by(votes.task_id)
            .subquery()
        )
        statement = (
            select(
                name,
                func.count(),
                *columns,
                func.sum(table.c.money),
                func.sum(table.c.attempts),
                func.sum(table.c.seconds),
                func.coalesce(func.sum(voted.c.up), 0),
                func.coalesce(func.sum(voted.c.down), 0),
            )
            .select_from(table.outerjoin(voted, voted.c.task_id == table.c.task_id))
            .where(table.c.ended_at >= since, *([table.c.user == user] if user is not None else []))
            .group_by(name)
            .order_by(tokens.desc(), name)
        )
        async with self._engine.connect() as connection:
            return [Sum(*row) for row in await connection.execute(statement)]
