"""What all repositories share: small statements, and every change of status a compare-and-set."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Insert, Integer, Row, Table, Update, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.entities import Status, sources
from services.store.audited import Audit

_CHANGED = literal_column("1", Integer)


class Repository:
    """What the repositories share: an engine, insert-if-absent, and guarded moves."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def _insert_once(self, table: Table, values: dict[str, Any], audit: Audit | None = None) -> bool:
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        return await self._change(dialect.insert(table).values(**values).on_conflict_do_nothing(), audit)

    async def _put(self, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
        """Insert the row with this primary key, or give it these values."""
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(table).values(**key, **values)
        async with self._engine.begin() as connection:
            await connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))

    async def _change(self, statement: Insert | Update, audit: Audit | None = None) -> bool:
        """Whether it changed the one row that it is about; `audit` then belongs to the same transaction."""
        async with self._engine.begin() as connection:
            # Of an insert that may do nothing, psycopg's cursor does not know how many rows it made.
            changed = (await connection.execute(statement.returning(_CHANGED))).first() is not None
            if changed and audit is not None:
                await audit(connection)
            return changed

    async def _move(
        self,
        table: Table,
        record_id: str,
        status: Status,
        *,
        audit: Audit | None = None,
        **values: object,
    ) -> bool:
        """Set `status` where the transition is allowed; False when someone else was first."""
        allowed = [str(source) for source in sources(status)]
        statement = (
            update(table)
            .where(table.c.id == record_id, table.c.status.in_(allowed))
            .values(status=str(status), **values)
        )
        return await self._change(statement, audit)

    async def _one(self, table: Table, *where: Any) -> Row[Any] | None:
        async with self._engine.connect() as connection:
            return (await connection.execute(select(table).where(*where))).first()

    async def _all(self, table: Table, *where: Any, order: Any) -> list[Row[Any]]:
        async with self._engine.connect() as connection:
            return list(await connection.execute(select(table).where(*where).order_by(order)))
