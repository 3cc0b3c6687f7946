"""PostgreSQL: a few rows of each table in one snapshot, with the rows that they refer to, as SQL that `psql` loads.

The sample is `sample.sql`: types, tables, data, then keys. It needs an empty database and no extension.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from services.data.columns import Columns, Rule
from services.data.credentials import Value
from services.data.file_source import unmatched
from services.data.interface import Estimate, Sampled
from services.data.masking import Masker
from services.data.parquet import empty
from services.data.postgres_catalog import Key, Table, enums, keys, tables
from services.data.postgres_masking import masked_column
from services.data.postgres_script import script
from services.data.profiles import few, shown
from services.data.spread import evenly
from services.domain.connections import Column, Connection, SampleProfile, TableProfile
from services.domain.errors import DataUnavailable

FILE = "sample.sql"
_MOST_TABLES = 100
_COUNTED = 100_000
_ROUNDS = 4
# Of a sample by blocks more is asked for than is needed, since blocks are of different sizes.
_SPARE = 3

Row = tuple[str | None, ...]


class PostgresSource:
    """The tables of a database, those in `tables` or all that can be read."""

    def __init__(self, connection: Connection, value: Value, masker: Masker) -> None:
        self.connection = connection
        self.columns = Columns(connection, masker)
        self._value = value

    def schema(self) -> Mapping[str, str]:
        with self._connected() as database:
            return {
                f"{table.name}.{column.name}": column.type
                for table in self._tables(database)
                for column in table.columns
            }

    def estimate(self) -> Estimate:
        with self._connected() as database:
            counts = [_count(database, table) for table in self._tables(database)]
        known = [count for count, _ in counts if count is not None]
        exact = all(is_exact for _, is_exact in counts)
        return Estimate(rows=sum(known) if len(known) == len(counts) else None, exact=exact)

    def sample(self, folder: Path) -> Sampled:
        limits = self.connection.limits
        with self._connected() as database:
            found = self._tables(database)
            counts = {table.name: _count(database, table) for table in found}
            references = keys(database, found)
            referred = {key.parent for key in references}
            rows: dict[str, list[Row]] = {}
            for table in found:
                most = max(1, limits.rows // 2) if table.name in referred else limits.rows
                rows[table.name] = _some(database, table, most, counts[table.name][0])
            _add_referred(database, found, references, rows, limits.rows)
            named = enums(database, found)
        if not any(rows.values()):
            raise DataUnavailable(empty(self.connection.name))
        _fit(rows, limits.size)
        for table in found:
            self._learn(table, rows[table.name])
        masked = {table.name: self._masked(table, rows[table.name]) for table in found}
        (folder / FILE).write_text(script(found, named, masked), encoding="utf-8")
        profiles = tuple(self._profile(table, masked[table.name], *counts[table.name]) for table in found)
        return Sampled(profile=SampleProfile(tables=profiles), root=FILE)

    def _connected(self) -> AbstractContextManager[psycopg.Connection[Any]]:
        place = make_conninfo(self.connection.place, connect_timeout=5, **_login(self._value))
        database = psycopg.connect(place)
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        database.execute("SET LOCAL statement_timeout = '120s'")
        database.execute("SET LOCAL datestyle = 'ISO'")
        database.execute("SET LOCAL search_path = pg_catalog")
        return database

    def _tables(self, database: psycopg.Connection[Any]) -> list[Table]:
        """Raises DataUnavailable for tables that aren't there or can't be read, and for columns that aren't there."""
        every = tables(database)
        wanted = self.connection.tables
        chosen = [table for table in every if not wanted or any(_named(table, name) for name in wanted)]
        missing = [
            name for name in wanted if "*" not in name and not any(_named(table, name) for table in chosen)
        ]
        if missing:
            raise DataUnavailable(
                f"`{self.connection.name}` has no table {missing[0]}. Correct `tables`, or create it."
            )
        refused = [table.name for table in chosen if not table.readable]
        if refused and (wanted or len(refused) == len(chosen)):
            raise DataUnavailable(
                f"`{self.connection.name}` can't read {refused[0]}. Grant it: `GRANT SELECT ON {refused[0]} TO` its user."
            )
        chosen = [table for table in chosen if table.readable]
        if not chosen:
            raise DataUnavailable(f"`{self.connection.name}` has no tables. Create them, or correct its URL.")
        if len(chosen) > _MOST_TABLES:
            raise DataUnavailable(
                f"`{self.connection.name}` has {len(chosen):,} tables. Choose up to {_MOST_TABLES} by `tables`."
            )
        paths = [f"{table.name}.{column.name}" for table in chosen for column in table.columns]
        if wrong := self.columns.unmatched(paths):
            raise DataUnavailable(unmatched(self.connection, wrong))
        return [table.without(self._left_out(table)) for table in chosen]

    def _left_out(self, table: Table) -> set[str]:
        return {
            column.name
            for column in table.columns
            if self.columns.rule(f"{table.name}.{column.name}") is Rule.LEAVE_OUT
            # What is computed from a column shows it.
            or (column.generated and self._computed_from_hidden(table, column.generated))
        }

    def _computed_from_hidden(self, table: Table, expression: str) -> bool:
        return any(
            self.columns.rule(f"{table.name}.{column.name}") in {Rule.LEAVE_OUT, Rule.MASK}
            and column.name in expression
            for column in table.columns
        )

    def _learn(self, table: Table, rows: Sequence[Row]) -> None:
        for place, column in enumerate(table.columns):
            if column.is_text or column.is_integer:
                self.columns.learn(f"{table.name}.{column.name}", [row[place] for row in rows])

    def _masked(self, table: Table, rows: Sequence[Row]) -> list[Row]:
        parts = [
            masked_column(self.columns, f"{table.name}.{column.name}", column, [row[place] for row in rows])
            for place, column in enumerate(table.columns)
        ]
        return list(zip(*parts, strict=True)) if parts else []

    def _profile(self, table: Table, rows: Sequence[Row], total: int | None, exact: bool) -> TableProfile:  # noqa: FBT001
        columns: list[Column] = []
        for place, column in enumerate(table.columns):
            values = [value for row in rows if (value := row[place]) is not None]
            low, high = _range(values, numbers=column.is_number)
            columns.append(
                Column(
                    name=column.name,
                    type=column.type,
                    nulls=len(rows) - len(values),
                    low=low,
                    high=high,
                    values=few(values),
                    masked=self._why(f"{table.name}.{column.name}"),
                )
            )
        return TableProfile(
            name=table.name, columns=tuple(columns), rows=len(rows), total_rows=total, exact=exact
        )

    def _why(self, path: str) -> str:
        """Also what was found in a document of JSON."""
        found = self.columns.masked
        return found.get(path) or next(
            (why for name, why in found.items() if name.startswith(f"{path}.")), ""
        )


