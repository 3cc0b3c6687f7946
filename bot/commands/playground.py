from __future__ import annotations

import asyncio
import sys
from typing import Any

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
    from bot.playground import launch

    settings = loaded()

    def app() -> dict[str, Any]:
        from bot.deploy.manifest import manifest
        from bot.wiring.clusters import run_links

        return manifest(domains=run_links(settings).domains)

    folder = settings.state_dir / "playground"
    sys.exit(asyncio.run(launch.run(folder, port=port, browser=not no_browser, manifest=app)))
