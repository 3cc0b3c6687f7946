"""What is wrong with a table of an operator's TOML file, in sentences."""

from __future__ import annotations

from pydantic import ValidationError

from bot.api import invalid_arguments
from bot.settings import InvalidSettings

_ADDRESS = "must start with `http://` or `https://`"
_FORMATS = {
    "address": _ADDRESS,
    "dashboard": _ADDRESS,
    "kubernetes": "must be the `name` or `namespace/name` of a RayCluster",
    "users": "must be a Slack user ID such as `U01ABC`, or `api:` with the name of a token's holder",
    "groups": "must be the ID of a Slack user group, such as `S01ABC`",
    "variable": "must be the name of an environment variable such as `SALES_URL`",
    "channels": "must be a Slack channel ID such as `C01ABC`, `direct` or `api`",
}


def invalid(variable: str, table: str, error: ValidationError) -> InvalidSettings:
    """All faults of one table of the file that `variable` names."""
    sentences: list[str] = []
    for problem in error.errors(include_url=False):
        path = [str(part) for part in problem["loc"] if part != "[key]"]
        known = next((_FORMATS[part] for part in path if part in _FORMATS), None)
        words = known if problem["type"] == "string_pattern_mismatch" else None
        sentences.append(
            f"{variable}: {'.'.join([table, *path])} {words or invalid_arguments.words_for(problem)}."
        )
    return InvalidSettings(list(dict.fromkeys(sentences)))
