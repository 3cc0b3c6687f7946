"""What is kept of an installation, how it is encrypted, and which settings make raygen one for many workspaces."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.fernet import Fernet
from slack_bolt import BoltResponse
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.ext.asyncio import AsyncEngine

from bot import settings
from bot.doctor import slack
from bot.wiring import slack_access
from bot.wiring.slack_access import OAuth
from handlers.listeners import errors
from handlers.messaging.courier import Courier
from handlers.slack_api import installations
from handlers.slack_api.installations import (
    NotInstalled,
    SlackInstallations,
    Unsure,
    WorkspaceClient,
    Workspaces,
    token_of,
)
from services.domain import current_workspace
from services.domain.errors import SettingsError
from services.security.encryption import Encryptor
from services.store import open_database
from services.store.installations import Installations, States
from tests.databases import database
from tests.waiting import until

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncGenerator[AsyncEngine]:
    async with open_database(database(tmp_path)) as engine:
        yield engine


async def test_tokens_outlive_a_change_of_keys(engine: AsyncEngine):
    await Installations(engine, Encryptor()).put("T1", 1.0, {"bot_token": "plain"})
    await Installations(engine, Encryptor([OLD])).put("T2", 1.0, {"bot_token": "old"})
    both = Installations(engine, Encryptor([NEW, OLD]))
    assert [await both.find(team) for team in ("T1", "T2")] == [{"bot_token": "plain"}, {"bot_token": "old"}]
    await both.put("T2", 1.0, {"bot_token": "new"})
    assert await Installations(engine, Encryptor([NEW])).find("T2") == {"bot_token": "new"}
    for wrong in (Encryptor([OLD]), Encryptor()):
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
    return settings.load(env_file=None, **values)


MANY = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "secret"}


def test_many_workspaces_need_the_apps_secrets_and_no_token():
    assert slack_access.many_workspaces(chosen()) is None
    found = slack_access.slack_over_http(
        chosen(**MANY, SLACK_SIGNING_SECRET="s", RAYGEN_PUBLIC_URL="https://a.example/")
    )
    assert found == (OAuth("1.2", "secret", "https://a.example/slack/oauth_redirect"), "s")
    assert slack_access.require_slack(chosen(**MANY, SLACK_APP_TOKEN="xapp-1")) == (
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
        slack_access.slack_over_http(chosen(**values))


def test_a_key_that_is_none_is_a_sentence_that_does_not_repeat_it():
    with pytest.raises(SettingsError, match="RAYGEN_OAUTH_KEY is wrong") as reported:
        _ = chosen(RAYGEN_OAUTH_KEY="not-a-key").encryptor
    assert "not-a-key" not in reported.value.public


async def test_a_call_for_no_workspace_takes_no_other_ones_token():
    asked: list[str] = []

    async def tokens(team: str) -> str:
        asked.append(team)
        raise NotInstalled

    client: Any = WorkspaceClient(tokens, base_url="http://127.0.0.1:9/api/")
    for team in ("", "T1"):
        current_workspace.enter(team)
        with pytest.raises(SlackApiError, match="account_inactive"):
            await client.chat_postMessage(channel="C", text="x")
    with pytest.raises(NotInstalled):
        await token_of(client)
    assert asked == ["", "T1", "T1"]


class Renewing(AsyncWebClient):
    """Slack as far as it renews tokens: each refresh token once, and with a trouble of its own if it is given one."""

    def __init__(self) -> None:
        super().__init__(base_url="http://127.0.0.1:9/api/")
        self.used: list[str] = []
        self.asked: list[str] = []
        self.trouble: Exception | None = None
        self.before: Callable[[], Awaitable[object]] | None = None

    async def oauth_v2_access(self, *, refresh_token: str = "", **_: Any) -> Any:
        self.asked.append(refresh_token)
        if self.before is not None:
            await self.before()
        if self.trouble is not None:
            raise self.trouble
        if refresh_token in self.used:
            raise refusal("invalid_refresh_token")
        self.used.append(refresh_token)
        number = len(self.used)
        return {
            "token_type": "bot",
            "access_token": f"fresh-{number}",
            "refresh_token": f"r-{number}",
            "expires_in": 43_200,
        }


def refusal(code: str) -> SlackApiError:
    return SlackApiError(code, {"ok": False, "error": code})


async def installed(engine: AsyncEngine, *, left: float, **more: Any) -> SlackInstallations:
    """With a token that has so many seconds left."""
    store = SlackInstallations(Installations(engine, Encryptor()))
    values = {
        "app_id": "A1",
        "team_id": "T1",
        "bot_id": "B1",
        "bot_user_id": "U1",
        "installed_at": 1.0,
        **more,
    }
    token = {"bot_token": "old", "bot_refresh_token": "r", "bot_token_expires_at": int(time.time() + left)}
    await store.async_save_bot(Bot(**values, **token))
    return store


@pytest.mark.parametrize(
    "trouble", [refusal("internal_error"), refusal("invalid_refresh_token"), OSError("no way there")]
)
async def test_a_token_is_good_until_it_ends_whatever_becomes_of_its_renewal(
    engine: AsyncEngine, trouble: Exception
):
    client = Renewing()
    spaces = Workspaces(await installed(engine, left=60.0), client, "1.2", "s")
    client.trouble = trouble
    assert await spaces.token("T1") == "old"
    client.trouble = None
    assert await spaces.token("T1") == "old", "the next attempt is in a minute"
    spaces._not_before.clear()
    assert await spaces.token("T1") == "fresh-1"


async def test_nobody_waits_for_a_renewal_while_the_token_is_good(engine: AsyncEngine):
    client, answer = Renewing(), asyncio.Event()
    client.before = answer.wait
    spaces = Workspaces(await installed(engine, left=60.0), client, "1.2", "s")
    first = asyncio.create_task(spaces.token("T1"))
    await until(lambda: client.asked)
    second = asyncio.create_task(spaces.token("T1"))
    await until(second.done)
    assert await second == "old"
    answer.set()
    assert await first == await spaces.token("T1") == "fresh-1"
    assert client.asked == ["r"]


@pytest.mark.parametrize("again", [False, True])
async def test_a_renewal_brings_no_installation_back(engine: AsyncEngine, *, again: bool):
    """While Slack renews the token, raygen is taken out, and maybe installed again."""
    client, store = Renewing(), await installed(engine, left=60.0)

    async def meanwhile() -> None:
        await Installations(engine, Encryptor()).drop("T1")
        if again:
            own = Bot(team_id="T1", bot_token="own", bot_id="B", bot_user_id="U", installed_at=2.0)
            await store.async_save_bot(own)

    client.before = meanwhile
    spaces = Workspaces(store, client, "1.2", "s")
    if again:
        assert await spaces.token("T1") == "own"
    else:
        with pytest.raises(NotInstalled):
            await spaces.token("T1")
    assert await Installations(engine, Encryptor()).teams() == (["T1"] if again else [])


async def test_after_its_end_only_a_lost_refresh_token_means_that_raygen_is_not_installed(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(installations, "_PAUSES", (0.0,))
    client = Renewing()
    spaces = Workspaces(await installed(engine, left=-1.0), client, "1.2", "s")
    client.trouble = OSError("no way there")
    with pytest.raises(OSError, match="no way there"):
        await spaces.token("T1")
    client.trouble = refusal("internal_error")
    with pytest.raises(SlackApiError, match="internal_error"):
        await spaces.token("T1")
    client.trouble = refusal("invalid_refresh_token")
    with pytest.raises(NotInstalled):
        await spaces.token("T1")
    client.trouble = None
    assert await spaces.token("T1") == "fresh-1"


async def test_who_was_second_to_renew_a_token_waits_for_the_first_to_save_it(engine: AsyncEngine):
    """Two replicas: the second one's refusal comes before the first has saved what it got."""
    client, saving = Renewing(), asyncio.Event()

    class Slow(SlackInstallations):
        async def renewed(self, old: Bot, fresh: Bot) -> bool:
            await saving.wait()
            return await super().renewed(old, fresh)

    class Eager(SlackInstallations):
        reads = 0

        async def async_find_bot(self, **where: Any) -> Bot | None:
            self.reads += 1
            if self.reads > 4:  # after its refusal it has looked once at least
                saving.set()
            return await super().async_find_bot(**where)

    await installed(engine, left=-1.0)
    first = Workspaces(Slow(Installations(engine, Encryptor())), client, "1.2", "s")
    second = Workspaces(Eager(Installations(engine, Encryptor())), client, "1.2", "s")
    winner = asyncio.create_task(first.token("T1"))
    await until(lambda: client.used)
    assert await second.token("T1") == "fresh-1"
    assert await winner == "fresh-1"
    assert client.used == ["r"]


