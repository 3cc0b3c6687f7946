"""The running bot: Slack by Socket Mode or HTTP, the API, health beside them, and an orderly end on SIGINT and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from starlette.routing import Route

from bot import bootstrap
from bot.api import health
from bot.api import slack as slack_routes
from bot.api.application import application
from bot.api.server import serving
from bot.api.service import ApiService
from bot.runtime import stall
from bot.runtime.connection import open_connection
from bot.runtime.signals import on_signals
from bot.settings import Settings
from bot.wiring.clusters import opened_targets
from bot.wiring.requirements import require_tokens
from bot.wiring.slack_access import require_slack, slack_over_http
from handlers.slack_api.errors import code_of
from services.domain.errors import SettingsError
from services.targets.targets import Targets

_log = logging.getLogger(__name__)


async def run(settings: Settings, targets: Targets, ended: asyncio.Event) -> None:
    """Work for Slack, by Socket Mode, until `ended` is set. Raises SettingsError when Slack refuses the tokens."""
    access, app_token = require_slack(settings)
    async with contextlib.AsyncExitStack() as stack:
        bot = await stack.enter_async_context(bootstrap.assemble(settings, access, targets))
        assert bot.app is not None
        await _open_health(stack, bot)
        await _check_token(bot.app)
        await stack.enter_async_context(stall.watched())
        await stack.enter_async_context(bootstrap.working(bot))
        try:
            await stack.enter_async_context(open_connection(bot.app, app_token))
        except SlackApiError as error:
            raise SettingsError(
                f"Slack rejects SLACK_APP_TOKEN ({code_of(error) or 'no reason given'}). Copy it again from the app's page at api.slack.com/apps."
            ) from error
        _log.info("connected to Slack; the targets are %s", _names(bot))
        await ended.wait()
        _log.info("stopping; unfinished work goes on at the next start")


async def serve(settings: Settings) -> None:
    """Serve the API, and Slack's events where its secrets are set, until a signal asks for the end.

    Raises SettingsError for an address that others reach while there are no tokens, and as `run` does.
    """
    slack = slack_over_http(settings)
    require_tokens(settings)
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    ended = on_signals()
    async with contextlib.AsyncExitStack() as stack:
        targets = await stack.enter_async_context(opened_targets(settings))
        access = slack[0] if slack else None
        bot = await stack.enter_async_context(bootstrap.assemble(settings, access, targets))
        await _open_health(stack, bot)
        routes: list[Route] = []
        if slack and bot.app is not None:
            await _check_token(bot.app)
            routes = slack_routes.routes(bot.app, slack[1])
        await stack.enter_async_context(stall.watched())
        await stack.enter_async_context(bootstrap.working(bot))
        service = ApiService(use_cases=bot.use_cases, feeds=bot.feeds, targets=bot.targets)
        app = application(service, settings.tokens, bot.readiness, routes)
        port = await stack.enter_async_context(serving(app, settings.api_port, settings.api_host))
        _log.info("serving on %s port %d; the targets are %s", settings.api_host, port, _names(bot))
        await ended.wait()
        _log.info("stopping; unfinished work goes on at the next start")


async def _open_health(stack: contextlib.AsyncExitStack, bot: bootstrap.Bot) -> None:
    if (port := bot.settings.health_port) is not None:
        await stack.enter_async_context(serving(health.application(bot.readiness), port))


async def _check_token(app: AsyncApp) -> None:
    """Of one workspace; of many, each is checked when something comes from there."""
    if app.oauth_flow is not None:
        return
    try:
        await app.client.auth_test()
    except SlackApiError as error:
        raise SettingsError(
            f"Slack rejects SLACK_BOT_TOKEN ({code_of(error) or 'no reason given'}). Copy it again from the app's page at api.slack.com/apps."
        ) from error
    except OSError as error:
        raise SettingsError(f"Slack can't be reached: {error}.") from error


def _names(bot: bootstrap.Bot) -> str:
    return ", ".join(place.name for place in bot.targets)
