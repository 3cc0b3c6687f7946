"""What is wrong with arguments that pydantic refuses, in a sentence of ours that repeats nothing of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_WORDS = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_unicode": "must be valid Unicode text",
    "string_pattern_mismatch": "doesn't have the required format",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "model_attributes_type": "must be an object",
    "model_type": "must be an object",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "json_invalid": "isn't valid JSON",
    "extra_forbidden": "isn't a known name",
    "frozen_set_type": "must be a list",
    "too_short": "must not be empty",
}
_LIMITS = {
    "too_long": ("must have at most {:,} entries", "max_length"),
    "string_too_long": ("must have at most {:,} characters", "max_length"),
    "string_too_short": ("must have at least {:,} characters", "min_length"),
    "less_than": ("must be less than {:,}", "lt"),
    "less_than_equal": ("must be at most {:,}", "le"),
    "greater_than": ("must be more than {:,}", "gt"),
    "greater_than_equal": ("must be at least {:,}", "ge"),
}
_PLACES = frozenset({"body", "query", "path", "header"})


def sentence(found: Sequence[Mapping[str, Any]]) -> str:
    """The first thing that is wrong, and where: such as `prompt must have at most 8,000 characters.`"""
    first = found[0]
    where = [str(part) for part in first["loc"] if part not in _PLACES]
    if first["type"] == "json_invalid" or not where:
        return f"The body {words_for(first)}."
    return f"{'.'.join(where)[:100]} {words_for(first)}."


def words_for(error: Mapping[str, Any]) -> str:
    """What is wrong, as the end of a sentence: such as `must be a number`."""
    kind = str(error["type"])
    if kind == "float_type" and type(error.get("input")) is int:
        return "is too large"
    context: Mapping[str, Any] = error.get("ctx", {})
    if kind in _LIMITS:
        words, name = _LIMITS[kind]
        limit = context[name]
        if limit == 1 and kind == "string_too_short":
            return "must not be empty"
        return words.format(int(limit) if isinstance(limit, float) and limit.is_integer() else limit)
    if kind == "value_error" and isinstance(context.get("error"), ValueError):
        return str(context["error"])
    if kind in {"enum", "literal_error"}:
        return f"must be {context['expected']}"
    return _WORDS.get(kind, "is invalid")
