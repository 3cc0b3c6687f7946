"""Files that people have put into threads."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable

from sqlalchemy import select

from services.domain.entities import Input
from services.domain.values import InputFile
from services.store import tables
from services.store.repository import Repository


class Inputs(Repository):
    """The files of a session, by content, so that a newer one of the same name changes no proposal."""

    async def keep(self, session_id: str, file: InputFile) -> None:
        values = {
            "session_id": session_id,
            "sha256": file.sha256,
            "name": file.name,
            "content": file.content,
            "created_at": time.time(),
        }
        table = tables.inputs
        async with self._engine.begin() as connection:
            await connection.execute(
                table.delete().where(
                    table.c.session_id == session_id,
                    table.c.sha256 == file.sha256,
                    table.c.name == file.name,
                )
            )
            await connection.execute(table.insert().values(**values))

    async def latest(self, session_id: str) -> tuple[InputFile, ...]:
        """The newest of each name, in the order of their names."""
        table = tables.inputs
        rows = await self._all(table, table.c.session_id == session_id, order=table.c.created_at)
        newest = {row.name: InputFile(row.name, row.content) for row in rows}
        return tuple(newest[name] for name in sorted(newest))

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
        return tuple([await self._exactly(session_id, each) for each in inputs])

    async def kept(self, session_id: str, inputs: Iterable[Input]) -> list[InputFile]:
        """Those of these files that are still stored as they were."""
        found: list[InputFile] = []
        for each in inputs:
            with contextlib.suppress(LookupError):
                found.append(await self._exactly(session_id, each))
        return found

    async def _exactly(self, session_id: str, wanted: Input) -> InputFile:
        table = tables.inputs
        row = await self._one(
            table,
            table.c.session_id == session_id,
            table.c.sha256 == wanted.sha256,
            table.c.name == wanted.name,
        )
        file = InputFile(row.name, row.content) if row else None
        if file is None or file.sha256 != wanted.sha256:
            raise LookupError(wanted.name)
        return file
