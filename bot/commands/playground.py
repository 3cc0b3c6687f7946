from __future__ import annotations

import asyncio
import sys

import click

from bot.commands.options import loaded


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=3000,
    show_default=True,
    help="Port of the page on localhost; 0 chooses a free one.",
)
@click.option("--no-browser", is_flag=True, help="Don't open the page in a browser.")
def command(port: int, *, no_browser: bool) -> None:
    """Try raygen in a browser, on a page that stands in for Slack.

    The bot, validation and runs are real. Slack is simulated, and so is the model unless ANTHROPIC_API_KEY is set. Messages and
    runs are kept between starts.
    """
    from bot.deploy.manifest import manifest
    from bot.playground import launch
    from bot.wiring.clusters import run_links

    settings = loaded()
    folder, app = settings.state_dir / "playground", manifest(domains=run_links(settings).domains)
    sys.exit(asyncio.run(launch.run(folder, port=port, browser=not no_browser, manifest=app)))
