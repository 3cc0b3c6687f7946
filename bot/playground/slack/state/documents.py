"""Tables of JSON documents, held in memory and written through to one SQLite file."""

import json
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.playground.slack.workspace import PLAYGROUND, Workspace

Json = dict[str, Any]

SCHEMA = """
create table if not exists documents (kind text, key text, body text, primary key (kind, key)) without rowid;
create table if not exists blobs (key text primary key, body blob);
"""
_PUT = "insert or replace into documents values (?, ?, ?)"
_PUT_BLOB = "insert or replace into blobs values (?, ?)"


class Documents:
    """Those of one workspace. What is written inside a transaction survives SIGKILL as a whole or not at all.

    `synchronous=normal` leaves the last moments to a power cut, which a playground may lose. While the disk is full,
    memory goes on alone, and the file is written anew once there is room.
    """

    def __init__(self, path: Path | None, workspace: Workspace = PLAYGROUND) -> None:
        self.workspace = workspace
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=normal")
        self._db.executescript(SCHEMA)
        self._tables: dict[str, dict[str, Json]] = {}
        self._depth = 0
        self._behind = False
        self._unwritten: dict[str, bytes] = {}
        for kind, key, body in self._db.execute("select kind, key, body from documents"):
            self.table(kind)[key] = json.loads(body)

    def table(self, kind: str) -> dict[str, Json]:
        """The live documents of a kind by key; change one, then `put` it."""
        return self._tables.setdefault(kind, {})

    def put(self, kind: str, key: str, document: Json) -> Json:
        self.table(kind)[key] = document
        self._write(_PUT, (kind, key, _dumped(document)))
        return document

    def drop(self, kind: str, key: str) -> Json | None:
        self._write("delete from documents where kind = ? and key = ?", (kind, key))
        return self.table(kind).pop(key, None)

    def put_blob(self, key: str, body: bytes) -> None:
        self._unwritten[key] = body
        self._write(_PUT_BLOB, (key, body))
        if not self._behind:
            self._unwritten.pop(key, None)

    def blob(self, key: str) -> bytes | None:
        if key in self._unwritten:
            return self._unwritten[key]
        row = self._db.execute("select body from blobs where key = ?", (key,)).fetchone()
        return None if row is None else row[0]

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All writes inside become durable together; may be nested, never held over an await.

        A refusal in the middle commits too: memory and file must not part.
        """
        if self._depth == 0 and not self._behind:
            self._db.execute("begin")
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._commit()

    def close(self) -> None:
        self._db.close()

    def _write(self, statement: str, values: tuple[object, ...]) -> None:
        if not self._behind:
            self._try(lambda: self._db.execute(statement, values))
        elif self._depth == 0:
            self._catch_up()

    def _commit(self) -> None:
        if self._behind:
            self._catch_up()
        elif self._db.in_transaction:
            self._try(lambda: self._db.execute("commit"))

    def _catch_up(self) -> None:
        """Write all that memory holds, which is never less than the file should."""

        def rewrite() -> None:
            self._db.execute("begin")
            self._db.execute("delete from documents")
            for kind, table in self._tables.items():
                self._db.executemany(_PUT, [(kind, key, _dumped(each)) for key, each in table.items()])
            self._db.executemany(_PUT_BLOB, self._unwritten.items())
            self._db.execute("commit")

        self._behind = False
        self._try(rewrite)
        if not self._behind:
            self._unwritten.clear()

    def _try(self, write: Callable[[], object]) -> None:
        try:
            write()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
                raise
            if self._db.in_transaction:
                self._db.execute("rollback")
            self._behind = True


def _dumped(document: Json) -> str:
    return json.dumps(document, separators=(",", ":"))
