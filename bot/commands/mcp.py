from __future__ import annotations

import asyncio

import click

from bot.commands.options import loaded_for_service


@click.command()
@click.option("--stdio", is_flag=True, help="Serve one client on standard input and output instead of HTTP.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8765,
    show_default=True,
    help="Port to listen on; 0 chooses a free one.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen on. Hosts other than localhost require RAYGEN_API_TOKENS.",
)
def command(host: str, port: int, *, stdio: bool) -> None:
    """Offer raygen's tools to AI agents by the Model Context Protocol, over HTTP at /mcp or on standard input and output.

    The tools: validate_ray_code runs a program in a sealed cluster, run_python does a small calculation, and propose_run posts a
    program in Slack, where people decide whether it runs.
    """
    from bot.mcp_server import command as server

    settings = loaded_for_service("mcp")
    asyncio.run(server.stdio(settings) if stdio else server.http(settings, host, port))
