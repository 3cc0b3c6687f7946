"""What the groups of settings share: the model they derive from and the ways a value can be written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict


class SettingsGroup(BaseModel):
    """Settings that belong together. The first line of a group's docstring is its title in docs/settings.md.

    Each field's alias is its environment variable, and the docstring below it is its documentation, which may end in
    a sentence `Default: …` where the default is computed.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


def items(text: str) -> list[str]:
    """The items of a list that is separated by commas or spaces."""
    return [item for item in re.split(r"[\s,]+", text) if item]


def _set(value: object) -> object:
    return frozenset(items(value)) if isinstance(value, str) else value


def _list(value: object) -> object:
    return tuple(items(value)) if isinstance(value, str) else value


def _path(value: object) -> object:
    if isinstance(value, str) and not value.strip():
        raise ValueError("write a path")
    return value


def _expanded(value: Path) -> Path:
    try:
        return value.expanduser()
    except RuntimeError:
        raise ValueError("write a path without `~`: there is no such home directory") from None


def _url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", value):
        raise ValueError("write an address that starts with `https://` or `http://`")
    return value


StringSet = Annotated[frozenset[str], BeforeValidator(_set)]
StringList = Annotated[tuple[str, ...], BeforeValidator(_list)]
as_list = BeforeValidator(_list)
FilePath = Annotated[Path, BeforeValidator(_path), AfterValidator(_expanded)]
Url = Annotated[str, AfterValidator(_url)]
"""An HTTP address, or nothing."""
