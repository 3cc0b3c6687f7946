"""What is wrong with a setting, in one sentence that doesn't repeat its value."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import NoneType
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.settings.settings import FIELDS
from bot.settings.sources import ENVIRONMENT, Given

_WRONG = {
    "int_parsing": "isn't a whole number",
    "int_from_float": "isn't a whole number",
    "int_parsing_size": "is too large",
    "float_parsing": "isn't a number",
    "finite_number": "isn't a finite number",
    "greater_than": "is too small",
    "greater_than_equal": "is too small",
    "less_than": "is too large",
    "less_than_equal": "is too large",
    "literal_error": "isn't one of the choices",
    "enum": "isn't one of the choices",
    "too_short": "is empty",
    "string_unicode": "isn't UTF-8 text",
}


def sentences(error: ValidationError, given: Mapping[str, Given]) -> dict[str, str]:
    """One sentence for each wrong setting, by environment variable."""
    found: dict[str, str] = {}
    for problem in error.errors(include_url=False):
        variable = str(problem["loc"][0])
        found.setdefault(variable, _sentence(variable, problem, given.get(variable)))
    return {variable: found[variable] for variable in (*FIELDS, *found) if variable in found}


def _sentence(variable: str, problem: ErrorDetails, given: Given | None) -> str:
    field = FIELDS.get(variable)
    if field is None:
        return f"{variable} isn't a setting."
    where = "" if given is None or given.origin == ENVIRONMENT else f" in {given.origin}"
    own = str(problem["ctx"]["error"]) if problem["type"] == "value_error" and "ctx" in problem else ""
    advice = own or f"write {_expected(field)}"
    if given is not None and not given.text.strip():
        return f"{variable}{where} is empty: {advice}, or remove it to use the default."
    wrong = "is wrong" if own else _WRONG.get(problem["type"], "is wrong")
    sentence = f"{variable}{where} {wrong}: {advice}"
    return sentence if sentence.endswith(("?", ".")) else f"{sentence}."


def _expected(field: FieldInfo) -> str:
    kind = _kind(field.annotation)
    limits = dict(_limits(field))
    if choices := _choices(kind):
        several = get_origin(kind) is tuple
        listed = [f"`{choice}`" for choice in choices]
        one = " or ".join([", ".join(listed[:-1]), listed[-1]]) if len(listed) > 1 else listed[0]
        return f"{one}, or several separated by commas" if several else one
    if kind not in {int, float}:
        return "text"
    number = "a whole number" if kind is int else "a number"
    match limits:
        case {"ge": low, "le": high}:
            return f"{number} from {low:g} to {high:g}"
        case {"ge": low}:
            return f"{number} of at least {low:g}"
        case {"gt": low}:
            return f"{number} greater than {low:g}"
        case _:
            return number


def _limits(field: FieldInfo) -> list[tuple[str, Any]]:
    return [
        (name, getattr(limit, name))
        for limit in field.metadata
        for name, kind in (("ge", annotated_types.Ge), ("gt", annotated_types.Gt), ("le", annotated_types.Le))
        if isinstance(limit, kind)
    ]


def _kind(annotation: Any) -> Any:
    """The type without `None` beside it."""
    kinds = [kind for kind in get_args(annotation) if kind is not NoneType]
    return kinds[0] if NoneType in get_args(annotation) and kinds else annotation


def _choices(kind: Any) -> tuple[str, ...]:
    if get_origin(kind) is Literal:
        return get_args(kind)
    if get_origin(kind) is tuple:
        return _choices(get_args(kind)[0])
    return (
        tuple(str(each.value) for each in kind) if isinstance(kind, type) and issubclass(kind, Enum) else ()
    )
