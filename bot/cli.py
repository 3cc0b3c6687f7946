"""The `raygen` command. Each command is a module in `bot.commands`, imported when it is used, so that help is quick."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from bot.commands.errors import explained

_SECTIONS = {
    "Try it": {
        "playground": "Try raygen in a browser: no Slack workspace, API key or Ray cluster needed.",
        "validate": "Check a Ray program and run it in a sealed cluster.",
    },
    "Set it up": {
        "manifest": "Print the manifest of the Slack app to create.",
        "settings": "Show all settings, their values and where they come from.",
        "data": "Show and check data connections, and take samples of them.",
        "secrets": "Show or check the secrets that programs can use.",
        "doctor": "Check this machine and these settings, and show how to fix what is wrong.",
        "deploy": "Print templates for running parts of raygen in a cloud.",
    },
    "Run it": {
        "start": "Run the bot, connected to Slack by Socket Mode.",
        "serve": "Run the HTTP API, and the bot if Slack sends its events over HTTP.",
        "mcp": "Offer validation, calculations and proposals to AI agents as MCP tools.",
        "agentcore": "Run the supervisor for Amazon Bedrock AgentCore.",
    },
    "See what it did": {
        "usage": "Show tokens, costs and time by person, channel, model or result.",
        "export": "Print all runs as JSON lines.",
        "audit": "Print or verify the audit log.",
    },
    "Measure it": {
        "eval": "Measure how often the configured models solve raygen's test cases.",
        "bench": "Measure raygen's speed and resource use on this machine.",
    },
}


class Commands(click.Group):
    """The commands by section."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [name for section in _SECTIONS.values() for name in section]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"bot.commands.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            # Click looks for similar names among the commands that are imported already, which are none.
            raise click.NoSuchCommand(args[0], possibilities=self.list_commands(ctx), ctx=error.ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        for title, section in _SECTIONS.items():
            with formatter.section(title):
                formatter.write_dl(list(section.items()), col_max=12)

    def invoke(self, ctx: click.Context) -> Any:
        with explained():
            return super().invoke(ctx)


@click.command(
    cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(package_name="raygen", message="raygen %(version)s")
def main() -> None:
    """Turn a sentence in Slack into a Ray program that is proven to work, and run it once a person approves.

    Settings come from environment variables or a .env file; `raygen settings` lists them.
    """
