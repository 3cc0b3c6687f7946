"""What DBOS has stored in a database, looked through for what only the code that wrote it could read."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator

from sqlalchemy import MetaData, create_engine, make_url

from services.store import tables

_MODULE = re.compile(r"\b(?:bot|handlers|services|tests)\.[a-z_]\w*")
_PAYLOADS = ("inputs", "output", "error", "message", "value", "context")
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def flaws(url: str) -> list[str]:
    """A line for each value of DBOS that is a pickle, names a module of ours, or is not the JSON that a payload has to be."""
    parsed = make_url(url)
    engine = create_engine(parsed.set(drivername=_DRIVERS[parsed.get_backend_name()]))
    schema = "dbos" if engine.dialect.name == "postgresql" else None
    try:
        known = MetaData()
        known.reflect(engine, schema=schema)
        with engine.connect() as connection:
            return [
                f"{table.name}.{column}: {flaw}: {value[:200]}"
                for table in known.sorted_tables
                if table.name not in tables.metadata.tables
                for row in connection.execute(table.select()).mappings()
                for column, value in row.items()
                if isinstance(value, str)
                for flaw in _of(column, value)
            ]
    finally:
        engine.dispose()


def _of(column: str, value: str) -> Iterator[str]:
    if _MODULE.search(value):
        yield "a module's path"
    if _is_pickle(value):
        yield "a pickle"
    if column == "serialization" and value != "portable_json":
        yield "another format"
    if column in _PAYLOADS and _is_no_json(value):
        yield "no JSON"


def _is_pickle(value: str) -> bool:
    try:
        content = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return content.startswith(b"\x80") and content.endswith(b".")


def _is_no_json(value: str) -> bool:
    try:
        json.loads(value)
    except ValueError:
        return True
    return False
