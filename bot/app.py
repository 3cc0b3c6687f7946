"""The running bot: Socket Mode in front, health beside it, and an orderly end on SIGINT and SIGTERM."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal

from slack_sdk.errors import SlackApiError

from bot import bootstrap
from bot.api import serve_health
from bot.connection import open_connection
from bot.settings import Settings, require_slack
from services.errors import SettingsError

_log = logging.getLogger(__name__)


async def run(settings: Settings) -> None:
    """Serve until a signal asks for the end. Raises SettingsError when Slack refuses the tokens."""
    _, app_token = require_slack(settings)
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    ended = on_signals()
    async with contextlib.AsyncExitStack() as stack:
        bot = await stack.enter_async_context(bootstrap.assemble(settings))
        if settings.health_port is not None:
            await stack.enter_async_context(serve_health(settings.health_port, bot.readiness))
        await _check_tokens(bot)
        await stack.enter_async_context(bootstrap.working(bot))
        try:
            await stack.enter_async_context(open_connection(bot.app, app_token))
        except SlackApiError as error:
            raise SettingsError(f"Slack refuses SLACK_APP_TOKEN: {error.response['error']}.") from error
        names = ", ".join(place.name for place in bot.targets)
        _log.info("connected to Slack; the targets are %s", names)
        await ended.wait()
        _log.info("stopping; unfinished work goes on at the next start")


async def _check_tokens(bot: bootstrap.Bot) -> None:
    try:
        await bot.app.client.auth_test()
    except SlackApiError as error:
        raise SettingsError(f"Slack refuses SLACK_BOT_TOKEN: {error.response['error']}.") from error
    except OSError as error:
        raise SettingsError(f"Slack can't be reached: {error}.") from error


def on_signals() -> asyncio.Event:
    """Set once the process is asked to end."""
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    return ended
