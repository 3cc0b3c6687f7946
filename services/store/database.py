"""The database that holds raygen's records: SQLite in a file by default, PostgreSQL where there are replicas."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sqlalchemy import Connection, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.store import sqlite
from services.store.disk import translate
from services.store.tables import metadata

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+psycopg"}


@asynccontextmanager
async def open_database(url: str) -> AsyncGenerator[AsyncEngine]:
    """An engine on `url` (`sqlite:///file` or `postgresql://…`) whose tables exist."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    # What a failing statement was given are people's words; they belong in no message.
    engine = create_async_engine(parsed.set(drivername=_DRIVERS[backend]), hide_parameters=True)
    if backend == "sqlite":
        sqlite.for_coroutines(engine)
    translate(engine.sync_engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_bring_up_to_date)
        yield engine
    finally:
        await engine.dispose()


def _bring_up_to_date(connection: Connection) -> None:
    """Make the tables that are missing, and in those of earlier versions the columns; new ones may be null."""
    metadata.create_all(connection)
    known = inspect(connection)
    for table in metadata.sorted_tables:
        there = {column["name"] for column in known.get_columns(table.name)}
        for column in table.columns:
            if column.name not in there:
                kind = column.type.compile(connection.dialect)
                connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}"))
