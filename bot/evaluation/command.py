# ruff: noqa: PLC0415  # a command imports what it needs when it runs, so that `raygen --help` is quick
"""The command `raygen eval`."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import click


@click.command("eval")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option("--case", "names", multiple=True, metavar="NAME", help="Only this case; may be repeated.")
@click.option("--group", "groups", multiple=True, metavar="NAME", help="Only this group; may be repeated.")
@click.option(
    "--jobs", default=1, show_default=True, type=click.IntRange(1, 16), help="Cases at the same time."
)
@click.option(
    "--at-least",
    default=1.0,
    show_default=True,
    type=click.FloatRange(0, 1),
    metavar="RATE",
    help="The pass rate below which the exit status is 1.",
)
@click.option("--cookbook", is_flag=True, help="Evaluate the rule-based stand-in: no model, the floor.")
def evaluation(
    names: Sequence[str], groups: Sequence[str], jobs: int, at_least: float, *, as_json: bool, cookbook: bool
) -> None:
    """Run prompts through the whole pipeline, and check by machine what comes of them.

    The models are those of the settings, and what they take is paid for: all cases come to some hundred calls. The exit
    status is 0 when the pass rate is reached, 1 when it is not or nothing could be evaluated. docs/evaluation.md tells
    how to read the result.
    """
    from bot import settings
    from bot.evaluation import assembly, report
    from bot.evaluation.cases import select
    from services.domain.errors import RaygenError

    try:
        cases = select(names, groups)
        chosen = settings.load()
        settings.remove_secrets_from_environment()
        run = assembly.evaluate_cookbook if cookbook else assembly.evaluate
        found = asyncio.run(run(chosen, cases, jobs=jobs, say=_say))
    except RaygenError as error:
        raise click.ClickException(error.public) from None
    click.echo(report.as_json(found) if as_json else report.as_table(found))
    sys.exit(0 if found.total.rate >= at_least else 1)


def _say(sentence: str) -> None:
    """Progress, where it is in nobody's way."""
    click.echo(sentence, err=True)
