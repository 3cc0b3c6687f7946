"""The `raygen` command."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, TextIO

import click

from bot.bench.command import bench
from bot.evaluation.command import evaluation
from services.domain.errors import BadRequest, RaygenError, SettingsError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="raygen")
def main() -> None:
    """Turn a sentence in Slack into a Ray program that is proven to work, and run it once a person approves.

    \b
    First steps
      raygen playground      try everything on this machine: no Slack workspace, no API key, no Ray needed
      raygen doctor          what this machine and these settings lack, and what to do about it
      raygen validate FILE   check a Ray program and really run it, where it can harm nothing
      raygen manifest        the Slack app to create for your workspace
      raygen usage           what requests have taken: tokens, money, time
      raygen export          all runs as JSON lines
      raygen audit           who asked, saw, approved, ran and stopped what; and whether that record is whole
      raygen mcp             offer validation, snippets and proposals to other agents, as MCP tools
      raygen eval            how often the chosen models get it right; --cookbook needs no key
      raygen agentcore       be the supervisor that bots ask on Bedrock AgentCore
      raygen start           run the bot (needs SLACK_BOT_TOKEN, SLACK_APP_TOKEN, ANTHROPIC_API_KEY)
      raygen serve           offer the same over HTTP (needs ANTHROPIC_API_KEY), and to Slack over HTTP
      raygen deploy          print what puts raygen's remote pieces into a cloud

    Settings come from the environment and a .env file; docs/settings.md lists them all.
    """  # noqa: D301  # \b is click's mark for a paragraph that keeps its lines


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Errors that are meant for people end the command with one sentence and status 1."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except RaygenError as error:
            raise click.ClickException(error.public) from None

    return run


@main.command()
@click.option("--port", default=3000, show_default=True, help="Where the page is served, on loopback.")
@click.option("--no-browser", is_flag=True, help="Don't open the page in a browser.")
@plainly
def playground(port: int, *, no_browser: bool) -> None:
    """Open a page that stands in for Slack, with the real bot behind it.

    The bot, its validation and its runs are the real ones; only Slack and, without ANTHROPIC_API_KEY, the model are
    stand-ins that speak the real protocols. Everything is kept between starts.
    """
    from bot import settings
    from bot.deploy.manifest import manifest
    from bot.playground import launch
    from bot.wiring.clusters import run_links

    chosen = settings.load()
    where, app = chosen.state_dir / "playground", manifest(domains=run_links(chosen).domains)
    sys.exit(asyncio.run(launch.run(where, port=port, browser=not no_browser, manifest=app)))


@main.command()
@plainly
def start() -> None:
    """Run the bot against Slack, by Socket Mode."""
    from bot import settings
    from bot.runtime import app, logs
    from bot.wiring import slack_access, tracing

    chosen = settings.load()
    slack_access.require_slack(chosen)
    settings.require_supervisor(chosen)
    logs.configure(chosen.log_level, text=chosen.log_text == "on")
    settings.remove_secrets_from_environment()
    with tracing.exporting(chosen.traces):
        asyncio.run(app.run(chosen))


@main.command()
@plainly
def serve() -> None:
    """Offer everything as a JSON API, and hear Slack over HTTP where its signing secret is set.

    Who may use it is in RAYGEN_API_TOKENS; without those it listens on this machine only, and approves nothing.
    """
    from bot import settings
    from bot.runtime import app, logs
    from bot.wiring import slack_access, tracing

    chosen = settings.load()
    slack_access.slack_over_http(chosen)
    settings.require_supervisor(chosen)
    logs.configure(chosen.log_level, text=chosen.log_text == "on")
    settings.remove_secrets_from_environment()
    with tracing.exporting(chosen.traces):
        asyncio.run(app.serve(chosen))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@plainly
def doctor(*, as_json: bool) -> None:
    """Check each part that the bot needs: what was found, what is wrong, what to do."""
    from bot import settings
    from bot.commands import doctor as examination

    findings = asyncio.run(examination.examine(settings.load()))
    click.echo(examination.as_json(findings) if as_json else examination.as_table(findings))
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@main.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@click.option(
    "--markdown", "as_markdown", is_flag=True, help="Print docs/settings.md, which describes all settings."
)
def show_settings(*, as_json: bool, as_markdown: bool) -> None:
    """Show every setting, its value and where it comes from; secrets are hidden."""
    from bot.settings import listing, markdown
    from bot.settings.loading import examine

    if as_markdown:
        click.echo(markdown.page(), nl=False)
        return
    examined = examine()
    click.echo(listing.as_json(examined) if as_json else listing.as_text(examined))
    for sentence in (*examined.sources.warnings, *examined.faults):
        click.echo(sentence, err=True)
    sys.exit(1 if examined.faults else 0)


@main.command()
@click.argument("file", type=click.File("rb"))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
@click.option(
    "--input",
    "inputs",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A file or folder for the program's working directory, read-only; may be given more than once. Python files that "
    "the program imports are checked with it.",
)
@plainly
def validate(file: BinaryIO, inputs: Sequence[Path], *, as_json: bool) -> None:
    """Check a Ray program and really run it, sealed: FILE is its path, or - for standard input.

    The exit status is 0 when it passed, 1 when it did not, and 2 when it could not be validated.
    """
    from bot import settings
    from bot.commands import files, validate

    try:
        code = file.read().decode()
    except UnicodeDecodeError:
        raise BadRequest(f"{file.name} is not a text in UTF-8, so it can't be a program.") from None
    beside = [file for path in inputs for file in files.read(path)]
    examined = asyncio.run(validate.examined(settings.load(), code, beside))
    click.echo(validate.as_json(examined) if as_json else validate.as_text(examined))
    sys.exit(examined.status)


@main.command()
@click.option(
    "--by", type=click.Choice(["user", "channel", "model", "status"]), default="user", show_default=True
)
@click.option("--days", default=30.0, show_default=True, help="How far to look back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a table.")
@plainly
def usage(by: str, days: float, *, as_json: bool) -> None:
    """Tell what requests have taken, and the votes on what came of them: model calls, tokens, money, drafts and time."""
    from bot import settings
    from bot.commands import usage

    found = asyncio.run(usage.sums(settings.load(), by, days))
    click.echo(usage.as_json(found, by, days) if as_json else usage.as_table(found, by, days))


@main.command()
@click.option("--days", type=click.FloatRange(min=0), help="How far to look back; everything by default.")
@click.option("--code", is_flag=True, help="With each run's program.")
@plainly
def export(days: float | None, *, code: bool) -> None:
    """Print all runs as JSON lines: what ran, by its sha256, who asked and approved, when, where, and how it ended."""
    from bot import settings
    from bot.commands import export as exporting

    async def write() -> None:
        async for line in exporting.lines(settings.load(), days, code=code):
            click.echo(line)

    asyncio.run(write())


@main.group()
def audit() -> None:
    """Who asked, saw, edited, approved, ran and stopped what: a chain of records that tells when it was tampered with."""


@audit.command("export")
@click.option("--since", type=click.DateTime(), help="From this time on, in UTC, such as 2026-11-01.")
@plainly
def audit_export(since: datetime | None) -> None:
    """Print the records as JSON lines, oldest first, each with its hash and the one before it."""
    from bot import settings
    from bot.commands import audit as auditing

    async def write() -> None:
        async for line in auditing.lines(settings.load(), since):
            click.echo(line)

    asyncio.run(write())


@audit.command("verify")
@click.argument("file", type=click.File("r"), required=False)
@click.option(
    "--expect",
    metavar="HASH",
    multiple=True,
    help="A hash kept elsewhere, such as the newest in the audit channel; 12 digits do. It has to be in the chain.",
)
@plainly
def audit_verify(file: TextIO | None, expect: Sequence[str]) -> None:
    """Say whether the chain is whole, and where it is not; with FILE, of what was exported before.

    The exit status is 1 where a record was changed, deleted, moved or put in between, where the database holds something
    that no record tells of, and where an expected hash does not occur.
    """
    from bot import settings
    from bot.commands import audit as auditing

    found = (
        auditing.verified_export(file, expect)
        if file
        else asyncio.run(auditing.verified(settings.load(), expect))
    )
    click.echo(auditing.as_text(found))
    sys.exit(0 if found.whole else 1)


@main.command()
@click.option("--stdio", is_flag=True, help="Serve one client on standard input and output.")
@click.option("--port", type=click.IntRange(0, 65535), default=8765, show_default=True)
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Elsewhere than on loopback, tokens are a must."
)
@plainly
def mcp(host: str, port: int, *, stdio: bool) -> None:
    """Offer raygen's tools to other agents, by the Model Context Protocol: over HTTP at /mcp, or on standard input and output.

    validate_ray_code runs a program sealed, run_python computes something small, and propose_run puts a program before
    people in Slack, who decide whether it runs.
    """
    from bot import settings
    from bot.mcp_server import command
    from bot.runtime import logs

    chosen = settings.load()
    logs.configure(chosen.log_level, text=chosen.log_text == "on")
    settings.remove_secrets_from_environment()
    asyncio.run(command.stdio(chosen) if stdio else command.http(chosen, host, port))


@main.command()
@click.option("--port", default=8080, show_default=True, help="AgentCore asks on 8080.")
@click.option("--host", help="Default: all addresses in a container, loopback elsewhere.")
@plainly
def agentcore(port: int, host: str | None) -> None:
    """Be the supervisor for bots that ask it by Bedrock AgentCore (RAYGEN_SUPERVISOR=agentcore)."""
    from bot import settings
    from bot.commands import agentcore as hosting
    from bot.runtime import logs
    from bot.wiring import tracing

    chosen = settings.load()
    settings.require_model(chosen)
    logs.configure(chosen.log_level, text=chosen.log_text == "on")
    settings.remove_secrets_from_environment()
    with tracing.exporting(chosen.traces):
        asyncio.run(hosting.run(chosen, host=host, port=port))


@main.command()
@click.option("--url", help="Where Slack reaches raygen serve, for HTTP instead of Socket Mode.")
@click.option("--many", is_flag=True, help="Workspaces install it themselves, at --url/slack/install.")
@plainly
def manifest(url: str | None, *, many: bool) -> None:
    """Print the Slack app manifest: paste it at api.slack.com/apps, “From a manifest”.

    Without --url it is RAYGEN_PUBLIC_URL.
    """
    from bot import settings
    from bot.deploy.manifest import manifest as build
    from bot.wiring.clusters import run_links

    chosen = settings.load()
    url = chosen.public_url if url is None else url
    if many and not url.startswith("https://"):
        raise SettingsError("Workspaces install raygen at a public address: give --url https://….")
    click.echo(json.dumps(build(url=url, many=many, domains=run_links(chosen).domains), indent=2))


@main.group()
def deploy() -> None:
    """Print what puts raygen's remote pieces into a cloud."""


@deploy.command()
def cloudformation() -> None:
    """Print the CloudFormation template of the pieces on AWS (docs/aws.md)."""
    from bot.deploy.cloudformation import template

    click.echo(template(), nl=False)


main.add_command(bench)
main.add_command(evaluation)
