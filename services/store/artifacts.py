"""The files of proposals and runs: what they are in the database, their contents in an artifact store."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.artifacts.interface import ArtifactStore, key_of
from services.domain.errors import ArtifactsUnavailable
from services.domain.values import Artifact
from services.store.tables import artifacts as table

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Whole:
    """Artifacts with their contents, and the names of those whose contents can't be had."""

    artifacts: tuple[Artifact, ...] = ()
    missing: tuple[str, ...] = ()


class Artifacts:
    """Artifacts by owner. Without a `store`, and for what it can't take, contents are in the database itself."""

    def __init__(self, engine: AsyncEngine, store: ArtifactStore | None = None) -> None:
        self._engine = engine
        self._store = store

    async def keep(self, owner_id: str, artifacts: Iterable[Artifact]) -> None:
        """In place of all that the owner had before."""
        rows = [await self._row(owner_id, artifact) for artifact in artifacts]
        before = {row.name for row in await self._rows(owner_id) if row.stored_as}
        async with self._engine.begin() as connection:
            await connection.execute(table.delete().where(table.c.owner_id == owner_id))
            for values in rows:
                await connection.execute(table.insert().values(**values))
        await self._remove(owner_id, before - {str(row["name"]) for row in rows if row["stored_as"]})

    async def listed(self, owner_id: str) -> tuple[Artifact, ...]:
        """By name, without their contents."""
        return tuple(Artifact(row.name, row.media_type, b"", row.size) for row in await self._rows(owner_id))

    async def whole(self, owner_id: str) -> Whole:
        """By name, with their contents."""
        found: list[Artifact] = []
        missing: list[str] = []
        for row in await self._rows(owner_id):
            try:
                found.append(Artifact(row.name, row.media_type, await self._content(owner_id, row)))
            except (LookupError, ArtifactsUnavailable) as error:
                _log.warning("artifact %s of %s: %r", row.name, owner_id, error)
                missing.append(row.name)
        return Whole(tuple(found), tuple(missing))

    async def forget(self, owner_id: str) -> None:
        """All that the owner has."""
        await self.keep(owner_id, ())

    async def _row(self, owner_id: str, artifact: Artifact) -> dict[str, Any]:
        row: dict[str, Any] = {
            "owner_id": owner_id,
            "name": artifact.name,
            "media_type": artifact.media_type,
            "content": artifact.content,
            "size": artifact.size,
            "stored_as": None,
        }
        if self._store is None:
            return row
        try:
            await self._store.put(owner_id, artifact.name, artifact.content)
        except ArtifactsUnavailable as error:
            _log.warning("artifact %s of %s stays in the database: %r", artifact.name, owner_id, error)
            return row
        return {**row, "content": b"", "stored_as": key_of(owner_id, artifact.name)}

    async def _rows(self, owner_id: str) -> Sequence[Any]:
        # Rows of earlier versions have their size by their content alone.
        size = func.coalesce(table.c.size, func.length(table.c.content)).label("size")
        statement = select(table.c.name, table.c.media_type, table.c.stored_as, size)
        async with self._engine.connect() as connection:
            found = await connection.execute(
                statement.where(table.c.owner_id == owner_id).order_by(table.c.name)
            )
            return list(found)

    async def _content(self, owner_id: str, row: Any) -> bytes:
        if row.stored_as:
            if self._store is None:
                raise LookupError(row.name)
            return await self._store.get(owner_id, row.name)
        where = (table.c.owner_id == owner_id, table.c.name == row.name)
        async with self._engine.connect() as connection:
            return (await connection.execute(select(table.c.content).where(*where))).scalar_one()

    async def _remove(self, owner_id: str, names: Iterable[str]) -> None:
        for name in names:
            try:
                if self._store is not None:
                    await self._store.delete(owner_id, name)
            except ArtifactsUnavailable as error:
                _log.warning("artifact %s of %s was not deleted: %r", name, owner_id, error)