def _login(value: Value) -> dict[str, str]:
    if not value.text:
        return {}
    if not value.text.startswith("{"):
        return {"password": value.text}
    parts = value.parts()
    user = {"user": parts["username"]} if "username" in parts else {}
    return {**user, "password": parts.get("password", "")}


def _named(table: Table, pattern: str) -> bool:
    return fnmatchcase(table.name, pattern) or fnmatchcase(table.relation, pattern)


def _count(database: psycopg.Connection[Any], table: Table) -> tuple[int | None, bool]:
    """How many rows there are, and whether that is exact."""
    if table.is_view:
        return None, False
    if table.estimate is not None and table.estimate > _COUNTED:
        return table.estimate, False
    counted = database.execute(
        sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT {}) AS counted").format(
            table.identifier, _COUNTED + 1
        )
    ).fetchone()
    count = int(cast("tuple[int]", counted)[0])
    return (count, True) if count <= _COUNTED else (table.estimate, False)


def _some(database: psycopg.Connection[Any], table: Table, most: int, total: int | None) -> list[Row]:
    """Rows from the whole of a table, the same again while it doesn't change."""
    if total is not None and total > most * _SPARE and not table.is_view:
        for method in ("SYSTEM", "BERNOULLI"):
            if method == "BERNOULLI" and total > 100 * _COUNTED:
                break
            percent = min(100.0, 100.0 * most * _SPARE / total)
            part = sql.SQL("TABLESAMPLE " + method + " ({}) REPEATABLE (1) LIMIT {}").format(  # type: ignore[arg-type]
                percent, 10 * most * _SPARE
            )
            if len(rows := _read(database, table, part)) >= most:
                return evenly(rows, most)
    ordered = sql.SQL("ORDER BY {}").format(_order(table)) if table.key else sql.SQL("")
    if total is not None and total <= most * _SPARE:
        return evenly(_read(database, table, ordered), most)
    return _read(database, table, sql.SQL("LIMIT {}").format(most))


