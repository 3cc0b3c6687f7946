"""`raygen usage`: what requests used, by person, channel, model or status."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

from bot.reports.database import existing_database
from bot.settings import Settings
from services.domain.summaries import Sum
from services.store.spendings import By, Spendings

_DAY = 86_400.0
_COLUMNS = (
    "requests",
    "calls",
    "input",
    "output",
    "cached",
    "USD",
    "drafts",
    "seconds",
    "helpful",
    "unhelpful",
)


async def sums(settings: Settings, by: str, days: float) -> list[Sum]:
    """Raises BadRequest when there is no database yet."""
    async with existing_database(settings) as engine:
        return await Spendings(engine).sums(By(by), since=time.time() - days * _DAY)


def as_json(found: list[Sum], by: str, days: float) -> str:
    return json.dumps({"by": by, "days": days, "sums": [asdict(each) for each in found]}, indent=2)


def as_table(found: list[Sum], by: str, days: float) -> str:
    if not found:
        return f"No requests ended in the last {days:g} days."
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
