"""`raygen audit`: the audit chain as JSON lines, and whether it is whole."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime
from typing import Any

from bot.commands.usage import require_database
from bot.settings import Settings
from services.domain.errors import BadRequest
from services.domain.untrusted_data import from_json
from services.security.audit_chain import Examination, Record, Verified, canonical
from services.store import Store, open_database
from services.text.formatting import plural

_LEAST = 12
_HASH = re.compile(rf"[0-9a-f]{{{_LEAST},64}}")


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


async def verified(settings: Settings, expect: Iterable[str]) -> Verified:
    """Raises BadRequest when there is no database, and for what is no hash."""
    hashes = _hashes(expect)
    await asyncio.to_thread(require_database, settings)
    async with open_database(settings.database) as engine:
        return await Store(engine).audit.verify(hashes)


def verified_export(lines: Iterable[str], expect: Iterable[str]) -> Verified:
    """The same of what was exported before, wherever it begins. Raises BadRequest for a line that is no record."""
    examination = Examination(excerpt=True, expect=_hashes(expect))
    for number, line in enumerate(lines, 1):
        if line.strip():
            examination.take([_record(number, line)])
    return examination.end(missing=lambda length: [] if length else ["the file holds no records"])


def as_text(found: Verified) -> str:
    expected = [_expectation(each, place, found) for each, place in found.expected]
    if not found.flaws and not found.count:
        return "\n".join(["The audit chain is empty, and nothing has been asked for yet.", *expected])
    if not found.flaws:
        whole = (
            f"The audit chain is whole: {plural(found.count, 'record')}, the last one's hash is {found.hash}."
        )
        return "\n".join([whole, *expected])
    return "\n".join(
        [
            f"The audit chain is broken in {plural(len(found.flaws), 'place')} ({plural(found.count, 'record')}):",
            *(
                f"record {flaw.position}: {flaw.sentence}" if flaw.position else flaw.sentence
                for flaw in found.flaws
            ),
            *expected,
        ]
    )


def _expectation(each: str, place: int | None, found: Verified) -> str:
    if place is None:
        return f"The hash {each} does not occur: the chain was rewritten or cut."
    if place == found.position:
        return f"The hash {each} is that of the newest record, {place:,}."
    return f"The hash {each} is that of record {place:,} of {found.position:,}."


def _hashes(expect: Iterable[str]) -> list[str]:
    """Raises BadRequest for what is neither a hash nor enough of one to know it by."""
    found = [each.strip().lower().removesuffix("…") for each in expect]
    wrong = [each for each in found if not _HASH.fullmatch(each)]
    if wrong:
        raise BadRequest(
            f"{wrong[0][:80]!r} is not the hash of a record: that has 64 hexadecimal digits, of which the first"
            f" {_LEAST} or more do."
        )
    return found


def _record(number: int, line: str) -> Record:
    try:
        told: Any = from_json(line)
        content = told["record"]
        return Record(int(content["position"]), canonical(content), str(told["previous"]), str(told["hash"]))
    except (ValueError, KeyError, TypeError):
        raise BadRequest(f"Line {number} is no record of `raygen audit export`.") from None
