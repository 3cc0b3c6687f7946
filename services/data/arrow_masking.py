# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false, reportAttributeAccessIssue=false
# pyarrow has no types.
"""Masks tables of Arrow, nested columns too; types stay, and so does everything about a column that is not its values."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pyarrow as pa
from pyarrow import types

from services.data.columns import BY_NAME, Columns, Rule, inside
from services.data.masking import masked_scalar

_LISTS = (
    types.is_list,
    types.is_large_list,
    types.is_fixed_size_list,
    types.is_list_view,
    types.is_large_list_view,
)
_TEXTS = (types.is_string, types.is_large_string, types.is_string_view)
_BYTES = (types.is_binary, types.is_large_binary, types.is_fixed_size_binary, types.is_binary_view)
# Apart from it, a schema's metadata may hold anything, values too.
_KEPT_METADATA = {b"PARQUET:field_id"}


def masked_table(table: Any, columns: Columns, prefix: str = "") -> Any:
    """`table` without the columns that are left out, and masked; `prefix` is its own name in a database."""
    fields: list[Any] = []
    arrays: list[Any] = []
    for field, column in zip(table.schema, table.columns, strict=True):
        path = inside(prefix, field.name)
        kept = kept_field(field, path, columns)
        if kept is None:
            continue
        fields.append(kept)
        arrays.append(_masked(_whole(column), path, columns, kept.type))
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields)) if fields else table.select([])


def kept_schema(schema: Any, columns: Columns, prefix: str = "") -> Any:
    """What `masked_table` makes of a schema."""
    kept = (kept_field(field, inside(prefix, field.name), columns) for field in schema)
    return pa.schema([field for field in kept if field is not None])


def paths(schema: Any, prefix: str = "") -> list[str]:
    """All columns, with those in structs."""
    found: list[str] = []
    for field in schema:
        path = inside(prefix, field.name)
        found.append(path)
        inner = field.type
        while any(is_list(inner) for is_list in _LISTS):
            inner = inner.value_type
        if types.is_struct(inner):
            found += paths(inner, path)
    return found


def kept_field(field: Any, path: str, columns: Columns) -> Any | None:
    """The field without what is left out of it; None where it is left out itself."""
    if columns.rule(path) is Rule.LEAVE_OUT:
        return None
    metadata = {key: value for key, value in (field.metadata or {}).items() if key in _KEPT_METADATA}
    return pa.field(field.name, _kept_type(field.type, path, columns), field.nullable, metadata or None)


def _kept_type(kind: Any, path: str, columns: Columns) -> Any:
    if types.is_struct(kind):
        inner = [kept_field(field, inside(path, field.name), columns) for field in kind]
        return pa.struct([field for field in inner if field is not None])
    if types.is_map(kind):
        return pa.map_(
            kind.key_type,
            kind.item_field.with_type(_kept_type(kind.item_type, path, columns)),
            keys_sorted=False,
        )
    for is_list, make in (
        (types.is_list, pa.list_),
        (types.is_large_list, pa.large_list),
        (types.is_list_view, pa.list_),
        (types.is_large_list_view, pa.large_list),
    ):
        if is_list(kind):
            return make(_item(kind, path, columns))
    if types.is_fixed_size_list(kind):
        return pa.list_(_item(kind, path, columns), kind.list_size)
    return kind


def _item(kind: Any, path: str, columns: Columns) -> Any:
    return kind.value_field.with_type(_kept_type(kind.value_type, path, columns)).remove_metadata()


def _whole(column: Any) -> Any:
    """One array that begins at its own beginning."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks) if array.num_chunks else pa.array([], array.type)
    return array


def _masked(array: Any, path: str, columns: Columns, kind: Any) -> Any:  # noqa: PLR0911  # one for each type
    """`array` as one of `kind`, masked."""
    if isinstance(array, pa.ExtensionArray):
        made = _masked(array.storage, path, columns, array.storage.type)
        return pa.ExtensionArray.from_storage(array.type, made)
    if types.is_dictionary(array.type):
        return _masked(array.dictionary_decode(), path, columns, array.type.value_type).cast(array.type)
    if types.is_nested(array.type):
        return _nested(array, path, columns, kind)
    if any(is_text(array.type) for is_text in _TEXTS):
        return pa.array(columns.texts(path, array.to_pylist()), array.type)
    if any(is_bytes(array.type) for is_bytes in _BYTES):
        return _masked_bytes(array, path, columns)
    if types.is_integer(array.type):
        return _masked_integers(array, path, columns)
    if columns.rule(path) is not Rule.MASK:
        return _masked_whole_numbers(array, path, columns)
    columns.note(path, BY_NAME)
    return _masked_scalars(array, columns)


