"""Masks in a run's output what the masks of its data connections hide: by a column's name, and by what a value looks like.

A run has the real data. Its output is text, so a column is found where texts usually show one: a table whose columns are
aligned, comma-separated values, and a name before its value as in `name=Ada` or `{"name": "Ada"}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase

from services.data import detection
from services.domain.connections import Access
from services.domain.entities import Proposal
from services.domain.values import Outcome, Table
from services.security.redaction import cleaned

MASK = "•••"
_WORD = re.compile(r"\S+")
_NAME = re.compile(r"[\w.%-]+")
_NAMED = re.compile(r"""(?<![\w-])(['"]?)([\w-]{1,100})\1[ ]{0,4}[:=][ ]{0,4}""")
_VALUE = re.compile(r"""\"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;)}\]]+""")
_LONGEST = 4000


class DataMasks:
    """The masks of one run's connections; `columns` are names or patterns, with dots for nested ones.

    What looks personal is masked where `reads` says that there is data at all, or a column is masked.
    """

    def __init__(self, columns: Iterable[str], *, reads: bool = False) -> None:
        self._columns = {each.rpartition(".")[2].lower() for each in columns} - {"", "*"}
        self._reads = reads
        self._rest = ""
        self._shape: tuple[str, tuple[int, ...], int] | None = None

    @classmethod
    def of(cls, proposal: Proposal) -> DataMasks:
        """Those of all that a program reads."""
        connections = proposal.provisions.connections
        return cls(
            (column for each in connections for column in each.masked),
            reads=any(Access.READ in each.access for each in connections),
        )

    def __bool__(self) -> bool:
        return self._reads or bool(self._columns)

    def feed(self, text: str) -> str:
        """More of a text that comes in portions, as far as its lines are complete."""
        if not self:
            return text
        whole, found, rest = (self._rest + text).rpartition("\n")
        if not found and len(rest) > _LONGEST:
            whole, rest = rest, ""
        self._rest = rest
        return self._lines(f"{whole}{found}") if whole or found else ""

    def text(self, text: str) -> str:
        """A whole text."""
        if not self:
            return text
        self._shape = None
        return self._lines(text)

    def outcome(self, outcome: Outcome) -> Outcome:
        """With all its texts and its table masked."""
        if not self:
            return outcome
        found = cleaned(outcome, self.text)
        return replace(found, table=self._table(found.table)) if found.table else found

    def _table(self, table: Table) -> Table:
        hidden = [self._is_masked(name) for name in table.columns]
        rows = tuple(
            tuple(MASK if hide else cell for cell, hide in zip(row, hidden, strict=False))
            for row in table.rows
        )
        return replace(table, rows=rows)

    def _is_masked(self, name: str) -> bool:
        bare = name.strip("\"' ").rpartition(".")[2].lower()
        return any(fnmatchcase(bare, column) for column in self._columns)

    def _lines(self, text: str) -> str:
        return "".join(map(self._line, text.splitlines(keepends=True)))

    def _line(self, line: str) -> str:
        line = self._cells(line)
        if "=" in line or ":" in line:
            line = self._values(line)
        return detection.replaced(line, lambda _found, _kind: MASK)

    def _values(self, line: str) -> str:
        """With what stands behind the name of a masked column."""
        parts, at = list[str](), 0
        for found in _NAMED.finditer(line):
            if found.end() < at or not self._is_masked(found[2]):
                continue
            if value := _VALUE.match(line, found.end()):
                parts += [line[at : found.end()], MASK]
                at = value.end()
        return "".join([*parts, line[at:]])

    def _cells(self, line: str) -> str:
        """The cells below a header that names a masked column."""
        if header := self._header(line):
            self._shape = header
            return line
        if self._shape is None:
            return line
        separator, places, count = self._shape
        if separator:
            cells = line.rstrip("\r\n").split(separator)
            if len(cells) != count:
                self._shape = None
                return line
            end = line[len(line.rstrip("\r\n")) :]
            return separator.join(MASK if at in places else cell for at, cell in enumerate(cells)) + end
        if not line.strip():
            self._shape = None
            return line
        return self._aligned(line, places)

    def _aligned(self, line: str, ends: tuple[int, ...]) -> str:
        """With the text over the column masked that ends where its header ends, back to a gap of two blanks."""
        for end in ends:
            if end > len(line.rstrip()) or (end < len(line.rstrip("\n")) and not line[end].isspace()):
                continue
            start = max(line.rfind("  ", 0, end - 1) + 2, 0) if "  " in line[: end - 1] else 0
            width = end - start
            line = f"{line[:start]}{MASK[:width]:>{width}}{line[end:]}"
        return line

    def _header(self, line: str) -> tuple[str, tuple[int, ...], int] | None:
        """Which columns of a header are masked: by number where a separator is between them, else by where each ends."""
        for separator in (",", "\t", "|"):
            if separator in line:
                names = line.rstrip("\r\n").split(separator)
                places = tuple(at for at, name in enumerate(names) if self._is_masked(name))
                if places and all(len(name) < 100 and "=" not in name and ":" not in name for name in names):
                    return separator, places, len(names)
        words = list(_WORD.finditer(line))
        ends = tuple(word.end() for word in words if self._is_masked(word[0]))
        named = len(words) > 1 and all(_NAME.fullmatch(word[0]) for word in words)
        return ("", ends, len(words)) if ends and named else None
