"""What a database says of its tables: columns with their types, keys, and enumerations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import psycopg
from psycopg import sql

_TABLES = """
SELECT c.oid, n.nspname, c.relname, c.relkind::text,
       (SELECT sum(p.reltuples) FROM pg_partition_tree(c.oid) AS t JOIN pg_class AS p ON p.oid = t.relid WHERE t.isleaf),
       c.reltuples, has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'),
       ARRAY(SELECT a.attname::text FROM pg_index AS i JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ANY(i.indkey)
             WHERE i.indrelid = c.oid AND i.indisprimary ORDER BY array_position(i.indkey::int2[], a.attnum))
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  AND NOT EXISTS (SELECT FROM pg_depend AS d WHERE d.objid = c.oid AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
"""
_COLUMNS = """
SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity <> '',
       CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
       CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
       t.typtype::text, coalesce(e.typtype, t.typtype)::text, coalesce(en.nspname, n.nspname),
       CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END, t.typcategory = 'A'
FROM pg_attribute AS a JOIN pg_type AS t ON t.oid = a.atttypid JOIN pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND t.typcategory = 'A'
LEFT JOIN pg_namespace AS en ON en.oid = e.typnamespace
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY(%s) AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(a.attrelid, a.attnum, 'SELECT')
ORDER BY a.attrelid, a.attnum
"""
_KEYS = """
SELECT c.conrelid, c.confrelid,
       ARRAY(SELECT attname::text FROM unnest(c.conkey) WITH ORDINALITY AS k(n, o)
             JOIN pg_attribute ON attrelid = c.conrelid AND attnum = k.n ORDER BY k.o),
       ARRAY(SELECT attname::text FROM unnest(c.confkey) WITH ORDINALITY AS k(n, o)
             JOIN pg_attribute ON attrelid = c.confrelid AND attnum = k.n ORDER BY k.o)
FROM pg_constraint AS c WHERE c.contype = 'f' AND c.conrelid = ANY(%(tables)s) AND c.confrelid = ANY(%(tables)s)
ORDER BY c.oid
"""
_CONSTRAINTS = """
SELECT conrelid, conname, pg_get_constraintdef(oid), contype = 'f' FROM pg_constraint
WHERE conrelid = ANY(%s) AND contype IN ('p', 'u', 'f') ORDER BY contype = 'f', conrelid, conname
"""
_ENUMS = """
SELECT format_type(t.oid, NULL), n.nspname, array_agg(e.enumlabel::text ORDER BY e.enumsortorder)
FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace JOIN pg_enum AS e ON e.enumtypid = t.oid
GROUP BY t.oid, n.nspname
"""
_TEXTS = ("text", "character", "name", "citext", '"char"')
_INTEGERS = {"smallint": 2, "integer": 4, "bigint": 8}


@dataclass(frozen=True, slots=True, kw_only=True)
class PgColumn:
    """A column as the sample's table has it."""

    name: str
    type: str
    """As SQL writes it; `text` for a type of an extension."""
    required: bool = False
    counted: bool = False
    """Whether it numbers its rows by a sequence."""
    default: str = ""
    generated: str = ""
    """The expression that it is computed by."""
    enum: str = ""
    """The enumeration that it uses."""

    @property
    def is_text(self) -> bool:
        return self.type.startswith(_TEXTS) and not self.is_array

    @property
    def is_integer(self) -> bool:
        return self.type in _INTEGERS

    @property
    def is_number(self) -> bool:
        return self.is_integer or (
            self.type.startswith(("numeric", "double precision", "real")) and not self.is_array
        )

    @property
    def is_array(self) -> bool:
        return self.type.endswith("[]")

    @property
    def limits(self) -> tuple[int, int]:
        """Of an integer."""
        bits = 8 * _INTEGERS.get(self.type, 8)
        return -(2 ** (bits - 1)), 2 ** (bits - 1) - 1

    @property
    def length(self) -> int | None:
        """The most characters of a text."""
        size = self.type.rpartition("(")[2].rstrip(")")
        return int(size) if self.is_text and size.isdigit() else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view."""

    oid: int
    namespace: str
    relation: str
    is_view: bool
    estimate: int | None
    readable: bool
    key: tuple[str, ...]
    columns: tuple[PgColumn, ...] = ()
    constraints: tuple[tuple[str, str, bool], ...] = ()
    """Names and definitions of keys, and whether one refers to another table."""

    @property
    def name(self) -> str:
        """Such as `public.orders`."""
        return f"{self.namespace}.{self.relation}"

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.namespace, self.relation)

    def without(self, names: Collection[str]) -> Table:
        """Without these columns."""
        return replace(
            self,
            columns=tuple(column for column in self.columns if column.name not in names),
            key=() if set(self.key) & set(names) else self.key,
        )


@dataclass(frozen=True, slots=True)
class Key:
    """Columns of a table that refer to those of another one."""

    child: str
    parent: str
    columns: tuple[str, ...]
    parent_columns: tuple[str, ...]


def tables(database: psycopg.Connection[Any]) -> list[Table]:
    """All tables and views, also those that can't be read."""
    found: dict[int, Table] = {}
    for oid, namespace, relation, kind, in_partitions, own, readable, key in database.execute(_TABLES):
        count = in_partitions if kind == "p" else own
        found[oid] = Table(
            oid=oid,
            namespace=namespace,
            relation=relation,
            is_view=kind in {"v", "f"},
            estimate=None if count is None or count < 0 else int(count),
            readable=readable,
            key=tuple(key),
        )
    columns: dict[int, list[PgColumn]] = {}
    for row in database.execute(_COLUMNS, [list(found)]):
        columns.setdefault(row[0], []).append(_column(*row[1:]))
    constraints: dict[int, list[tuple[str, str, bool]]] = {}
    for oid, name, definition, refers in database.execute(_CONSTRAINTS, [list(found)]):
        constraints.setdefault(oid, []).append((name, definition, refers))
    return [
        replace(table, columns=tuple(columns.get(oid, ())), constraints=tuple(constraints.get(oid, ())))
        for oid, table in found.items()
    ]


def keys(database: psycopg.Connection[Any], found: Sequence[Table]) -> list[Key]:
    """How these tables refer to each other, by columns that they all have."""
    by_oid = {table.oid: table for table in found}
    has = {table.oid: {column.name for column in table.columns} for table in found}
    return [
        Key(by_oid[child].name, by_oid[parent].name, tuple(columns), tuple(others))
        for child, parent, columns, others in database.execute(_KEYS, {"tables": list(by_oid)})
        if has[child] >= set(columns) and has[parent] >= set(others)
    ]


def enums(database: psycopg.Connection[Any], found: Sequence[Table]) -> Mapping[str, tuple[str, list[str]]]:
    """The enumerations that these tables use: their schemas and labels by their names."""
    used = {column.enum for table in found for column in table.columns if column.enum}
    return {name: (schema, labels) for name, schema, labels in database.execute(_ENUMS) if name in used}


def _column(  # noqa: PLR0917  # a row of the query, in its order
    name: str,
    written: str,
    required: bool,  # noqa: FBT001
    identity: bool,  # noqa: FBT001
    default: str | None,
    generated: str | None,
    kind: str,
    inner_kind: str,
    namespace: str,
    base: str | None,
    is_array: bool,  # noqa: FBT001
) -> PgColumn:
    enum = ""
    if kind == "d":
        written = base or "text"
    elif inner_kind == "e":
        enum = written.removesuffix("[]") if is_array else written
    elif namespace != "pg_catalog":
        written = "text"
    counted = identity or (default or "").startswith("nextval(")
    return PgColumn(
        name=name,
        type=written,
        required=required,
        counted=counted,
        default="" if counted else default or "",
        generated=generated or "",
        enum=enum,
    )
