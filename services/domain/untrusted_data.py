"""JSON and TOML that others wrote: whatever is wrong with it is a ValueError, also that it is nested too deeply."""

from __future__ import annotations

import json
import tomllib
from typing import Any


def from_json(text: str | bytes) -> Any:
    """As `json.loads`; raises ValueError alone."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def from_toml(text: str) -> dict[str, Any]:
    """As `tomllib.loads`; raises ValueError alone. It takes quadratic time for dotted keys: limit the size of the text first."""
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
