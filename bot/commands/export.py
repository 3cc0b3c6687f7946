from __future__ import annotations

import asyncio

import click

from bot.commands.options import loaded


@click.command()
@click.option(
    "--days", type=click.FloatRange(min=0), help="Include runs of the last DAYS days.  [default: all runs]"
)
@click.option("--code", is_flag=True, help="Include each run's program.")
def command(days: float | None, *, code: bool) -> None:
    """Print all runs as JSON lines, oldest first: the program's SHA-256, who requested and approved it, when and where it ran,
    and how it ended.
    """
    from bot.reports import export

    async def write() -> None:
        async for line in export.lines(loaded(), days, code=code):
            click.echo(line)

    asyncio.run(write())
