"""What is kept of an installation, how it is encrypted, and which settings make raygen one for many workspaces."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from slack_sdk.errors import SlackApiError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import settings
from bot.settings import OAuth
from handlers.workspaces import NotInstalled, WorkspaceClient, token_of
from services import workspace
from services.errors import SettingsError
from services.sealing import Seal
from services.store import open_database
from services.store.installations import Installations, States

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[AsyncEngine]:
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        yield engine


async def test_tokens_outlive_a_change_of_keys(engine: AsyncEngine):
    await Installations(engine).put("T1", 1.0, {"bot_token": "plain"})
    await Installations(engine, Seal([OLD])).put("T2", 1.0, {"bot_token": "old"})
    both = Installations(engine, Seal([NEW, OLD]))
    assert [await both.find(team) for team in ("T1", "T2")] == [{"bot_token": "plain"}, {"bot_token": "old"}]
    await both.put("T2", 1.0, {"bot_token": "new"})
    assert await Installations(engine, Seal([NEW])).find("T2") == {"bot_token": "new"}
    for wrong in (Seal([OLD]), Seal()):
        with pytest.raises(SettingsError, match="another RAYGEN_OAUTH_KEY"):
            await Installations(engine, wrong).find("T2")


async def test_of_many_that_bring_a_state_one_is_let_in(engine: AsyncEngine):
    states = States(engine)
    state = await states.issue()
    assert sorted(await asyncio.gather(*(states.consume(state) for _ in range(8)))) == [False] * 7 + [True]
    assert not await states.consume("forged")
    late = States(engine, lifetime=-1.0)
    assert not await late.consume(await late.issue())


def chosen(**values: str) -> settings.Settings:
    return settings.load(_env_file=None, **values)


MANY = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret"}


def test_many_workspaces_need_the_apps_secrets_and_no_token():
    assert settings.many_workspaces(chosen()) is None
    found = settings.slack_over_http(
        chosen(**MANY, SLACK_SIGNING_SECRET="s", RAYGEN_PUBLIC_URL="https://a.example/")
    )
    assert found == (OAuth("1.2", "secret", "https://a.example/slack/oauth_redirect"), "s")
    assert settings.require_slack(chosen(**MANY, SLACK_APP_TOKEN="xapp-1")) == (
        OAuth("1.2", "secret"),
        "xapp-1",
    )
    assert "secret" not in repr(found)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"SLACK_CLIENT_ID": "1.2"}, "need each other"),
        ({"SLACK_CLIENT_SECRET": "secret"}, "need each other"),
        ({**MANY, "SLACK_BOT_TOKEN": "xoxb-1"}, "set one of them"),
        (MANY, "SLACK_SIGNING_SECRET is not set"),
    ],
)
def test_a_half_of_it_is_a_sentence(values: dict[str, str], sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        settings.slack_over_http(chosen(**values))


def test_a_key_that_is_none_is_a_sentence_that_does_not_repeat_it():
    with pytest.raises(SettingsError, match="RAYGEN_OAUTH_KEY is wrong") as told:
        _ = chosen(RAYGEN_OAUTH_KEY="not-a-key").seal
    assert "not-a-key" not in told.value.public


async def test_a_call_for_no_workspace_takes_no_other_ones_token():
    asked: list[str] = []

    async def tokens(team: str) -> str:
        asked.append(team)
        raise NotInstalled

    client: Any = WorkspaceClient(tokens, base_url="http://127.0.0.1:9/api/")
    for team in ("", "T1"):
        workspace.enter(team)
        with pytest.raises(SlackApiError, match="account_inactive"):
            await client.chat_postMessage(channel="C", text="x")
    with pytest.raises(NotInstalled):
        await token_of(client)
    assert asked == ["", "T1", "T1"]
