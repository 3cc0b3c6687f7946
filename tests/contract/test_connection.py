"""The bot's connection comes back, however it was lost."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError

from bot.playground.slack.server import SlackStandIn
from bot.playground.slack.workspace import APP_TOKEN
from bot.runtime.connection import open_connection
from tests.contract.slack.people import QUICK, client_at, people_at
from tests.waiting import PATIENCE, until


async def test_a_dead_address_is_given_up_for_a_new_one():
    slack = SlackStandIn(rules=QUICK)
    async with slack.serve(), people_at(slack.url) as people:
        app = AsyncApp(client=client_at(slack.api_url))
        heard: list[Any] = []

        @app.event("app_mention")
        async def mention(body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
            heard.append(body)

        async with open_connection(app, APP_TOKEN, ping_interval=0.2) as client:
            issue, issued = client.issue_new_wss_url, asyncio.Event()

            async def issue_dead() -> str:
                issued.set()
                return "ws://127.0.0.1:9/"

            client.issue_new_wss_url = issue_dead
            assert client.current_session is not None
            await client.current_session.close()
            await asyncio.wait_for(issued.wait(), PATIENCE)
            client.issue_new_wss_url = issue
            await until(client.is_connected)
            await people.say("@raygen estimate pi")
            await until(lambda: _true(heard))


async def test_a_refused_app_token_is_an_error_at_once():
    slack = SlackStandIn(rules=QUICK)
    async with slack.serve():
        app = AsyncApp(client=client_at(slack.api_url))
        with pytest.raises(SlackApiError, match="invalid_auth"):
            async with open_connection(app, "xapp-nothing"):
                pass


async def _true(value: object) -> bool:
    return bool(value)
