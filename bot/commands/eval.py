from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import click

from bot.commands.options import json_option, loaded


@click.command("eval")
@json_option
@click.option("--case", "names", multiple=True, metavar="NAME", help="Run only this case; can be repeated.")
@click.option(
    "--group", "groups", multiple=True, metavar="NAME", help="Run only this group; can be repeated."
)
@click.option(
    "--jobs",
    default=1,
    show_default=True,
    type=click.IntRange(1, 16),
    help="Number of cases at the same time.",
)
@click.option(
    "--at-least",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    metavar="RATE",
    help="Lowest pass rate, from 0 to 1, with the exit status 0.",
)
@click.option(
    "--cookbook",
    is_flag=True,
    help="Evaluate the playground's rule-based stand-in instead of a model, as the baseline.",
)
def command(
    names: Sequence[str], groups: Sequence[str], jobs: int, at_least: float, *, as_json: bool, cookbook: bool
) -> None:
    """Measure how often the configured models solve raygen's test cases, from the request to a validated program.

    This calls the configured models, which costs money: all cases together need a few hundred calls. The exit status is 0 if the
    pass rate is reached, otherwise 1. docs/evaluation.md explains the result.
    """
    from bot import settings
    from bot.evaluation import assembly, report
    from bot.evaluation.cases import select

    cases = select(names, groups)
    chosen = loaded()
    settings.remove_secrets_from_environment()
    run = assembly.evaluate_cookbook if cookbook else assembly.evaluate
    found = asyncio.run(run(chosen, cases, jobs=jobs, say=_say))
    click.echo(report.as_json(found) if as_json else report.as_table(found))
    sys.exit(0 if found.total.rate >= at_least else 1)


def _say(sentence: str) -> None:
    """Progress goes to standard error."""
    click.echo(sentence, err=True)
