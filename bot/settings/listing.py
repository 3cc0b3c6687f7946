"""What `raygen settings` prints: each setting in force, and where it comes from."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from bot.settings import markdown, values
from bot.settings.loading import Examined
from bot.settings.settings import GROUPS, is_secret

_DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting."""

    group: str
    name: str
    value: str
    """The value without its secrets; empty where there is none."""
    source: str
    """`environment`, the name of the `.env` file, or `default`."""
    valid: bool = True


def rows(examined: Examined) -> list[Row]:
    """All settings, in the order of docs/settings.md."""
    found: list[Row] = []
    for group in GROUPS:
        for attribute, field in group.model_fields.items():
            name = field.alias or attribute
            given = examined.sources.given.get(name)
            text = given.text if given else values.written(getattr(examined.settings, attribute))
            hidden = values.HIDDEN if text else ""
            found.append(
                Row(
                    markdown.title(group),
                    name,
                    hidden if is_secret(field) or name in examined.wrong else values.shown(text),
                    given.origin if given else _DEFAULT,
                    name not in examined.wrong,
                )
            )
    return found


def as_json(examined: Examined) -> str:
    """One object: `settings`, `faults` and `warnings`."""
    return json.dumps(
        {
            "settings": [asdict(row) for row in rows(examined)],
            "faults": examined.faults,
            "warnings": examined.warnings,
        },
        ensure_ascii=False,
        indent=2,
    )


def as_text(examined: Examined) -> str:
    """A table for each group, then the faults and the warnings."""
    found = rows(examined)
    name_width = max(len(row.name) for row in found)
    source_width = max(len(row.source) for row in found)
    lines: list[str] = []
    group = ""
    for row in found:
        if row.group != group:
            group = row.group
            lines += [*([""] if lines else []), group]
        value = (row.value or "(not set)") if row.valid else "(invalid)"
        lines.append(f"  {row.name:<{name_width}}  {row.source:<{source_width}}  {value}".rstrip())
    lines += ["", *examined.faults] if examined.faults else []
    lines += ["", *examined.warnings] if examined.warnings else []
    return "\n".join(lines)
