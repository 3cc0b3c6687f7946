"""A full disk as databases report it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import psycopg.errors
from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import ExceptionContext

from services.domain.disk_space import Disk
from services.domain.errors import StorageFull

_SYMPTOMS = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL}


def disk_of(database: URL) -> Disk:
    """The disk that a database is on."""
    if database.get_backend_name() != "sqlite":
        return Disk(None)
    return Disk(Path(database.database or "").resolve().parent)


def is_full(error: BaseException | None, disk: Disk) -> bool:
    """Whether a driver's error means that there is no room."""
    match error:
        case psycopg.errors.DiskFull():
            return True
        case sqlite3.Error():
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            return code == sqlite3.SQLITE_FULL or (code in _SYMPTOMS and not disk.writable)
        case _:
            return False


def translate(engine: Engine, error: Callable[[], Exception] = StorageFull) -> None:
    """Have statements and commits of an engine raise `error` where there is no room."""
    disk = disk_of(engine.url)

    def look(context: ExceptionContext) -> Exception | None:
        """What it returns is raised in place of SQLAlchemy's own."""
        return error() if is_full(context.original_exception, disk) else None

    event.listen(engine, "handle_error", look)
