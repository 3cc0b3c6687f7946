# ruff: noqa: T201  # as programs do
"""A table that a program prints comes as one, and what it prints stays as it was."""

from __future__ import annotations

import builtins
import io
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from services.driver.wrapper.shown import Shown
from services.driver.wrapper.tables import described

FRAME = pd.DataFrame({"name": ["a", "b"], "share": [0.5, 0.25]})
ROWS = [{"a": 1}, {"a": 2}]
plain_print = print


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    monkeypatch.setattr(builtins, "print", print)
    for kind in (pd.DataFrame, pd.Series):
        for name in ("to_string", "to_markdown"):
            monkeypatch.setattr(kind, name, getattr(kind, name))
    made = Shown()
    made.begin()
    return made


@pytest.mark.parametrize(
    ("prints", "table"),
    [
        (lambda: print(FRAME), FRAME),
        (lambda: print("shares:", FRAME), FRAME),
        (lambda: print(FRAME.to_string(index=False)), FRAME),
        (lambda: print(f"shares\n{FRAME}\n"), FRAME),
        (lambda: print(FRAME["share"]), FRAME["share"]),
        (lambda: print(ROWS), ROWS),
        (lambda: (print(ROWS), print(FRAME), print("all of them"), print()), FRAME),
        (lambda: print(FRAME.head(1).to_string()), FRAME.head(1)),
    ],
)
def test_a_printed_table_is_reported(shown: Shown, prints: Callable[[], Any], table: Any):
    prints()
    assert shown.table() == described(table)


@pytest.mark.parametrize(
    "prints",
    [
        lambda: None,
        lambda: print("name share"),
        lambda: print(FRAME, file=sys.stderr),
        lambda: print(FRAME, file=io.StringIO()),
        lambda: print(42, [1, 2]),
        lambda: (FRAME.to_string(), print("written")),
        lambda: (print(FRAME), [print(number) for number in range(30)]),
    ],
)
def test_what_is_no_table_or_was_long_ago_is_none(shown: Shown, prints: Callable[[], Any]):
    prints()
    assert shown.table() is None


def test_what_is_printed_stays_as_it_is(shown: Shown, capsys: pytest.CaptureFixture[str]):
    assert print is not plain_print
    for printing in (print, plain_print):
        printing(FRAME, ROWS, "x", sep="|", end="!")
    out = capsys.readouterr().out
    assert out[: len(out) // 2] * 2 == out
    with pytest.raises(TypeError, match="invalid keyword"):
        print("x", nonsense=1)


def test_cells_that_raise_harm_nothing(shown: Shown):
    class Once:
        texts = iter(["first"])

        def __repr__(self) -> str:
            return next(self.texts)

    print([{"a": Once()}])
    found = shown.table()
    assert found is not None
    assert found["rows"] == [["(can't be shown)"]]
