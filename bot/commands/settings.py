from __future__ import annotations

import sys

import click

from bot.commands.options import json_option


@click.command()
@json_option
@click.option(
    "--markdown", is_flag=True, help="Print the page docs/settings.md, which describes all settings."
)
def command(*, as_json: bool, markdown: bool) -> None:
    """Show all settings, their values and where they come from: the environment, the .env file or the default.

    Secrets are hidden. The exit status is 1 if a setting is invalid.
    """
    from bot.settings import listing
    from bot.settings import markdown as page
    from bot.settings.loading import examine

    if markdown:
        click.echo(page.page(), nl=False)
        return
    examined = examine()
    click.echo(listing.as_json(examined) if as_json else listing.as_text(examined))
    sys.exit(1 if examined.faults else 0)
