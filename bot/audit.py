"""`raygen audit`: the audit chain as JSON lines, and whether it is whole."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime
from typing import Any

from bot.settings import Settings
from bot.usage import require_database
from services.audit import Examination, Record, Verified, canonical
from services.errors import BadRequest
from services.store import Store, open_database


async def lines(settings: Settings, since: datetime | None) -> AsyncGenerator[str]:
    """Records from `since` (UTC where it names no zone), oldest first. Raises BadRequest when there is no database."""
    await asyncio.to_thread(require_database, settings)
    moment = since.replace(tzinfo=since.tzinfo or UTC).timestamp() if since else 0.0
    async with open_database(settings.database) as engine:
        async for record in Store(engine).audit.records(since=moment):
            yield json.dumps(exported(record), ensure_ascii=False)


def exported(record: Record) -> dict[str, Any]:
    """One record: its content, the hash before it and its own, from which others can verify it."""
    return {"record": record.told, "previous": record.previous, "hash": record.hash}


async def verified(settings: Settings, known: Iterable[str]) -> Verified:
    """Raises BadRequest when there is no database."""
    await asyncio.to_thread(require_database, settings)
    async with open_database(settings.database) as engine:
        return await Store(engine).audit.verify(tuple(known))


def verified_export(lines: Iterable[str], known: Iterable[str]) -> Verified:
    """The same of what was exported before, wherever it begins. Raises BadRequest for a line that is no record."""
    examination = Examination(excerpt=True)
    for number, line in enumerate(lines, 1):
        if line.strip():
            examination.take([_record(number, line)])
    return examination.end(known=known)


def as_text(found: Verified) -> str:
    if not found.flaws:
        return f"The audit chain is whole: {found.count:,} records, the last one's hash is {found.hash}."
    return "\n".join(
        [
            f"The audit chain is broken in {len(found.flaws)} places ({found.count:,} records):",
            *(f"record {flaw.position}: {flaw.sentence}" for flaw in found.flaws),
        ]
    )


def _record(number: int, line: str) -> Record:
    try:
        told: Any = json.loads(line)
        content = told["record"]
        return Record(int(content["position"]), canonical(content), str(told["previous"]), str(told["hash"]))
    except (ValueError, KeyError, TypeError):
        raise BadRequest(f"Line {number} is no record of `raygen audit export`.") from None
