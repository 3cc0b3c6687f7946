"""SQLite files that have raygen's tables already: making them anew for each test costs more than many of the tests."""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from services.store.tables import metadata


def database(folder: Path) -> str:
    """The URL of `raygen.db` in `folder`, with empty tables unless there is one already."""
    file = folder / "raygen.db"
    if not file.exists():
        file.write_bytes(_empty())
    return f"sqlite:///{file}"


@cache
def _empty() -> bytes:
    connection = sqlite3.connect(":memory:")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    try:
        metadata.create_all(engine)
        return connection.serialize()
    finally:
        engine.dispose()
        connection.close()
