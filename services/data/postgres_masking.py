"""Masks columns of PostgreSQL as text, so that their types can still read them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from services.data.columns import BY_NAME, Columns, Rule
from services.data.postgres_catalog import PgColumn
from services.domain.errors import DataUnavailable
from services.domain.untrusted_data import from_json

_DATES = ("date", "timestamp")


def masked_column(
    columns: Columns, path: str, column: PgColumn, values: Sequence[str | None]
) -> list[str | None]:
    """The values, masked. Raises DataUnavailable where a column must not be empty, but its type has no masks."""
    if column.is_text:
        return _cut(columns.texts(path, values), column.length)
    if column.type in {"json", "jsonb"}:
        return [value if value is None else _document(columns, path, value) for value in values]
    if column.is_integer:
        why = columns.why(path)
        columns.note(path, why)
        low, high = column.limits
        return [
            value if value is None or not why else str(columns.masker.integer(int(value), low, high))
            for value in values
        ]
    if columns.rule(path) is not Rule.MASK:
        return _searched(columns, path, column, values)
    columns.note(path, BY_NAME)
    return [value if value is None else _typed(columns, path, column, value) for value in values]


def _searched(
    columns: Columns, path: str, column: PgColumn, values: Sequence[str | None]
) -> list[str | None]:
    """Lists of texts, and documents, may hold what is searched for; numbers and dates can't."""
    if columns.rule(path) is Rule.PLAIN or not column.type.startswith(("text", "character", "xml", "hstore")):
        return list(values)
    return [value if value is None else columns.text(path, value) for value in values]


def _document(columns: Columns, path: str, text: str) -> str:
    try:
        value = from_json(text)
    except ValueError:
        return "null"
    return json.dumps(columns.value(path, value), ensure_ascii=False)


def _typed(columns: Columns, path: str, column: PgColumn, value: str) -> str | None:
    masker = columns.masker
    if column.is_array:
        return masker.text(value) if any(char.isalnum() for char in value) else value
    if column.type == "boolean":
        return "f"
    if column.type.startswith(_DATES) or column.type == "uuid" or column.is_number:
        return (
            value
            if value in {"NaN", "Infinity", "-Infinity", "infinity", "-infinity"}
            else masker.text(value)
        )
    if column.type == "bytea":
        return "\\x" + masker.binary(bytes.fromhex(value.removeprefix("\\x"))).hex()
    if not column.required:
        return None
    raise DataUnavailable(
        f"`{columns.connection.name}`: {path} has the type {column.type}, which can't be masked. Move it to `leave_out`."
    )


def _cut(values: Sequence[str | None], length: int | None) -> list[str | None]:
    """A mask may be longer than its value."""
    return [value if value is None or length is None else value[:length] for value in values]
