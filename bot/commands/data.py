from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence

import click

from bot.commands.options import json_option, loaded


@click.group()
def command() -> None:
    """Show the data connections of RAYGEN_DATA, check them, and take masked samples of them."""


@command.command("list")
@json_option
def list_connections(*, as_json: bool) -> None:
    """Show all connections, with the tables of catalogs and the latest samples."""
    from bot.reports import data

    found = asyncio.run(data.listed(loaded()))
    click.echo(data.as_json(found) if as_json else data.as_table(found))


@command.command()
@click.argument("name")
@json_option
def show(name: str, *, as_json: bool) -> None:
    """Show the connection NAME and the columns of its latest sample."""
    from bot.reports import data

    found = asyncio.run(data.shown(loaded(), name))
    click.echo(data.one_as_json(found) if as_json else data.as_text(found))


@command.command()
@click.argument("name")
@json_option
def sample(name: str, *, as_json: bool) -> None:
    """Take a new sample of the connection NAME, and show it."""
    from bot.reports import data

    found = asyncio.run(data.sampled(loaded(), name))
    click.echo(data.one_as_json(found) if as_json else data.as_text(found))


@command.command()
@click.argument("names", nargs=-1)
@json_option
def check(names: Sequence[str], *, as_json: bool) -> None:
    """Check that the connections NAMES, or all, can be read. The exit status is 1 if one can't."""
    from bot.reports import data

    found = asyncio.run(data.checks(loaded(), names))
    click.echo(data.checks_as_json(found) if as_json else data.checks_as_text(found))
    sys.exit(1 if any(each.fault for each in found) else 0)
