from __future__ import annotations

import asyncio

import click

from bot.commands.options import loaded_for_service


@click.command()
def command() -> None:
    """Run the bot, connected to Slack by Socket Mode.

    Requires SLACK_BOT_TOKEN, SLACK_APP_TOKEN and ANTHROPIC_API_KEY; `raygen doctor` checks them. Ctrl+C stops it, and unfinished
    work continues at the next start.
    """
    from bot.runtime import startup
    from bot.wiring import tracing

    settings = loaded_for_service("start")
    with tracing.exporting(settings.traces):
        asyncio.run(startup.run(settings))
