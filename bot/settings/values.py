"""Values of settings as text for people; secrets never show."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from services.security.redaction import masked
from services.text.formatting import clean

HIDDEN = "(hidden)"
_PARAMETER = re.compile(
    r"(?i)([?&;#][^=&;#]{0,40}(?:pass|pwd|token|secret|key|sig|auth|cred)[^=&;#]{0,40}=)[^&;#]*"
)


def shown(text: str) -> str:
    """`text` on one line, without the secrets that it may hold, such as a password in an address."""
    text = masked(clean(text).replace("\n", " "))
    start, separator, rest = text.partition("://")
    if separator and "@" in rest:
        # What is before the last @ may hold a password that wasn't encoded.
        userinfo, _, place = rest.rpartition("@")
        user, colon, _ = userinfo.partition(":")
        known = user if colon or not start.lower().startswith("http") else HIDDEN
        text = f"{start}://{known}{f':{HIDDEN}' if colon else ''}@{place}"
    return _PARAMETER.sub(rf"\1{HIDDEN}", text)


def default(field: FieldInfo) -> str:
    """The default as one would write it; empty where there is none, or it is computed."""
    return "" if field.default is PydanticUndefined else written(field.default)


def written(value: Any) -> str:
    """A value as one would write it."""
    match value:
        case None:
            return ""
        case Enum():
            return str(value.value)
        case float():
            return f"{value:.15g}"
        case Mapping():
            parts = [f"{key}={written(item)}" for key, item in value.items()]  # pyright: ignore[reportUnknownVariableType]
        case frozenset() | tuple():
            parts = [written(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
        case _:
            return str(value)
    return ", ".join(parts if isinstance(value, tuple) else sorted(parts))
