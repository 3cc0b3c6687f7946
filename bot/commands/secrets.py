from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import click

from bot.commands.options import json_option, loaded

if TYPE_CHECKING:
    from services.secrets.configured import ConfiguredSecrets


@click.group()
def command() -> None:
    """Show or check the secrets that programs can use, which RAYGEN_SECRETS names. Their values are never printed."""


@command.command("list")
@json_option
def listed(*, as_json: bool) -> None:
    """List the secrets: where each value is, and who may use it where."""
    from bot.reports import secrets

    found = _configured().all
    click.echo(secrets.as_json(found) if as_json else secrets.as_text(found))


@command.command()
@json_option
def check(*, as_json: bool) -> None:
    """Read each value, and report which can't be read. The exit status is 1 if there are any."""
    from bot.reports import secrets

    found = asyncio.run(secrets.checked(_configured()))
    if as_json:
        click.echo(json.dumps([{"name": name, "ok": not why, "fault": why} for name, why in found.items()]))
    else:
        click.echo("\n".join(why or f"{name} can be read." for name, why in found.items()) or secrets.NONE)
    sys.exit(1 if any(found.values()) else 0)


def _configured() -> ConfiguredSecrets:
    from bot.wiring import clusters, secret_file

    settings = loaded()
    return secret_file.secrets(settings, list(clusters.configured(settings)))
