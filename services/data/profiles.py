# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""Describes the columns of a masked sample."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from services.data.columns import inside
from services.domain.connections import Column
from services.text.formatting import clean

_VALUES = 5
_SHOWN = 80
_ORDERED = (
    types.is_integer,
    types.is_floating,
    types.is_decimal,
    types.is_temporal,
    types.is_string,
    types.is_large_string,
    types.is_boolean,
)


def described(table: Any, masked: Mapping[str, str], prefix: str = "") -> tuple[Column, ...]:
    """The columns of a table of Arrow, those in structs after their struct; `prefix` is the table's name in `masked`."""
    found: list[Column] = []
    for field, column in zip(table.schema, table.columns, strict=True):
        found += _described(field.name, column, masked, prefix)
    return tuple(found)


def shown(value: object) -> str:
    """A value as text on one line, cut to a length that people read."""
    text = f"{len(value)} bytes" if isinstance(value, bytes) else clean(str(value)).replace("\n", " ")
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _described(name: str, column: Any, masked: Mapping[str, str], prefix: str) -> list[Column]:
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    kind = str(array.type)
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if types.is_dictionary(array.type):
        array = array.dictionary_decode()
    low, high = _range(array)
    path = inside(prefix, name)
    found = [
        Column(
            name=name,
            type=kind if not types.is_struct(array.type) else "struct",
            nulls=array.null_count,
            low=low,
            high=high,
            values=() if types.is_struct(array.type) else few(_first(array)),
            masked=_why(path, array.type, masked),
        )
    ]
    if types.is_struct(array.type):
        for field, inner in zip(array.type, array.flatten(), strict=True):
            found += _described(f"{name}.{field.name}", inner, masked, prefix)
    return found


def _why(path: str, kind: Any, masked: Mapping[str, str]) -> str:
    """Of a list also what is in it."""
    if path in masked or types.is_struct(kind):
        return masked.get(path, "")
    return next((why for inner, why in masked.items() if inner.startswith(f"{path}.")), "")


def few(values: Iterable[Any]) -> tuple[str, ...]:
    """The first few different ones, as text."""
    different: dict[str, None] = {}
    for value in values:
        if value is not None:
            different.setdefault(shown(value))
        if len(different) == _VALUES:
            break
    return tuple(different)


def _first(array: Any) -> list[Any]:
    head = array.slice(0, 200)
    if types.is_timestamp(head.type):
        return [None if not each.is_valid else each.cast(pa.string()).as_py() for each in head]
    try:
        return head.to_pylist()
    except (ValueError, OverflowError):
        return []


def _range(array: Any) -> tuple[str, str]:
    if not any(is_ordered(array.type) for is_ordered in _ORDERED):
        return "", ""
    try:
        ends = pc.min_max(array)
        low, high = (end.cast(pa.string()).as_py() for end in (ends["min"], ends["max"]))
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return "", ""
    return "" if low is None else shown(low), "" if high is None else shown(high)
