"""A bot in this process, whose pieces may live in AWS's stand-ins: Slack's and the model's protocol at both ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from dbos._dbos import _get_or_create_dbos_registry
from pydantic import SecretStr

from bot import bootstrap
from bot import settings as settings_module
from bot.bootstrap import Bot
from bot.playground.slack.server import APP_TOKEN, BOT_TOKEN, SlackStandIn
from bot.runtime.connection import open_connection
from bot.settings import Settings
from bot.wiring.clusters import opened_targets
from services.domain.values import Engine
from tests.standins import agentcore

CREDENTIALS = {
    **agentcore.CREDENTIALS,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
"""The environment that boto3 needs here."""


def settings(slack: SlackStandIn, **chosen: Any) -> Settings:
    """For a bot in the workspace of `slack`."""
    return settings_module.load(
        **{
            "slack_bot_token": SecretStr(BOT_TOKEN),
            "slack_app_token": SecretStr(APP_TOKEN),
            "slack_api_url": slack.api_url,
            "engines": (Engine.RAY,),
            "pool_size": 0,
            **chosen,
        }
    )


@asynccontextmanager
async def running(chosen: Settings) -> AsyncGenerator[Bot]:
    """As `raygen start`; there is only one at a time in a process."""
    _get_or_create_dbos_registry().instance_info_map.clear()
    chosen.state_dir.mkdir(parents=True, exist_ok=True)
    async with opened_targets(chosen) as targets, bootstrap.assemble(chosen, BOT_TOKEN, targets) as bot:
        assert bot.app is not None
        async with bootstrap.working(bot), open_connection(bot.app, APP_TOKEN):
            yield bot
