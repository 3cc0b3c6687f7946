# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Pandas and Ray Data are untyped here, and need not be there.
"""The table that a program has shown last: printed as it is or as text, or by `Dataset.show`."""

from __future__ import annotations

import builtins
import contextlib
import functools
import sys
from typing import Any

from .imports import after_import, in_place_of
from .tables import described, is_a
from .text import Facts

_RECENT = 20
_PLAIN = (int, float, bool, type(None))


class Shown:
    """Looks at what passes through `print` once it is printed, which changes nothing of it."""

    def __init__(self) -> None:
        self._table: Facts | None = None
        self._since = 0
        self._text: tuple[str, Facts] | None = None

    def begin(self) -> None:
        """Follow the program from here on."""
        builtins.print = self._followed(builtins.print)
        after_import({"pandas": self.watch_pandas})

    def table(self) -> Facts | None:
        """The last table shown, as described by `tables.described`, if it was among the last things that were printed."""
        return self._table if self._since < _RECENT else None

    def watch_data(self, data: Any) -> None:
        """Follow `Dataset.show` of the module `ray.data`."""

        def show(dataset: Any, limit: int = 20) -> None:
            rows = dataset.take(limit)
            for row in rows:
                print(row)  # noqa: T201  # as Ray does
            self._see(rows)

        with contextlib.suppress(AttributeError):
            data.Dataset.show = in_place_of(data.Dataset.show, show)

    def watch_pandas(self, pandas: Any) -> None:
        """Follow how frames and series of the module `pandas` become text, as they do for `str` and f-strings, too."""
        for kind in (pandas.DataFrame, pandas.Series):
            for name in ("to_string", "to_markdown"):
                with contextlib.suppress(AttributeError):
                    setattr(kind, name, self._rendering(getattr(kind, name)))

    def _rendering(self, original: Any) -> Any:
        @functools.wraps(original)
        def rendered(frame: Any, *args: Any, **options: Any) -> Any:
            text = original(frame, *args, **options)
            if type(text) is str:
                with contextlib.suppress(Exception):
                    facts = described(frame)
                    self._text = (text, facts) if facts else None
            return text

        return rendered

    def _followed(self, original: Any) -> Any:
        @functools.wraps(original)
        def followed(*values: Any, **options: Any) -> None:
            original(*values, **options)
            file = options.get("file")
            if values and (file is None or file is sys.stdout):
                self._see(values[-1])

        return followed

    def _see(self, value: Any) -> None:
        self._since += 1
        kind = type(value)
        if (
            kind in _PLAIN
            or (kind is str and self._text is None)
            or is_a(value, "ray.data.dataset", "Dataset")
        ):
            return
        with contextlib.suppress(Exception):
            facts = self._spelled(value) if kind is str else described(value)
            if facts is not None:
                self._table, self._since = facts, 0

    def _spelled(self, text: str) -> Facts | None:
        """The table whose text this holds."""
        if self._text is None or len(text) < len(self._text[0]) or self._text[0] not in text:
            return None
        return self._text[1]
