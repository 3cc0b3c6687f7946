from __future__ import annotations

import asyncio

import click

from bot.commands.options import json_option, loaded


@click.command()
@click.option(
    "--by",
    type=click.Choice(["user", "channel", "model", "status"]),
    default="user",
    show_default=True,
    help="What to group requests by.",
)
@click.option(
    "--days",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    help="Include requests of the last DAYS days.",
)
@json_option
def command(by: str, days: float, *, as_json: bool) -> None:
    """Show what requests used: model calls, tokens, cost in USD, drafts and seconds, and how people rated the results."""
    from bot.reports import usage

    found = asyncio.run(usage.sums(loaded(), by, days))
    click.echo(usage.as_json(found, by, days) if as_json else usage.as_table(found, by, days))