async def test_a_workspace_of_an_organization_goes_by_its_installation_also_after_a_restart(
    engine: AsyncEngine,
):
    store = await installed(
        engine, left=80_000.0, team_id=None, enterprise_id="E1", is_enterprise_install=True
    )
    with pytest.raises(NotInstalled):
        await Workspaces(store, Renewing(), "1.2", "s").token("T1")
    await store.joined("T1", "E1")
    await store.joined("T2", "E1")
    again = SlackInstallations(Installations(engine, Encryptor()))
    assert await Workspaces(again, Renewing(), "1.2", "s").token("T1") == "old"
    left: list[str] = []

    async def forget(team: str) -> None:
        left.append(team)

    await again.parted("T1", forget)
    await again.parted("T9", forget)
    assert left == ["T1"], "the other never was one of an organization"
    await again.joined("T1", "E1")
    await again.async_save_bot(
        Bot(team_id="T2", bot_token="own", bot_id="B", bot_user_id="U", installed_at=1.0)
    )
    assert await Workspaces(again, Renewing(), "1.2", "s").token("T2") == "old", "as Slack said last"
    await again.gone("T2", 2.0, forget)
    assert left == ["T1"], "the organization's installation goes on there"
    await again.async_save_bot(
        Bot(team_id="T2", bot_token="own", bot_id="B", bot_user_id="U", installed_at=1.0)
    )
    await again.gone("E1", 2.0, forget)
    assert left == ["T1", "E1", "T1"]
    assert await Workspaces(again, Renewing(), "1.2", "s").token("T2") == "own"


