"""Decides what happens to each column of a sample, and applies it to values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, cast

from services.data import detection
from services.data.masking import Masker, masked_scalar
from services.domain.connections import Connection

BY_NAME = "name"


class Rule(Enum):
    """What happens to a column."""

    SEARCH = "search"
    """Values are searched for what looks personal or secret."""
    MASK = "mask"
    """Every value is masked."""
    PLAIN = "plain"
    """Values stay as they are."""
    LEAVE_OUT = "leave out"
    """The column is not in the sample."""


@dataclass(slots=True)
class Columns:
    """The rules of one connection for its columns, and what was masked by them. Paths have dots for nested columns."""

    connection: Connection
    masker: Masker
    masked: dict[str, str] = field(default_factory=dict[str, str])
    """Why values of a column were masked, by path."""
    _seen: dict[str, Rule] = field(default_factory=dict[str, Rule])
    _whole: dict[str, str] = field(default_factory=dict[str, str])

    def rule(self, path: str) -> Rule:
        """Of a column; those of a nested one are also those of what is in it."""
        if path not in self._seen:
            self._seen[path] = self._rule(path)
        return self._seen[path]

    def unmatched(self, paths: Sequence[str]) -> tuple[str, ...]:
        """Columns that the connection masks or leaves out, but that are not among all paths: they may be misspelt."""
        named = (*self.connection.masked, *self.connection.left_out)
        return tuple(
            name
            for name in named
            if not set(name) & set("*?[") and not any(matches(name, path) for path in paths)
        )

    def learn(self, path: str, values: Iterable[object]) -> None:
        """Judge a column by its name and its values, texts or whole numbers; once it is masked as a whole, it stays so."""
        if path in self._whole or self.rule(path) is not Rule.SEARCH:
            return
        shown = [str(value) for value in values if value is not None and not isinstance(value, bool)]
        # A flag or a count of addresses is none itself.
        fits = any(len(value) >= 6 and not value.isalpha() for value in shown)
        if kind := (detection.hinted(path) if fits else "") or detection.whole_column(shown):
            self._whole[path] = kind

    def why(self, path: str) -> str:
        """Why all values of a column are masked; empty where they are not."""
        return BY_NAME if self.rule(path) is Rule.MASK else self._whole.get(path, "")

    def texts(self, path: str, values: Sequence[str | None]) -> list[str | None]:
        """The values of a column of text, which are learned from as well."""
        self.learn(path, values)
        return [value if value is None else self.text(path, value) for value in values]

    def text(self, path: str, value: str) -> str:
        """One of them."""
        if self.rule(path) is Rule.PLAIN:
            return value
        if why := self.why(path):
            self.note(path, why)
            return self.masker.text(value)
        return self._searched(path, value)

    def value(self, path: str, value: Any) -> Any:  # noqa: PLR0911  # one line for each type of JSON
        """One value of JSON, however deep; what is left out is gone from its objects."""
        match value:
            case Mapping():
                inner = {
                    str(name): self.value(inside(path, str(name)), each)
                    for name, each in cast("Mapping[Any, Any]", value).items()
                    if self.rule(inside(path, str(name))) is not Rule.LEAVE_OUT
                }
                # Names of objects may be values themselves.
                return {self._searched(path, name): each for name, each in inner.items()}
            case list():
                return [self.value(path, each) for each in cast("list[Any]", value)]
            case str():
                return self.text(path, value)
            case bool():
                return value and self.rule(path) is not Rule.MASK
            case int() if self.why(path):
                self.note(path, self.why(path))
                return self.masker.integer(value)
            case float() if self.rule(path) is Rule.MASK:
                self.note(path, BY_NAME)
                return masked_scalar(self.masker, value)
            case _:
                return value

    def note(self, path: str, why: str) -> None:
        """Record that values of a column were masked."""
        if why:
            self.masked.setdefault(path, why)

    def free(self, text: str) -> str:
        """A text that belongs to no column, such as a file's name or content."""
        return detection.replaced(text, self.masker.found)

    def _searched(self, path: str, text: str) -> str:
        def put(found: str, kind: str) -> str:
            self.note(path, kind)
            return self.masker.found(found, kind)

        return detection.replaced(text, put)

    def _rule(self, path: str) -> Rule:
        for names, rule in (
            (self.connection.left_out, Rule.LEAVE_OUT),
            (self.connection.masked, Rule.MASK),
            (self.connection.plain, Rule.PLAIN),
        ):
            if any(matches(name, path) for name in names):
                return rule
        return Rule.SEARCH


def inside(path: str, name: str) -> str:
    """The path of a column in another one, or in a table without a name."""
    return f"{path}.{name}" if path else name


def matches(pattern: str, path: str) -> bool:
    """Whether a column is one of those that a pattern names: `email` is also `customer.email` and what is in it; `customer.email` is that of each table."""
    parts = path.lower().split(".")
    wanted = pattern.lower()
    return any(
        fnmatchcase(".".join(parts[start:end]), wanted)
        for end in range(len(parts), 0, -1)
        for start in range(end)
    )
