"""What the audit chain holds of who has looked at what."""

from __future__ import annotations

from services.security.audit_chain import AuditAction
from services.store import Store


async def looks(store: Store) -> list[tuple[str, str, str]]:
    """Who, at which proposal (ID), and at what of it, in order."""
    records = [each.fields async for each in store.audit.records()]
    return [
        (each["by"], each["proposal"], each["facts"]["what"])
        for each in records
        if each["action"] == AuditAction.LOOKED
    ]
