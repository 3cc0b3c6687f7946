from __future__ import annotations

import asyncio

import click

from bot.commands.options import loaded_for_service


@click.command()
def command() -> None:
    """Run the HTTP API, and the bot if Slack sends its events over HTTP.

    Listens on RAYGEN_API_HOST and RAYGEN_API_PORT. Without RAYGEN_API_TOKENS it accepts only requests from this machine, and they
    can't approve programs. With SLACK_SIGNING_SECRET it also receives Slack's events, at /slack/events.
    """
    from bot.runtime.imports import collected_later
    from bot.wiring import tracing

    with collected_later():
        from bot.runtime import app

    settings = loaded_for_service("serve")
    with tracing.exporting(settings.traces):
        asyncio.run(app.serve(settings))
