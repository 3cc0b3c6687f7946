from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

import click

from bot.commands.options import json_option

if TYPE_CHECKING:
    from bot.bench.figures import Report


@click.group()
def command() -> None:
    """Measure raygen's speed and resource use on this machine.

    In the JSON, times are in seconds and memory is in bytes. Nothing outside this machine is contacted, except by
    `environments --package`.
    """


@command.command()
@click.option(
    "--programs", default=50, show_default=True, type=click.IntRange(1), help="Number of validations."
)
@click.option(
    "--rounds",
    default=10,
    show_default=True,
    type=click.IntRange(1),
    help="Number of jobs, plain runs and cold starts (at most 5 of these).",
)
@json_option
def validation(programs: int, rounds: int, *, as_json: bool) -> None:
    """Compare sealed validation with the Jobs API.

    And with plain `python`. Takes minutes, or 40 s with --programs 2.
    """
    from bot.bench.validation import Plan, run

    _show(run(Plan(programs, rounds), _say), as_json=as_json)


@command.command()
@click.option(
    "--count", default=200, show_default=True, type=click.IntRange(6), help="Number of validations."
)
@json_option
def endurance(count: int, *, as_json: bool) -> None:
    """Check what many validations leave behind.

    Processes, files, mounts, threads or memory; the exit status is 1 if any are left.
    """
    from bot.bench.endurance import run

    _show(run(count, _say), as_json=as_json)


@command.command()
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1), help="Number of environments."
)
@click.option(
    "--package",
    default="",
    metavar="NAME",
    help="A package from the configured index, such as `polars`. Default: one that is made here.",
)
@json_option
def environments(rounds: int, package: str, *, as_json: bool) -> None:
    """Compare validation with packages and without.

    The first program with a package, the second with the same, and one without any. Takes a minute.
    """
    from bot.bench.environments import run

    _show(run(rounds, package, _say), as_json=as_json)


@command.command()
@click.option(
    "--rounds",
    default=5,
    show_default=True,
    type=click.IntRange(1),
    help="Number of validations and samples.",
)
@click.option(
    "--mb",
    default=500,
    show_default=True,
    type=click.IntRange(1),
    help="Size of the data that is made, in MB.",
)
@json_option
def data(rounds: int, mb: int, *, as_json: bool) -> None:
    """Compare validation on a sample and without data.

    And taking a sample of a Parquet folder with reading all of it by pyarrow. Takes a minute.
    """
    from bot.bench.data import run

    _show(run(rounds, mb, _say), as_json=as_json)


@command.command()
@click.option(
    "--rounds", default=10, show_default=True, type=click.IntRange(1), help="Number of runs on each side."
)
@json_option
def runs(rounds: int, *, as_json: bool) -> None:
    """Compare a run with `ray job submit`.

    Both use the same cluster. Takes two minutes.
    """
    from bot.bench.runs import run

    _show(run(rounds, _say), as_json=as_json)


@command.command()
@click.option(
    "--people",
    default=100,
    show_default=True,
    type=click.IntRange(1),
    help="Number of people who make a request within one second.",
)
@click.option(
    "--minutes",
    default=10.0,
    show_default=True,
    type=click.FloatRange(0),
    help="Duration of the steady load.",
)
@click.option(
    "--rate",
    default=60,
    show_default=True,
    type=click.IntRange(1),
    help="Requests per minute of the steady load.",
)
@json_option
def load(people: int, minutes: float, rate: int, *, as_json: bool) -> None:
    """Measure a playground under load.

    Response times and memory with many people at once, with hostile programs, and under steady load.
    """
    from bot.bench.load import Plan, run

    _show(run(Plan(people, minutes, rate), _say), as_json=as_json)


@command.command()
@json_option
def policy(*, as_json: bool) -> None:
    """Measure the static policy on 500 lines."""
    from bot.bench.policy import run

    _show(run(), as_json=as_json)


@command.command()
@json_option
def snippets(*, as_json: bool) -> None:
    """Compare snippets with `python -c`.

    Twenty small calculations in the snippet sandbox, and each with a new Python process.
    """
    from bot.bench.snippets import run

    _show(run(), as_json=as_json)


def _show(work: Coroutine[Any, Any, Report], *, as_json: bool) -> None:
    """Print the report; status 1 when it has problems."""
    from bot.bench.table import as_table

    report = asyncio.run(work)
    click.echo(report.as_json() if as_json else as_table(report))
    sys.exit(1 if report.problems else 0)


def _say(sentence: str) -> None:
    """Progress goes to standard error."""
    click.echo(sentence, err=True)
