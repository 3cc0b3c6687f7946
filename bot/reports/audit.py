"""`raygen audit`: the audit log as JSON lines, and whether it is intact."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime
from typing import Any

from bot.reports.database import existing_database
from bot.settings import Settings
from services.domain.errors import BadRequest
from services.domain.untrusted_data import from_json
from services.security.audit_chain import AuditRecord, Examination, Verified, canonical
from services.store import Store
from services.text.formatting import plural

_LEAST = 12
_HASH = re.compile(rf"[0-9a-f]{{{_LEAST},64}}")


async def lines(settings: Settings, since: datetime | None) -> AsyncGenerator[str]:
    """Records from `since` (UTC where it names no zone), oldest first. Raises BadRequest when there is no database."""
    moment = since.replace(tzinfo=since.tzinfo or UTC).timestamp() if since else 0.0
    async with existing_database(settings) as engine:
        async for record in Store(engine).audit.records(since=moment):
            yield json.dumps(exported(record), ensure_ascii=False)


def exported(record: AuditRecord) -> dict[str, Any]:
    """One record: its content, the hash before it and its own, from which others can verify it."""
    return {"record": record.fields, "previous": record.previous, "hash": record.hash}


async def verified(settings: Settings, expect: Iterable[str]) -> Verified:
    """Raises BadRequest when there is no database, or for an invalid hash."""
    hashes = _hashes(expect)
    async with existing_database(settings) as engine:
        return await Store(engine).audit.verify(hashes)


def verified_export(lines: Iterable[str], expect: Iterable[str]) -> Verified:
    """As `verified`, of an export that may begin anywhere. Raises BadRequest for a line that isn't a record."""
    examination = Examination(excerpt=True, expect=_hashes(expect))
    for number, line in enumerate(lines, 1):
        if line.strip():
            examination.take([_record(number, line)])
    return examination.end(missing=lambda length: [] if length else ["the file contains no records"])


def as_text(found: Verified) -> str:
    expected = [_expectation(each, place, found) for each, place in found.expected]
    if not found.flaws and not found.count:
        return "\n".join(["The audit log is empty: no requests have been made yet.", *expected])
    if not found.flaws:
        whole = f"The audit log is intact: {plural(found.count, 'record')}, the latest with the hash {found.hash}."
        return "\n".join([whole, *expected])
    return "\n".join(
        [
            f"The audit log isn't intact: {plural(len(found.flaws), 'problem')} in {plural(found.count, 'record')}.",
            *(
                f"record {flaw.position}: {flaw.sentence}" if flaw.position else flaw.sentence
                for flaw in found.flaws
            ),
            *expected,
        ]
    )


def _expectation(each: str, place: int | None, found: Verified) -> str:
    if place is None:
        return f"The hash {each} isn't in the log: records were changed or removed."
    if place == found.position:
        return f"The hash {each} belongs to the latest record, {place:,}."
    return f"The hash {each} belongs to record {place:,} of {found.position:,}."


def _hashes(expect: Iterable[str]) -> list[str]:
    """Raises BadRequest for an invalid or too short hash."""
    found = [each.strip().lower().removesuffix("…") for each in expect]
    wrong = [each for each in found if not _HASH.fullmatch(each)]
    if wrong:
        raise BadRequest(
            f"{wrong[0][:80]!r} isn't a record's hash: write its 64 hexadecimal digits, or at least the first {_LEAST}."
        )
    return found


def _record(number: int, line: str) -> AuditRecord:
    try:
        parsed: Any = from_json(line)
        content = parsed["record"]
        return AuditRecord(
            int(content["position"]), canonical(content), str(parsed["previous"]), str(parsed["hash"])
        )
    except (ValueError, KeyError, TypeError):
        raise BadRequest(f"Line {number} isn't a record of `raygen audit export`.") from None
