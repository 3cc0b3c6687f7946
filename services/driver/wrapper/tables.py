# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
# Whose tables these are is known at run time only, and none of it has to be installed.
"""Values that are tables, described as text: their first rows, and how many there are in all.

A value is known by its very type, never by what it says of itself, and only built-in containers are iterated over, so
that nothing of a program's own runs for it but the text of single cells.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from .text import Facts, shortened, tellable

COLUMNS = 20
ROWS = 50
CELL = 200
_ALIKE = 1000
_BLOCK_BYTES = 32 * 1024**2
_GET_LIMIT = 5.0


def described(value: Any) -> Facts | None:
    """A table as `{columns, rows, total_rows, total_columns}`, cut to size, all of it text; None for anything else."""
    for names, describe in _KINDS.items():
        if any(is_a(value, *name.split(":")) for name in names):
            return describe(value)
    return _of_dicts(value) if type(value) in (list, tuple) else None


def is_a(value: Any, module: str, name: str) -> bool:
    """Whether a value is of that class or one derived from it, for a module that need not have been imported."""
    known = getattr(sys.modules.get(module), "__dict__", {}).get(name)
    return known is not None and any(kind is known for kind in type.__dict__["__mro__"].__get__(type(value)))


def _pandas_frame(frame: Any) -> Facts | None:
    rows, columns = frame.shape
    head = frame.iloc[:ROWS, :COLUMNS]
    names = list(head.columns)
    cells = [list(head.iloc[:, place]) for place in range(len(names))]
    if not is_a(frame.index, "pandas", "RangeIndex") or frame.index.name is not None:
        names, cells = [_index_name(frame), *names], [list(head.index), *cells]
        columns += 1
    return _table(names, list(zip(*cells)), rows, columns)  # noqa: B905  # Python 3.9


def _pandas_series(series: Any) -> Facts | None:
    head = series.iloc[:ROWS]
    name = "value" if series.name is None else series.name
    return _table([_index_name(series), name], list(zip(head.index, head)), len(series), 2)  # noqa: B905  # as above


def _index_name(of: Any) -> Any:
    names = [name for name in of.index.names if name is not None]
    return ", ".join(_cell(name) for name in names)


def _polars_frame(frame: Any) -> Facts | None:
    return _table(list(frame.columns), frame.head(ROWS).rows(), frame.height, frame.width)


def _polars_series(series: Any) -> Facts | None:
    rows = [(each,) for each in series.head(ROWS).to_list()]
    return _table([series.name or "value"], rows, len(series), 1)


def _arrow(table: Any) -> Facts | None:
    head = table.slice(0, ROWS)
    columns = [column.to_pylist() for column in head.columns[:COLUMNS]]
    rows = list(zip(*columns))  # noqa: B905  # as above
    return _table(list(table.schema.names), rows, table.num_rows, table.num_columns)


def _materialized(dataset: Any) -> Facts | None:
    """The rows that a dataset has already; nothing is executed for it."""
    import ray

    if not ray.is_initialized():
        return None
    bundles: list[Any] = list(dataset._logical_plan.dag.output_data() or ())
    total = sum(bundle.num_rows() or 0 for bundle in bundles)
    whole: Facts | None = None
    for bundle in bundles:
        if bundle.size_bytes() > _BLOCK_BYTES:
            break
        for reference in bundle.block_refs:
            block = described(ray.get(reference, timeout=_GET_LIMIT))
            if block is not None and whole is None:
                whole = {**block, "total_rows": total}
            elif block is not None:
                whole = _longer(whole, block)
            if whole is not None and len(whole["rows"]) == ROWS:
                return whole
    return whole


def _longer(whole: Any, block: Facts) -> Facts:
    """With the rows of a further block, if it has the same columns."""
    if block["columns"] != whole["columns"]:
        return whole
    return {**whole, "rows": [*whole["rows"], *block["rows"]][:ROWS]}


def _of_dicts(rows: Any) -> Facts | None:
    """Dicts with the same keys, as rows."""
    first = rows[0] if rows else None
    if type(first) is not dict or not first:
        return None
    if any(type(row) is not dict or any(type(key) is not str for key in row) for row in rows[:_ALIKE]):
        return None
    names = list(first)
    if any(row.keys() != first.keys() for row in rows[:_ALIKE]):
        return None
    cells = [[row[name] for name in names[:COLUMNS]] for row in rows[:ROWS]]
    return _table(names, cells, len(rows), len(names))


def _table(names: list[Any], rows: Any, total_rows: int, total_columns: int) -> Facts | None:
    if not names:
        return None
    return {
        "columns": [_cell(name) for name in names[:COLUMNS]],
        "rows": [[_cell(cell) for cell in row[:COLUMNS]] for row in rows[:ROWS]],
        "total_rows": int(total_rows),
        "total_columns": int(total_columns),
    }


def _cell(value: Any) -> str:
    try:
        text = _number(float(value)) if isinstance(value, float) else str(value)
    except Exception:  # noqa: BLE001  # a value's own text may be broken
        return "(can't be shown)"
    return shortened(tellable(str.__str__(text)[: CELL + 1]), CELL)


def _number(value: float) -> str:
    """With at most six places, as tables are printed."""
    if not math.isfinite(value) or abs(value) >= 1e15:
        return str(value)
    if 0 < abs(value) < 1e-4:
        return f"{value:.6g}"
    return str(round(value, 6))


_KINDS: dict[tuple[str, ...], Any] = {
    ("pandas:DataFrame",): _pandas_frame,
    ("pandas:Series",): _pandas_series,
    ("polars:DataFrame",): _polars_frame,
    ("polars:Series",): _polars_series,
    ("pyarrow:Table", "pyarrow:RecordBatch"): _arrow,
    ("ray.data.dataset:MaterializedDataset",): _materialized,
}
