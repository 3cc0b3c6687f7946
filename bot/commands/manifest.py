from __future__ import annotations

import json

import click

from bot.commands.options import loaded


@click.command()
@click.option(
    "--url",
    help="Public address of `raygen serve`, for Slack's events over HTTP instead of Socket Mode.  [default: RAYGEN_PUBLIC_URL]",
)
@click.option("--many", is_flag=True, help="Let many workspaces install the app, at URL/slack/install.")
def command(url: str | None, *, many: bool) -> None:
    """Print the manifest of the Slack app to create.

    Paste it at api.slack.com/apps: “Create New App”, then “From a manifest”.
    """
    from bot.deploy.manifest import manifest
    from bot.wiring.clusters import run_links
    from services.domain.errors import SettingsError

    settings = loaded()
    url = settings.public_url if url is None else url
    if url and not url.startswith(("https://", "http://")):
        raise SettingsError("--url isn't an address: write `https://…`.")
    if many and not url.startswith("https://"):
        raise SettingsError(
            "--many requires a public address: add --url https://…, or set RAYGEN_PUBLIC_URL."
        )
    click.echo(json.dumps(manifest(url=url, many=many, domains=run_links(settings).domains), indent=2))
