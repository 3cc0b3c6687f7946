"""An evaluation as JSON and as a table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bot.evaluation.checks import passed
from bot.evaluation.score import Evaluation, Score, Total
from services.text.formatting import human_seconds

_HEAD = ("", "passed", "rate", "attempts", "time", "tokens", "USD")
_UNKNOWN = "-"


def as_json(evaluation: Evaluation) -> str:
    """One object; times are seconds, money is USD and null where no price is known."""
    subject, total = evaluation.subject, evaluation.total
    fields: dict[str, Any] = {
        "provider": subject.provider,
        "models": {"supervisor": subject.supervisor, "generator": subject.generator},
        "raygen": subject.version,
        "validation": subject.validation,
        "cases": [_case(score) for score in evaluation.scores],
        "groups": {name: _total(group) for name, group in evaluation.groups.items()},
        "totals": {**_total(total), "wall": round(evaluation.seconds, 3)},
    }
    return json.dumps(fields, indent=2, ensure_ascii=False)


def _case(score: Score) -> dict[str, Any]:
    spent = score.spent
    return {
        "name": score.name,
        "group": score.group,
        "passed": score.passed,
        "failed": list(score.failed),
        "error": score.error or None,
        "attempts": spent.attempts,
        "seconds": round(spent.seconds, 3),
        "tokens": spent.tokens,
        "money": spent.money,
        "shown": score.shown,
    }


def _total(total: Total) -> dict[str, Any]:
    return {
        "cases": total.cases,
        "passed": total.passed,
        "pass_rate": round(total.rate, 4),
        "median_attempts": total.attempts,
        "median_seconds": round(total.seconds, 3),
        "tokens": total.tokens,
        "money": total.money,
    }


def as_table(evaluation: Evaluation) -> str:
    """A line for each group and for all, then the cases that failed and why."""
    return "\n".join(_lines(evaluation))


def _lines(evaluation: Evaluation) -> Iterator[str]:
    subject = evaluation.subject
    models = " and ".join(dict.fromkeys((subject.supervisor, subject.generator)))
    yield f"provider    {subject.provider}"
    yield f"models      {models}"
    yield f"raygen      {subject.version}, validation {subject.validation}"
    yield ""
    yield from _columns(
        [
            _HEAD,
            *(_row(name, total) for name, total in evaluation.groups.items()),
            _row("all", evaluation.total),
        ]
    )
    yield f"attempts and time are medians; all cases took {human_seconds(evaluation.seconds)}"
    failed = [score for score in evaluation.scores if not score.passed]
    if failed:
        yield ""
    yield from (f"NO  {score.group}/{score.name}: {_why(score)}" for score in failed)


def _row(name: str, total: Total) -> tuple[str, ...]:
    return (
        name,
        f"{total.passed}/{total.cases}",
        f"{total.rate:.0%}",
        _UNKNOWN if total.attempts is None else f"{total.attempts:g}",
        human_seconds(total.seconds),
        f"{total.tokens:,}",
        _UNKNOWN if total.money is None else f"{total.money:.2f}",
    )


def _why(score: Score) -> str:
    """Where nothing works, there is no point in telling all that it doesn't do."""
    if score.error:
        return score.error
    first, *others = score.failed
    parts = [first, f"{len(others)} more"] if first == passed().words and others else score.failed
    return "not: " + "; ".join(parts)


def _columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for name, *values in rows:
        cells = (value.rjust(width) for value, width in zip(values, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *cells]).rstrip()
