"""`raygen usage`: what requests have taken, by person, channel, model or how they ended."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict
from pathlib import Path

from bot.settings import Settings
from services.domain.errors import BadRequest
from services.store import open_database
from services.store.spendings import By, Spendings, Sum

_DAY = 86_400.0
_COLUMNS = (
    "requests",
    "calls",
    "in",
    "out",
    "cached",
    "money",
    "drafts",
    "seconds",
    "helpful",
    "unhelpful",
)


async def sums(settings: Settings, by: str, days: float) -> list[Sum]:
    """Raises BadRequest when there is nothing that could be asked."""
    await asyncio.to_thread(require_database, settings)
    async with open_database(settings.database) as engine:
        return await Spendings(engine).sums(By(by), since=time.time() - days * _DAY)


def require_database(settings: Settings) -> None:
    """Raises BadRequest when there is no database file yet."""
    file = settings.database.removeprefix("sqlite:///")
    if file != settings.database and not Path(file).exists():
        raise BadRequest(
            f"There is no database at {file} yet; start the bot first, or set RAYGEN_DATABASE_URL."
        )


def as_json(found: list[Sum], by: str, days: float) -> str:
    return json.dumps({"by": by, "days": days, "sums": [asdict(each) for each in found]}, indent=2)


def as_table(found: list[Sum], by: str, days: float) -> str:
    if not found:
        return f"No request has ended in the last {days:g} days."
    rows = [(by, *_COLUMNS), *map(_row, found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(each: Sum) -> tuple[str, ...]:
    money = "" if each.money is None else f"{each.money:.2f}"
    figures = (each.tasks, each.calls, each.input, each.output, each.cached)
    return (
        each.name or "(none)",
        *(f"{figure:,}" for figure in figures),
        money,
        f"{each.attempts:,}",
        f"{each.seconds:,.0f}",
        f"{each.helpful:,}",
        f"{each.unhelpful:,}",
    )


def _line(row: tuple[str, ...], widths: list[int]) -> str:
    first, *rest = row
    return "  ".join(
        [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))]
    ).rstrip()
