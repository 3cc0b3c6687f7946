"""Values that are tables come as tables; whatever else a value is or does, its program goes on as if nobody had looked."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.values import Outcome, Table, Verdict
from services.driver.report import fill, read
from services.driver.wrapper import value as values

FRAME = pd.DataFrame({"name": ["a", "b"], "share": [0.1 + 0.2, 1e-7]})


def as_read(value: Any) -> Table | None:
    """From a value to the driver's facts to the outcome."""
    return fill(Outcome(verdict=Verdict.PASSED), read(values.facts_of(value, None))).table


@pytest.mark.parametrize(
    ("value", "columns", "rows"),
    [
        (FRAME, ("name", "share"), (("a", "0.3"), ("b", "1e-07"))),
        (FRAME.set_index("name"), ("name", "share"), (("a", "0.3"), ("b", "1e-07"))),
        (pd.Series([1, 2], name="n"), ("", "n"), (("0", "1"), ("1", "2"))),
        (pa.table({"x": [1, None]}), ("x",), (("1",), ("None",))),
        (pa.table([[1], [2]], names=["x", "x"]), ("x", "x"), (("1", "2"),)),
        ([{"a": 1, "b": "x\ny"}, {"b": None, "a": 2}], ("a", "b"), (("1", "x\ny"), ("2", "None"))),
        (({"when": dt.date(2026, 1, 2)},), ("when",), (("2026-01-02",),)),
        (pd.DataFrame({"x": []}), ("x",), ()),
        ([{"half": "\ud800"}], ("half",), (("\\ud800",),)),
    ],
)
def test_a_table_is_reported_as_columns_and_rows_of_text(value: Any, columns: Any, rows: Any):
    assert as_read(value) == Table(columns, rows, len(rows), len(columns))


@pytest.mark.parametrize(
    "value",
    [42, "text", [], [1, 2], [{}], [{"a": 1}, {"b": 1}], [{1: 2}], [{"a": 1}, 2], {"a": [1]}, pd.DataFrame()],
)
def test_other_values_are_no_tables(value: Any):
    assert as_read(value) is None


def test_a_large_table_is_cut_and_its_size_reported():
    wide = pd.DataFrame({f"c{n}": ["x" * 500] * 1000 for n in range(35)})
    found = as_read(wide)
    assert found is not None
    assert (len(found.columns), len(found.rows)) == (20, 50)
    assert (found.total_rows, found.total_columns) == (1000, 35)
    assert found.rows[0][0] == "x" * 199 + "…"


class Raises:
    def __repr__(self) -> str:
        raise SystemExit(3)

    __str__ = __repr__


class Forged:
    """Says that it is a data frame, and lies about everything else."""

    __class__ = pd.DataFrame  # type: ignore[assignment]

    def __len__(self) -> int:
        return 10**12

    def __iter__(self) -> Any:
        while True:
            yield {"a": 1}

    def __getattr__(self, name: str) -> Any:
        raise KeyboardInterrupt


class EndlessList(list[Any]):
    def __getitem__(self, index: Any) -> Any:
        while True:
            pass


class Slow:
    def __repr__(self) -> str:
        time.sleep(5)
        return "slow"


@pytest.mark.parametrize("kind", [Raises, Forged, EndlessList])
def test_an_object_that_lies_or_raises_is_no_table_and_harms_nothing(kind: type[Any]):
    assert list(values.facts_of(kind(), None)) == ["value"]


def test_a_cell_that_raises_is_reported_as_that():
    class Broken:
        def __str__(self) -> str:
            raise ValueError

    assert as_read([{"a": Broken(), "b": 1}]) == Table(("a", "b"), (("(can't be shown)", "1"),), 1, 2)


def test_nobody_waits_for_a_value_that_takes_too_long(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(values, "_REPR_LIMIT", 0.05)
    facts = values.facts_of([{"a": Slow()}], None)
    assert facts == {"value": "a list that can't be shown"}


CELLS = st.lists(st.text(max_size=5) | st.integers() | st.none(), max_size=4)
CLAIM = st.fixed_dictionaries(
    {
        "columns": CELLS,
        "rows": st.lists(CELLS, max_size=3) | st.integers(),
        "total_rows": st.integers(-1, 10) | st.text(max_size=3),
        "total_columns": st.integers(-1, 10) | st.floats(),
    }
)


@given(CLAIM)
@settings(max_examples=200)
def test_a_claimed_table_is_a_table_or_nothing(claim: Any):
    table = fill(Outcome(verdict=Verdict.PASSED), read({"table": claim})).table
    if table is not None:
        assert 0 < len(table.columns) <= min(20, table.total_columns)
        assert len(table.rows) <= min(50, table.total_rows)
        assert all(len(row) == len(table.columns) for row in table.rows)


@pytest.mark.parametrize(
    "claim",
    [
        {"columns": ["a"] * 21, "rows": [], "total_rows": 0, "total_columns": 21},
        {"columns": ["a"], "rows": [["x", "y"]], "total_rows": 1, "total_columns": 1},
        {"columns": ["a"], "rows": [["x"]], "total_rows": 0, "total_columns": 1},
        {"columns": ["a"], "rows": [], "total_rows": 10**30, "total_columns": 1},
    ],
)
def test_a_claim_that_is_no_table_is_none(claim: Any):
    outcome = fill(Outcome(verdict=Verdict.PASSED), read({"value": "x", "table": claim}))
    assert (outcome.value, outcome.table) == ("x", None), "a wrong table costs only itself"


@pytest.mark.parametrize("rows", [[["x"]] * 51, [["x" * 201]], [["x" * 201]] * 99])
def test_a_claim_beyond_the_limits_is_cut(rows: Any):
    table = read({"table": {"columns": ["a"], "rows": rows, "total_rows": 99, "total_columns": 1}}).table
    assert table is not None
    assert len(table.rows) == min(len(rows), 50)
    assert all(len(cell) <= 200 for row in table.rows for cell in row)
    assert (table.total_rows, table.total_columns) == (99, 1)
