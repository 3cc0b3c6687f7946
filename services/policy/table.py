"""The rules as a table for people, in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from services.policy.rules import TABLE


def table() -> str:
    """One row for each rule: its id, its grade unless settings say otherwise, and what it looks for."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| rule | grade | looks for |"
    yield "| --- | --- | --- |"
    for rule in TABLE:
        looks_for = rule.looks_for.replace("|", "\\|")
        yield f"| `{rule.id}` | {rule.grade}{'' if rule.changeable else ', always'} | {looks_for} |"
