"""A benchmark's report as a table for people."""

from __future__ import annotations

from collections.abc import Iterator

from bot.bench.figures import BYTES, BYTES_PER_SECOND, SECONDS, Figure, Machine, Report
from services.text.formatting import human_bytes, human_seconds

_HEAD = ("", "median", "least", "most", "samples")
_WORDS = {"True": "yes", "False": "no"}


def as_table(report: Report) -> str:
    """Figures in columns, ratios with how they were measured, then what is wrong, if anything."""
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.bench} on {_described(report.machine)}"
    yield ""
    yield from _columns([_HEAD, *(_row(name, figure) for name, figure in report.figures.items())])
    if report.ratios:
        yield ""
    width = max(map(len, report.ratios), default=0)
    for name, ratio in report.ratios.items():
        yield f"{name:<{width}}  {_times(ratio.value)}  {ratio.how}"
    if report.problems:
        yield ""
    yield from (f"NO  {problem}" for problem in report.problems)


def _times(value: float) -> str:
    return f"{value:,.1f}x" if value >= 1 else f"{value:.2g}x"


def _described(machine: Machine) -> str:
    shown = {**machine, "memory": human_bytes(int(machine["memory"]))}
    return ", ".join(f"{name} {_WORDS.get(str(value), value)}" for name, value in shown.items())


def _row(name: str, figure: Figure) -> tuple[str, ...]:
    shown = (_value(value, figure.unit) for value in (figure.value, figure.min, figure.max))
    return (name.replace("_", " "), *shown, str(figure.n))


def _value(value: float, unit: str) -> str:
    if unit == SECONDS:
        return _time(value)
    if unit == BYTES:
        return f"-{human_bytes(-value)}" if value < 0 else human_bytes(value)
    if unit == BYTES_PER_SECOND:
        return f"{human_bytes(value)}/s"
    return f"{value:,.4g} {unit}".rstrip()


def _time(seconds: float) -> str:
    """A tenth of a millisecond matters here."""
    return f"{seconds * 1000:.1f} ms" if abs(seconds) < 0.0995 else human_seconds(seconds)


def _columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for name, *values in rows:
        cells = (value.rjust(width) for value, width in zip(values, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *cells])
