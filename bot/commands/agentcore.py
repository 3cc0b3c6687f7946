from __future__ import annotations

import asyncio

import click

from bot.commands.options import loaded_for_service


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen on. AgentCore uses 8080.",
)
@click.option(
    "--host", help="Address to listen on.  [default: all addresses in a container, otherwise localhost]"
)
def command(port: int, host: str | None) -> None:
    """Run the supervisor for Amazon Bedrock AgentCore.

    Bots with RAYGEN_SUPERVISOR=agentcore call it to write programs and answers.
    """
    from bot.agentcore import server
    from bot.wiring import tracing

    settings = loaded_for_service("agentcore")
    with tracing.exporting(settings.traces):
        asyncio.run(server.run(settings, host=host, port=port))
