"""SQLite files that many coroutines and threads of one process write to.

SQLite has one lock for all writers, and who finds it taken sleeps and looks again: of a hundred, luck decides who gets it
next, and somebody waits for seconds. So the writers of a process queue up before it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from concurrent.futures import Future, wait
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import AdaptedConnection, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import ConnectionPoolEntry

from services.store.disk import disk_of, is_full, translate

# Longer than any of our transactions. The queue is for order alone: who has waited that long tries SQLite's lock.
_TURN_LIMIT = 60.0
# Before these the driver begins a transaction.
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_TICKET = "ticket"
_FULL = "full"
_ROOM_POLL = 0.2
_ROOM_LIMIT = 600.0
# As many as DBOS has by default.
_CONNECTIONS = 20

Ticket = Future[None]


class WriteQueue:
    """A queue of coroutines and threads: whose ticket is done may write, until it is given back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tickets: deque[Ticket] = deque()

    def __len__(self) -> int:
        return len(self._tickets)

    def take(self) -> Ticket:
        ticket = Ticket()
        with self._lock:
            self._tickets.append(ticket)
            if self._tickets[0] is ticket:
                ticket.set_result(None)
        return ticket

    def give_back(self, ticket: Ticket) -> None:
        """Also for one whose turn never came."""
        with self._lock:
            self._tickets.remove(ticket)
            if self._tickets and not self._tickets[0].done():
                self._tickets[0].set_result(None)


_turns: WeakValueDictionary[Path, WriteQueue] = WeakValueDictionary()


def turns_at(path: str | Path) -> WriteQueue:
    """The one queue of this process for a file."""
    return _turns.setdefault(Path(path).resolve(), WriteQueue())


def for_coroutines(engine: AsyncEngine) -> None:
    """Make the connections of an engine fit for many writers."""
    _prepare(engine.sync_engine)


def for_threads(url: str) -> Engine:
    """An engine as DBOS makes its own for SQLite, with the same queue before its writes."""
    engine = create_engine(
        url,
        connect_args={"isolation_level": "IMMEDIATE"},
        pool_size=_CONNECTIONS,
        max_overflow=0,
        pool_timeout=30,
    )
    _prepare(engine, "PRAGMA foreign_keys=ON")
    translate(engine, FullForNow)
    _wait_for_room(engine)
    return engine


def _wait_for_room(engine: Engine) -> None:
    """Hold back a thread that found the disk full, without a lock, until there is room again.

    DBOS doubles its pause each time it tries again: without this, work would go on a minute late.
    """
    disk = disk_of(engine.url)

    def note(context: ExceptionContext) -> None:
        if is_full(context.original_exception, disk) and context.connection is not None:
            context.connection.info[_FULL] = True

    def wait_for_room(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        if entry.info.pop(_FULL, False):
            end = time.monotonic() + _ROOM_LIMIT
            while not disk.writable and time.monotonic() < end:
                time.sleep(_ROOM_POLL)

    event.listen(engine, "handle_error", note)
    event.listen(engine, "checkin", wait_for_room)


class FullForNow(Exception):
    """The database is locked: its disk is full.

    DBOS waits and tries again where an error says `database is locked`, and gives a workflow up where it says anything else.
    """

    def __init__(self) -> None:
        super().__init__("database is locked: its disk is full")


def _prepare(engine: Engine, *pragmas: str) -> None:
    turns = turns_at(engine.url.database or "")

    def configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        # The timeout outlasts any of our writes. A write-ahead log lets others read while one writes; with FULL a commit
        # is on the disk before it is reported, so that it survives a crash of the machine.
        usual = ("PRAGMA busy_timeout=60000", "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")
        for pragma in (*usual, *pragmas):
            cursor.execute(pragma)
        cursor.close()

    def begin_writing(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        info = connection.info
        if _TICKET in info or not statement.lstrip()[:7].upper().startswith(_WRITES):
            return
        info[_TICKET] = ticket = turns.take()
        raw = connection.connection.dbapi_connection
        if isinstance(raw, AdaptedConnection):
            raw.run_async(lambda _: asyncio.wait({asyncio.wrap_future(ticket)}, timeout=_TURN_LIMIT))
        else:
            wait({ticket}, timeout=_TURN_LIMIT)

    def end_writing(_connection: DBAPIConnection | None, entry: ConnectionPoolEntry) -> None:
        if (ticket := entry.info.pop(_TICKET, None)) is not None:
            turns.give_back(ticket)

    event.listen(engine, "connect", configure)
    event.listen(engine, "before_cursor_execute", begin_writing)
    event.listen(engine, "checkin", end_writing)
