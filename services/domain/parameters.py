"""Parameters that a program's header declares: typed values that reach the program as command-line options.

    # [tool.raygen.parameters]
    # rows = { default = 10_000_000, validation = 10_000, min = 1, help = "rows to simulate" }
    # mode = { default = "fast", choices = ["fast", "exact"] }

The type of a parameter is that of its default: a boolean, an integer, a number or a text.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from services.domain.errors import BadRequest

Value = bool | int | float | str

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,40}")
TEXT = 2000
"""The most characters of a text, and of an argument."""
ARGUMENTS = 100
"""The most arguments."""
_ALL_ARGUMENTS = 20_000
_RESERVED = {"help", "h"}
_SHOWN = 80
_LARGEST = 10**40
_PLAIN = re.compile(r"[\w.+/:@%~-]+")


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
        elif isinstance(value, str) and len(value) > TEXT:
            wrong = f"have at most {TEXT:,} characters"
        elif isinstance(value, str) and _has_control(value):
            wrong = "not contain control characters, such as line breaks"
        elif self.choices and value not in self.choices:
            wrong = f"be one of {', '.join(map(shown, self.choices))}"
        elif isinstance(value, str | bool):
            pass
        elif self.min is not None and value < self.min:
            wrong = f"be at least {shown(self.min)}"
        elif self.max is not None and value > self.max:
            wrong = f"be at most {shown(self.max)}"
        return f"`{self.name}` must {wrong}." if wrong else ""

    def fault(self) -> str:
        """What is wrong with the declaration itself, as a sentence; empty when nothing is."""
        if self.name in _RESERVED or not NAME.fullmatch(self.name):
            return f"`{self.name[:40]}` isn't a name for an option. Use letters, digits, `-` and `_`, such as `rows`."
        if isinstance(self.default, bool | str) and (self.min is not None or self.max is not None):
            return f"`{self.name}` has limits, but its default isn't a number."
        if isinstance(self.default, bool) and self.choices:
            return f"`{self.name}` is a yes or no, so it can't have choices."
        allowed = (*self.choices, self.default)
        given = allowed if self.validation is None else (*allowed, self.validation)
        return next((objection for value in given if (objection := self.objection(value))), "")

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

    @classmethod
    def of(
        cls, parameters: Sequence[Parameter], chosen: Mapping[str, Value], arguments: Sequence[str] = ()
    ) -> Self:
        """What these choices are for a program with these parameters.

        Raises BadRequest for a value that isn't allowed, and for one of a parameter that the program doesn't declare.
        """
        declared = {each.name: each for each in parameters}
        for name, value in chosen.items():
            if name not in declared:
                raise BadRequest(_undeclared(name, declared))
            if objection := declared[name].objection(value):
                raise BadRequest(objection)
        check_arguments(arguments)
        own = {name: value for name, value in chosen.items() if value != declared[name].default}
        return cls(values=own, arguments=tuple(arguments))

    def fitting(self, parameters: Sequence[Parameter], before: Sequence[Parameter] = ()) -> Self:
        """The same for another version of the program: without the values that it doesn't declare or allow any more.

        Nor those of which it changes the default that they had `before`, since that is the later word on them.
        """
        declared = {each.name: each for each in parameters}
        changed = {
            each.name
            for each in before
            if each.name in declared and each.default != declared[each.name].default
        }
        kept = {
            name: value
            for name, value in self.values.items()
            if name in declared.keys() - changed
            and value != declared[name].default
            and not declared[name].objection(value)
        }
        return type(self)(values=kept, arguments=self.arguments)

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


def check_arguments(arguments: Sequence[str]) -> None:
    """Raises BadRequest for arguments that no program gets: too many, too long, or with control characters."""
    if len(arguments) > ARGUMENTS or sum(map(len, arguments)) > _ALL_ARGUMENTS:
        raise BadRequest(
            f"A program can have at most {ARGUMENTS} arguments with {_ALL_ARGUMENTS:,} characters together. Pass fewer."
        )
    for number, each in enumerate(arguments, 1):
        if len(each) > TEXT:
            raise BadRequest(f"Argument {number} has {len(each):,} characters. The limit is {TEXT:,}.")
        if _has_control(each):
            raise BadRequest(f"Argument {number} must not contain control characters, such as line breaks.")


def shown(value: Value) -> str:
    """A value as people write it, such as `10,000,000`, `0.5`, `fast` or `yes`; in quotes where it is not one word."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case float():
            return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:g}"
        case _:
            if not value:
                return "(empty)"
            short = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
            return short if _PLAIN.fullmatch(short) else json.dumps(short, ensure_ascii=False)


_TYPES = {bool: "yes or no", int: "a whole number", float: "a number", str: "text"}
_YES, _NO = {"yes", "true", "on", "1"}, {"no", "false", "off", "0"}


def _same_type(default: Value, value: Value) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(value, int) and abs(value) >= _LARGEST:
        return False
    if isinstance(default, float):
        return isinstance(value, int | float) and math.isfinite(value)
    return type(value) is type(default)


def _has_control(text: str) -> bool:
    """Also halves of surrogate pairs, which can't be encoded."""
    return any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)


def _undeclared(name: str, declared: Mapping[str, Parameter]) -> str:
    has = f"It has {', '.join(f'`{each}`' for each in declared)}." if declared else "It declares none."
    return f"The program has no parameter `{shown(name)}`. {has}"


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