def _nested(array: Any, path: str, columns: Columns, kind: Any) -> Any:
    """Rebuilt from Python's values where Arrow has no way that keeps slices and missing values right."""
    if types.is_struct(array.type):
        parts = dict(zip((field.name for field in array.type), array.flatten(), strict=True))
        made = [_masked(parts[field.name], inside(path, field.name), columns, field.type) for field in kind]
        if not made:
            return pa.array([None if not valid.as_py() else {} for valid in array.is_valid()], kind)
        return pa.StructArray.from_arrays(made, fields=list(kind), mask=array.is_null())
    lengths = [None if each is None else len(each) for each in _lengths(array)]
    if types.is_map(array.type):
        entries = array.take(pa.array(range(len(array)), pa.int64()))
        keys = _masked(_present(entries, entries.keys), path, columns, kind.key_type)
        items = _masked(_present(entries, entries.items), path, columns, kind.item_type)
        return pa.MapArray.from_arrays(_offsets(lengths), keys, items, kind)
    values = _masked(array.flatten(), path, columns, kind.value_type)
    if types.is_fixed_size_list(kind):
        return _fixed(values, lengths, kind)
    offsets = _offsets(lengths)
    make = pa.LargeListArray if types.is_large_list(kind) else pa.ListArray
    if types.is_large_list(kind):
        offsets = offsets.cast(pa.int64())
    return make.from_arrays(offsets, values, type=kind)


def _lengths(array: Any) -> list[range | None]:
    if types.is_map(array.type):
        return [None if each is None else range(len(each)) for each in array.to_pylist()]
    counts = pa.compute.list_value_length(array).to_pylist()
    return [None if count is None else range(count) for count in counts]


def _present(array: Any, values: Any) -> Any:
    """The entries of a map without those below missing values."""
    offsets = array.offsets.to_pylist()
    kept = [
        place
        for row, valid in enumerate(array.is_valid().to_pylist())
        if valid
        for place in range(offsets[row], offsets[row + 1])
    ]
    return values.take(pa.array(kept, pa.int64()))


def _offsets(lengths: list[int | None]) -> Any:
    """Where each list begins; a missing one has no beginning."""
    offsets: list[int | None] = []
    end = 0
    for length in lengths:
        offsets.append(None if length is None else end)
        end += length or 0
    return pa.array([*offsets, end], pa.int32())


def _fixed(values: Any, lengths: list[int | None], kind: Any) -> Any:
    taken, rows, size = 0, [], kind.list_size
    for length in lengths:
        rows += [None] * size if length is None else range(taken, taken + size)
        taken += size if length is not None else 0
    filled = values.take(pa.array(rows, pa.int64()))
    return pa.FixedSizeListArray.from_arrays(
        filled, type=kind, mask=pa.array([length is None for length in lengths], pa.bool_())
    )


def _masked_bytes(array: Any, path: str, columns: Columns) -> Any:
    values = array.to_pylist()
    if columns.rule(path) is Rule.MASK:
        columns.note(path, BY_NAME)
        made = [None if value is None else columns.masker.binary(value) for value in values]
        return pa.array(made, array.type)
    texts = [_text(value) for value in values]
    if columns.rule(path) is Rule.PLAIN or all(text is None for text in texts):
        return array
    masked = columns.texts(path, texts)
    changed = [
        value if text is None or new is None else _encoded(new, value, array.type)
        for value, text, new in zip(values, texts, masked, strict=True)
    ]
    return pa.array(changed, array.type)


def _encoded(text: str, original: bytes, kind: Any) -> bytes:
    made = text.encode("utf-8", "surrogatepass")
    return made[: len(original)].ljust(len(original)) if types.is_fixed_size_binary(kind) else made


def _text(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return None


def _masked_integers(array: Any, path: str, columns: Columns) -> Any:
    if columns.rule(path) is Rule.PLAIN:
        return array
    values = array.to_pylist()
    columns.learn(path, values)
    why = columns.why(path)
    if not why:
        return array
    columns.note(path, why)
    bits = array.type.bit_width
    signed = types.is_signed_integer(array.type)
    low, high = (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)
    made = [None if value is None else columns.masker.integer(value, low, high) for value in values]
    return pa.array(made, array.type)


def _masked_whole_numbers(array: Any, path: str, columns: Columns) -> Any:
    """Numbers of cards and phones are floats where some are missing, and decimals in some databases."""
    if not (types.is_floating(array.type) or types.is_decimal(array.type)):
        return array
    values = array.to_pylist()
    present = [value for value in values if value is not None and value == value]  # noqa: PLR0124  # no NaN
    if not present or any(value % 1 or not 1e6 <= value < 1e19 for value in present):
        return array
    columns.learn(path, [int(value) for value in present])
    why = columns.why(path)
    if not why:
        return array
    columns.note(path, why)
    made = [
        value if value is None or value != value else columns.masker.integer(int(value))  # noqa: PLR0124
        for value in values
    ]
    return (
        pa.array([None if value is None else Decimal(value) for value in made], array.type)
        if types.is_decimal(array.type)
        else pa.array(made, pa.float64()).cast(array.type)
    )


def _masked_scalars(array: Any, columns: Columns) -> Any:
    if types.is_timestamp(array.type) or types.is_duration(array.type):
        # Python has no nanoseconds.
        coarse = pa.timestamp("us", array.type.tz) if types.is_timestamp(array.type) else pa.duration("us")
        values = array.cast(coarse, safe=False).to_pylist()
        made = [masked_scalar(columns.masker, value) for value in values]
        return pa.array(made, coarse).cast(array.type, safe=False)
    values = array.to_pylist()
    try:
        return pa.array([masked_scalar(columns.masker, value) for value in values], array.type)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.nulls(len(array), array.type)
