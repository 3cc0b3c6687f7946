from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import TextIO

import click

from bot.commands.options import loaded


@click.group()
def command() -> None:
    """Print or verify the audit log: who requested, saw, edited, approved, ran and stopped what.

    Each record contains the hash of the record before it, so that changes can be detected.
    """


@command.command()
@click.option(
    "--since", type=click.DateTime(), help="Include records from this time (UTC), such as 2026-11-01."
)
def export(since: datetime | None) -> None:
    """Print the records as JSON lines, oldest first.

    Each has its own hash and that of the record before it.
    """
    from bot.reports import audit

    async def write() -> None:
        async for line in audit.lines(loaded(), since):
            click.echo(line)

    asyncio.run(write())


@command.command()
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"), required=False)
@click.option(
    "--expect",
    metavar="HASH",
    multiple=True,
    help="A hash that must occur in the log, such as the latest one in the audit channel; its first 12 digits are enough. Can be"
    " repeated.",
)
def verify(file: TextIO | None, expect: Sequence[str]) -> None:
    """Check that the audit log is intact.

    That means that no record was changed, removed, moved or inserted. With FILE, check an export instead; - reads it from standard input. The exit status is 1 if the log was changed, if the database
    contains something without a record, or if an expected hash is missing.
    """
    from bot.reports import audit

    found = audit.verified_export(file, expect) if file else asyncio.run(audit.verified(loaded(), expect))
    click.echo(audit.as_text(found))
    sys.exit(0 if found.whole else 1)
