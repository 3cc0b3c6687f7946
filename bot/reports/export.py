"""`raygen export`: all runs as JSON lines, oldest first."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

from bot.reports.database import existing_database
from bot.settings import Settings
from services.domain.summaries import RequestSummary
from services.store import Store

_DAY = 86_400.0


async def lines(settings: Settings, days: float | None, *, code: bool) -> AsyncGenerator[str]:
    """Raises BadRequest when there is no database."""
    since = 0.0 if days is None else time.time() - days * _DAY
    async with existing_database(settings) as engine:
        async for entry in Store(engine).entries.all_runs(since=since):
            yield json.dumps(exported(entry, code=code), ensure_ascii=False)


def exported(entry: RequestSummary, *, code: bool) -> dict[str, Any]:
    """One run: who, what, where, when and how it ended; times in ISO 8601, `wall` in seconds."""
    ran, program = entry.ran, entry.program
    assert ran is not None
    assert program is not None
    outcome = ran.outcome
    return {
        "run": ran.id,
        "proposal": entry.proposal_id,
        "title": program.title,
        "sha256": program.sha256,
        "requester": entry.user,
        "approver": ran.approver,
        "channel": entry.channel,
        "thread_ts": entry.thread_ts,
        "target": ran.target,
        "status": str(ran.status),
        "verdict": str(outcome.verdict) if outcome else None,
        "exit_code": outcome.exit_code if outcome else None,
        "wall": outcome.wall if outcome else None,
        "asked_at": _iso(entry.asked_at),
        "approved_at": _iso(ran.created_at),
        "turn_at": _iso(ran.turn_at),
        "ended_at": _iso(ran.ended_at),
        **({"code": program.code} if code else {}),
    }


def _iso(at: float | None) -> str | None:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds") if at is not None else None
