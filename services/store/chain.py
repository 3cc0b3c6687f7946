"""Adds to the audit chain in the database, within the transaction of the change that it records."""

from __future__ import annotations

import time

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.security.audit_chain import GENESIS, AuditRecord, Event, Head
from services.store import tables

ONLY = 1
"""The ID of the one row that says where the chain ends."""


async def append(connection: AsyncConnection, event: Event) -> AuditRecord:
    """Add a record in the transaction that `connection` is in.

    That transaction holds the chain's head from here to its end, so that of two writers, in whatever process, the second
    waits and then continues the first's record; should that ever fail, the unique constraint refuses a fork.
    """
    head = await _take_head(connection)
    record = AuditRecord.of(event, position=head.position + 1, previous=head.hash, at=round(time.time(), 6))
    values = {"position": record.position, "body": record.body, "previous": record.previous}
    await connection.execute(insert(tables.audit).values(**values, hash=record.hash))
    heads = tables.audit_head
    ours = update(heads).where(heads.c.id == ONLY)
    await connection.execute(ours.values(position=record.position, hash=record.hash))
    return record


async def _take_head(connection: AsyncConnection) -> Head:
    """The end of the chain, locked: a statement that changes its row waits for the transaction that changed it before."""
    heads = tables.audit_head
    lock = (
        update(heads)
        .where(heads.c.id == ONLY)
        .values(position=heads.c.position)
        .returning(heads.c.position, heads.c.hash)
    )
    row = (await connection.execute(lock)).first()
    if row is None:
        await begin(connection)
        row = (await connection.execute(lock)).one()
    return Head(row.position, row.hash)


async def begin(connection: AsyncConnection) -> None:
    """Note the chain's end for the first time; of several that do this at once, one does."""
    table = tables.audit
    last = (await connection.execute(select(table).order_by(table.c.position.desc()).limit(1))).first()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {
        "id": ONLY,
        "position": last.position if last else 0,
        "hash": last.hash if last else GENESIS,
        "announced": None,
    }
    await connection.execute(dialect.insert(tables.audit_head).values(**values).on_conflict_do_nothing())
