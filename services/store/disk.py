"""A full disk: how databases report it, and how much room is left before it is."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg.errors
from sqlalchemy import URL, Engine, event
from sqlalchemy.engine import ExceptionContext

from services.errors import StorageFull

_log = logging.getLogger(__name__)

# Finishes what has been taken: records, output and small files. What is new is refused below it.
RESERVE = 32 * 1024**2
# SQLite needs this much for its next page and its index of the log; with less it reports many other errors.
_SQLITE_NEEDS = 256 * 1024
_SYMPTOMS = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL}


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk below `folder`; None stands for a server's, whose room nobody here knows."""

    folder: Path | None

    @property
    def free(self) -> int | None:
        """Bytes that can still be written, None where that is not known."""
        if self.folder is None:
            return None
        try:
            found = os.statvfs(self.folder)
        except OSError:
            return None
        return found.f_bavail * found.f_frsize

    @property
    def writable(self) -> bool:
        """Whether SQLite can write at all, as far as that is known."""
        free = self.free
        return free is None or free >= _SQLITE_NEEDS

    def check(self) -> None:
        """Raises StorageFull where there is no room for new work."""
        free = self.free
        if free is not None and free < RESERVE:
            _log.error("%s has %d bytes free; new work is refused below %d", self.folder, free, RESERVE)
            raise StorageFull


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
