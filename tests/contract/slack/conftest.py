"""A fresh Slack stand-in for each test, with the real SDK pointed at it."""

from collections.abc import AsyncGenerator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.people import QUICK, People, client_at, people_at


@pytest.fixture
async def standin() -> AsyncGenerator[SlackStandIn]:
    slack = SlackStandIn(rules=QUICK)
    async with slack.serve():
        yield slack


@pytest.fixture
def client(standin: SlackStandIn) -> AsyncWebClient:
    return client_at(standin.api_url)


@pytest.fixture
async def people(standin: SlackStandIn) -> AsyncGenerator[People]:
    async with people_at(standin.url) as someone:
        yield someone