def _order(table: Table) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, table.key))


def _read(database: psycopg.Connection[Any], table: Table, rest: sql.Composable) -> list[Row]:
    columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
    query = sql.SQL("COPY (SELECT {} FROM {} {}) TO STDOUT").format(columns, table.identifier, rest)
    with database.cursor() as cursor, cursor.copy(query) as copy:
        return [cast("Row", row) for row in copy.rows()]


def _add_referred(
    database: psycopg.Connection[Any],
    found: Sequence[Table],
    references: Sequence[Key],
    rows: dict[str, list[Row]],
    most: int,
) -> None:
    """The rows that sampled ones refer to, and those that these refer to."""
    by_name = {table.name: table for table in found}
    for _ in range(_ROUNDS):
        added = 0
        for key in references:
            child, parent = by_name[key.child], by_name[key.parent]
            wanted = set(_values(child, key.columns, rows[child.name])) - set(
                _values(parent, key.parent_columns, rows[parent.name])
            )
            if not wanted:
                continue
            more = _referred(database, parent, key, sorted(wanted)[:most])
            known = set(rows[parent.name])
            rows[parent.name] += [row for row in more if row not in known]
            added += len(more)
        if not added:
            return


def _values(table: Table, names: Sequence[str], rows: Iterable[Row]) -> Iterable[tuple[str, ...]]:
    places = [[column.name for column in table.columns].index(name) for name in names]
    for row in rows:
        values = tuple(row[place] for place in places)
        if None not in values:
            yield cast("tuple[str, ...]", values)


def _referred(
    database: psycopg.Connection[Any], parent: Table, key: Key, wanted: Sequence[tuple[str, ...]]
) -> list[Row]:
    types = {column.name: column.type for column in parent.columns}
    rows = sql.SQL(", ").join(
        sql.SQL("({})").format(
            sql.SQL(", ").join(
                sql.SQL("{}::{}").format(sql.Literal(value), sql.SQL(types[name]))  # type: ignore[arg-type]
                for value, name in zip(values, key.parent_columns, strict=True)
            )
        )
        for values in wanted
    )
    names = sql.SQL(", ").join(map(sql.Identifier, key.parent_columns))
    return _read(database, parent, sql.SQL("WHERE ({}) IN ({})").format(names, rows))


def _fit(rows: dict[str, list[Row]], size: int) -> None:
    """Drop rows evenly where all are more than `size` bytes."""
    sizes = {name: sum(len(value or "") for row in some for value in row) for name, some in rows.items()}
    if sum(sizes.values()) > size:
        share = size / sum(sizes.values())
        for name, some in rows.items():
            rows[name] = evenly(some, max(1, int(len(some) * share)))


def _range(values: Sequence[str], *, numbers: bool) -> tuple[str, str]:
    if not values:
        return "", ""
    if numbers:
        try:
            return shown(min(values, key=float)), shown(max(values, key=float))
        except ValueError:
            pass
    return shown(min(values)), shown(max(values))