async def test_whose_records_could_not_be_forgotten_is_found_again(engine: AsyncEngine):
    store = await installed(
        engine, left=80_000.0, team_id=None, enterprise_id="E1", is_enterprise_install=True
    )
    left: list[str] = []
    away = ["T1"]

    async def forget(team: str) -> None:
        if team in away:
            raise OSError("no way to the database")
        left.append(team)

    for team in ("T1", "T2"):
        await store.joined(team, "E1")
    with pytest.raises(OSError, match="no way"):
        await store.parted("T1", forget)
    for _ in range(2):
        with pytest.raises(OSError, match="no way"):
            await store.gone("E1", 2.0, forget)
    away.clear()
    await store.gone("E1", 2.0, forget)
    assert set(left) == {"E1", "T1", "T2"}
    assert await Installations(engine, Encryptor()).members("E1") == []


class Unsteady(AsyncWebClient):
    """Slack's answer to `auth.test`: an error."""

    def __init__(self, error: Exception) -> None:
        super().__init__(base_url="http://127.0.0.1:9/api/")
        self.error = error

    async def auth_test(self, **_: Any) -> Any:
        raise self.error


@pytest.mark.parametrize(
    "error", [refusal("ratelimited"), refusal("internal_error"), OSError("away"), ValueError("odd")], ids=str
)
async def test_what_slack_does_not_say_right_now_is_asked_again(engine: AsyncEngine, error: Exception):
    """A request that is acknowledged is never sent again."""
    store = await installed(engine, left=80_000.0)
    spaces = Workspaces(store, Renewing(), "1.2", "s")

    async def asked(error: Exception, team: str = "T1") -> Any:
        context = AsyncBoltContext({"client": Unsteady(error), "is_enterprise_install": False})
        return await spaces(context=context, enterprise_id=None, team_id=team, user_id=None)

    with pytest.raises(Unsure):
        await asked(error)
    assert await asked(refusal("account_inactive")) is None
    assert await asked(error, "T9") is None, "it is not installed there"


