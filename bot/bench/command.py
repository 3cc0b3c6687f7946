# ruff: noqa: PLC0415  # a command imports what it needs when it runs, so that `raygen --help` is quick
"""The commands `raygen bench …`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from bot.bench.figures import Report

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")


@click.group()
def bench() -> None:
    """Measure on this machine what the README claims: each benchmark says what, and how.

    Times are seconds and memory is bytes in the JSON. Nothing but loopback is used, and nothing is left behind.
    """


@bench.command()
@click.option(
    "--programs", default=50, show_default=True, type=click.IntRange(1), help="Validations in a row."
)
@click.option(
    "--rounds",
    default=10,
    show_default=True,
    type=click.IntRange(1),
    help="Jobs, plain runs, and cold starts (of these at most 5).",
)
@_JSON
def validation(programs: int, rounds: int, *, as_json: bool) -> None:
    """Sealed validation beside the Jobs API and plain `python`: minutes with the defaults, 40 s with 2 programs."""
    from bot.bench.validation import Plan, run

    _show(run(Plan(programs, rounds), _say), as_json=as_json)


@bench.command()
@click.option("--count", default=200, show_default=True, type=click.IntRange(6), help="Validations in a row.")
@_JSON
def endurance(count: int, *, as_json: bool) -> None:
    """What many validations leave behind: processes, descriptors, mounts, files, threads, memory. Status 1 if any."""
    from bot.bench.endurance import run

    _show(run(count, _say), as_json=as_json)


@bench.command()
@click.option("--rounds", default=10, show_default=True, type=click.IntRange(1), help="Runs on each side.")
@_JSON
def runs(rounds: int, *, as_json: bool) -> None:
    """A run through raygen's target beside `ray job submit` on the same cluster: two minutes with the defaults."""
    from bot.bench.runs import run

    _show(run(rounds, _say), as_json=as_json)


@bench.command()
@click.option(
    "--people", default=100, show_default=True, type=click.IntRange(1), help="Who ask within one second."
)
@click.option(
    "--minutes",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0),
    help="How long the steady load lasts.",
)
@click.option(
    "--rate", default=60, show_default=True, type=click.IntRange(1), help="Its requests per minute."
)
@_JSON
def load(people: int, minutes: float, rate: int, *, as_json: bool) -> None:
    """Acknowledgements, answers and memory in a playground: many people at once, beside hostile programs, and steadily."""
    from bot.bench.load import Plan, run

    _show(run(Plan(people, minutes, rate), _say), as_json=as_json)


@bench.command()
@_JSON
def policy(*, as_json: bool) -> None:
    """The static policy over 500 lines."""
    from bot.bench.policy import run

    _show(run(), as_json=as_json)


@bench.command()
@_JSON
def snippets(*, as_json: bool) -> None:
    """Twenty small computations in the snippet sandbox, beside a fresh `python -c` for each."""
    from bot.bench.snippets import run

    _show(run(), as_json=as_json)


def _show(work: Coroutine[Any, Any, Report], *, as_json: bool) -> None:
    """Print the report, or one sentence on why there is none; status 1 when something is wrong."""
    from bot.bench.table import as_table
    from services.domain.errors import RaygenError

    try:
        report = asyncio.run(work)
    except RaygenError as error:
        raise click.ClickException(error.public) from None
    click.echo(report.as_json() if as_json else as_table(report))
    sys.exit(1 if report.problems else 0)


def _say(sentence: str) -> None:
    """Progress, where it is in nobody's way."""
    click.echo(sentence, err=True)
