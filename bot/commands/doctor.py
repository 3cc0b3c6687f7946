from __future__ import annotations

import asyncio
import sys

import click

from bot.commands.options import json_option


@click.command()
@json_option
def command(*, as_json: bool) -> None:
    """Check this machine and these settings, and show how to fix what is wrong.

    Nothing is changed and no model is called. The exit status is 1 if something needs attention.
    """
    from bot.doctor import checks, report
    from bot.settings.loading import examine

    findings = asyncio.run(checks.run(examine()))
    click.echo(report.as_json(findings) if as_json else report.as_table(findings))
    sys.exit(0 if all(finding.ok for finding in findings) else 1)
