"""Parameters that a program's header declares: typed values that reach the program as command-line options.

    # [tool.raygen.parameters]
    # rows = { default = 10_000_000, validation = 10_000, min = 1, help = "rows to simulate" }
    # mode = { default = "fast", choices = ["fast", "exact"] }

The type of a parameter is that of its default: a boolean, an integer, a number or a text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Value = bool | int | float | str

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
TEXT = 2000
"""The most characters of a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A declared parameter; the limits and choices are of the type of its default."""

    name: str
    """The option's name without its hyphens."""
    default: Value
    """What a run gets unless a person chooses another value."""
    validation: Value | None = None
    """What a validation gets; None where it gets what the run gets."""
    min: float | None = None
    """The smallest number allowed."""
    max: float | None = None
    """The largest number allowed."""
    choices: tuple[Value, ...] = ()
    """The values allowed; empty where all are."""
    help: str = ""
    """What it means, for the person who fills in the form."""

    def objection(self, value: Value) -> str:
        """Why `value` is not allowed, as a sentence; empty when it is."""
        wrong = ""
        if not _same_type(self.default, value):
            wrong = f"be {_TYPES[type(self.default)]}"
        elif isinstance(value, str) and (len(value) > TEXT or "\0" in value):
            wrong = f"have at most {TEXT:,} characters, and no NUL"
        elif self.choices and value not in self.choices:
            wrong = f"be one of {', '.join(map(shown, self.choices))}"
        elif isinstance(value, str | bool):
            pass
        elif self.min is not None and value < self.min:
            wrong = f"be at least {shown(self.min)}"
        elif self.max is not None and value > self.max:
            wrong = f"be at most {shown(self.max)}"
        return f"`{self.name}` must {wrong}." if wrong else ""

    def read(self, text: str) -> Value:
        """The value that a person wrote. Raises ValueError with a sentence that says what is wrong."""
        value = _read(self.default, text.strip() if not isinstance(self.default, str) else text)
        if value is None:
            raise ValueError(f"`{self.name}` must be {_TYPES[type(self.default)]}.")
        if objection := self.objection(value):
            raise ValueError(objection)
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a person gave a program besides its code."""

    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """Values of declared parameters that are not their defaults."""
    arguments: tuple[str, ...] = ()
    """Further command-line arguments, after those of the parameters."""

    def __bool__(self) -> bool:
        return bool(self.values or self.arguments)

    def of_run(self, parameters: Sequence[Parameter]) -> tuple[str, ...]:
        """The whole command line of a run."""
        return (*command_line(parameters, values(parameters, self.values)), *self.arguments)

    def of_validation(self, parameters: Sequence[Parameter]) -> tuple[str, ...]:
        """The whole command line of a validation."""
        return (*command_line(parameters, validation_values(parameters, self.values)), *self.arguments)


NOTHING_GIVEN = Given()


def values(parameters: Sequence[Parameter], chosen: Mapping[str, Value]) -> dict[str, Value]:
    """What a run gets: the chosen values, and the defaults of the others."""
    return {each.name: chosen.get(each.name, each.default) for each in parameters}


def validation_values(parameters: Sequence[Parameter], chosen: Mapping[str, Value]) -> dict[str, Value]:
    """What a validation gets in place of these values."""
    return {
        each.name: chosen.get(each.name, each.default) if each.validation is None else each.validation
        for each in parameters
    }


def command_line(parameters: Sequence[Parameter], given: Mapping[str, Value]) -> tuple[str, ...]:
    """The values as options that argparse, click and typer read.

    A boolean is a flag: `--name` for one that is off by default, and `--no-name` for one that is on.
    """
    options: list[str] = []
    for each in parameters:
        value = given[each.name]
        if not isinstance(value, bool):
            options.append(f"--{each.name}={value}")
        elif value != each.default:
            options.append(f"--{each.name}" if value else f"--no-{each.name}")
    return tuple(options)


def shown(value: Value) -> str:
    """A value as people write it, such as `10,000,000`, `0.5`, `fast` or `yes`."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:g}"
        case _:
            return value


_TYPES = {bool: "yes or no", int: "a whole number", float: "a number", str: "text"}
_YES, _NO = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}


def _same_type(default: Value, value: Value) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float) and math.isfinite(value)
    return type(value) is type(default)


def _read(default: Value, text: str) -> Value | None:
    match default:
        case bool():
            word = text.lower()
            return True if word in _YES else False if word in _NO else None
        case int() | float():
            return _number(text, whole=isinstance(default, int))
        case _:
            return text


def _number(text: str, *, whole: bool) -> Value | None:
    plain = text.replace(",", "").replace("_", "")
    if len(plain) > 40:
        return None
    try:
        return int(plain) if whole else float(plain)
    except ValueError:
        return None
