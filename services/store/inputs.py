"""Files that people have put into threads: small ones in the database, larger ones in an artifact store."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.artifacts.interface import ArtifactStore, key_of
from services.domain.entities import Input
from services.domain.errors import ArtifactsUnavailable
from services.domain.values import InputFile
from services.store import tables
from services.store.repository import Repository

_log = logging.getLogger(__name__)

IN_DATABASE = 1_000_000
"""The most bytes of a file whose content is in the database where there is an artifact store."""


class Inputs(Repository):
    """The files of a session, by content, so that a newer one of the same name changes no proposal.

    What is read raises ArtifactsUnavailable where the artifact store can't be reached.
    """

    def __init__(self, engine: AsyncEngine, store: ArtifactStore | None = None) -> None:
        super().__init__(engine)
        self._store = store

    async def keep(self, session_id: str, file: InputFile) -> None:
        stored_as = await self._put_away(session_id, file)
        values = {
            "session_id": session_id,
            "sha256": file.sha256,
            "name": file.name,
            "content": b"" if stored_as else file.content,
            "created_at": time.time(),
            "stored_as": stored_as,
        }
        table = tables.inputs
        async with self._engine.begin() as connection:
            await connection.execute(table.delete().where(_this(session_id, file.sha256, file.name)))
            await connection.execute(table.insert().values(**values))

    async def latest(self, session_id: str) -> tuple[InputFile, ...]:
        """The newest of each name, in the order of their names. Raises LookupError for one that is gone."""
        newest = await self.digests(session_id)
        return tuple([await self._exactly(session_id, name, newest[name]) for name in sorted(newest)])

    async def digests(self, session_id: str) -> dict[str, str]:
        """The sha256 of the newest of each name."""
        table = tables.inputs
        statement = (
            select(table.c.name, table.c.sha256)
            .where(table.c.session_id == session_id)
            .order_by(table.c.created_at)
        )
        async with self._engine.connect() as connection:
            return {row.name: row.sha256 for row in await connection.execute(statement)}

    async def exactly(self, session_id: str, inputs: Iterable[Input]) -> tuple[InputFile, ...]:
        """These files. Raises LookupError for one that is gone, or no longer what it was."""
        return tuple([await self._exactly(session_id, each.name, each.sha256) for each in inputs])

    async def kept(self, session_id: str, inputs: Iterable[Input]) -> list[InputFile]:
        """Those of these files that are still stored as they were."""
        found: list[InputFile] = []
        for each in inputs:
            with contextlib.suppress(LookupError):
                found.append(await self._exactly(session_id, each.name, each.sha256))
        return found

    async def forget(self, session_id: str, name: str, digest: str) -> None:
        """Delete what is outside of the database of a file whose row is to go."""
        try:
            if self._store is not None:
                await self._store.delete(_owner(session_id), _key(name, digest))
        except ArtifactsUnavailable as error:
            _log.warning("input %s of %s was not deleted: %r", name, session_id, error)

    async def _put_away(self, session_id: str, file: InputFile) -> str | None:
        """The file's place in the artifact store; None where it is not there."""
        if self._store is None or len(file.content) <= IN_DATABASE:
            return None
        owner, key = _owner(session_id), _key(file.name, file.sha256)
        try:
            await self._store.put(owner, key, file.content)
        except ArtifactsUnavailable as error:
            _log.warning("input %s of %s stays in the database: %r", file.name, session_id, error)
            return None
        return key_of(owner, key)

    async def _exactly(self, session_id: str, name: str, digest: str) -> InputFile:
        row = await self._one(tables.inputs, _this(session_id, digest, name))
        if row is None:
            raise LookupError(name)
        file = InputFile(name, await self._content(row))
        if file.sha256 != digest:
            raise LookupError(name)
        return file

    async def _content(self, row: Row[Any]) -> bytes:
        if not row.stored_as:
            return row.content
        if self._store is None:
            raise LookupError(row.name)
        try:
            return await self._store.get(_owner(row.session_id), _key(row.name, row.sha256))
        except LookupError:
            raise LookupError(row.name) from None


def _owner(session_id: str) -> str:
    return f"inputs-{session_id}"


def _key(name: str, digest: str) -> str:
    return f"{digest}/{name}"


def _this(session_id: str, digest: str, name: str) -> ColumnElement[bool]:
    table = tables.inputs.c
    return (table.session_id == session_id) & (table.sha256 == digest) & (table.name == name)