@pytest.mark.parametrize(
    ("error", "event", "status"),
    [
        (Unsure(), {"type": "message", "user": "U1", "channel": "C1"}, 500),
        (OSError("no database"), {"type": "app_uninstalled"}, 500),
        (OSError("no database"), {"type": "message", "user": "U1", "channel": "C1"}, 200),
    ],
    ids=["whose it is can't be found out", "nobody's", "a person's"],
)
async def test_an_event_of_nobody_that_fails_is_logged_and_sent_again(
    error: Exception, event: dict[str, Any], status: int, caplog: pytest.LogCaptureFixture
):
    reported: list[tuple[str, ...]] = []

    class Whispering:
        async def whisper(self, *said: str) -> None:
            reported.append(said)

    app = AsyncApp(client=AsyncWebClient(token="xoxb-1"), signing_secret="s")
    errors.register(app, cast("Courier", Whispering()))
    response = BoltResponse(status=500)
    request = AsyncBoltRequest(body={"type": "event_callback", "event": event}, mode="socket_mode")
    await app._async_middleware_error_handler.handle(error, request, response)  # pyright: ignore[reportOptionalMemberAccess]
    assert response.status == status
    assert bool(reported) == (status == 200)
    assert ("incident" in caplog.text) == isinstance(error, OSError)


HEARD = {**MANY, "SLACK_SIGNING_SECRET": "s", "RAYGEN_PUBLIC_URL": "https://raygen.example.com"}


@pytest.mark.parametrize(
    ("values", "ok", "found", "advice"),
    [
        (HEARD | {"RAYGEN_OAUTH_KEY": OLD}, True, "OAuth for many workspaces by HTTP, for", ""),
        (HEARD, True, "; 0 installations", "Set RAYGEN_OAUTH_KEY to store the workspaces' tokens encrypted"),
        (
            HEARD | {"RAYGEN_PUBLIC_URL": ""},
            True,
            "OAuth",
            "RAYGEN_PUBLIC_URL, where people install the app. Set RAYGEN_OAUTH_KEY",
        ),
        (
            HEARD | {"SLACK_APP_TOKEN": "xapp-1"},
            True,
            "OAuth for many workspaces by HTTP and Socket Mode",
            "",
        ),
        (MANY, False, "SLACK_SIGNING_SECRET is not set", "raygen manifest"),
        ({"SLACK_CLIENT_ID": "1.2"}, False, "need each other", ""),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "s"},
            True,
            "bot token and signing secret are set",
            "",
        ),
        ({}, False, "SLACK_BOT_TOKEN is not set", ""),
    ],
)
async def test_the_doctor_knows_each_way_of_installation(
    tmp_path: Path, values: dict[str, str], *, ok: bool, found: str, advice: str
):
    finding = await slack.check(chosen(RAYGEN_STATE_DIR=str(tmp_path), **values))
    assert finding.ok is ok
    assert found in finding.found
    assert advice in finding.advice
    if "SLACK_CLIENT_ID" in values:
        assert not re.search("SLACK_(BOT|APP)_TOKEN", finding.found + finding.advice)


async def test_the_doctor_counts_installations_and_tries_the_key(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'raygen.db'}"
    async with open_database(url) as engine:
        for team in ("T1", "E1"):
            await Installations(engine, Encryptor([OLD])).put(team, 1.0, {"bot_token": "secret"})
    reported = {"RAYGEN_DATABASE_URL": url, **HEARD}
    assert "; 2 installations" in (await slack.check(chosen(**reported, RAYGEN_OAUTH_KEY=OLD))).found
    wrong = await slack.check(chosen(**reported, RAYGEN_OAUTH_KEY=NEW))
    assert (wrong.ok, "another RAYGEN_OAUTH_KEY" in wrong.advice) == (False, True)
