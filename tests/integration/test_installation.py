"""Many workspaces: people install raygen by clicks, it answers in each by its own token, and what it knows goes with it."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from cryptography.fernet import Fernet
from sqlalchemy import select

from bot.playground.slack import workspace as places
from bot.playground.slack.api import WebApi
from services.domain import current_workspace
from services.domain.entities import ProposalStatus
from services.security.encryption import Encryptor
from services.store import tables
from tests import builders, postgres
from tests.installing import Json, World, answered, post, world
from tests.waiting import until

ADA, AVERY = "Ada Acme", "Avery Approver"
QUESTION = "what is 15% of 2847?"


@pytest.fixture(params=["http", "socket mode"])
async def both_ways(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path, socket_mode=request.param == "socket mode") as made:
        yield made


@pytest.fixture
async def here(tmp_path: Path) -> AsyncGenerator[World]:
    async with world(tmp_path) as made:
        yield made


@pytest.fixture
def tokens_seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Which token each message was posted with, and where."""
    seen: list[tuple[str, str]] = []
    before = WebApi._answer

    def noting(self: WebApi, method: str, token: str, arguments: Json) -> Any:
        if method in {"chat.postMessage", "chat.startStream", "chat.update", "users.info"}:
            seen.append((token, str(arguments.get("channel") or arguments.get("user"))))
        return before(self, method, token, arguments)

    monkeypatch.setattr(WebApi, "_answer", noting)
    return seen


async def rows(of: World, table: Any) -> list[Any]:
    async with of.bot.store.tasks._engine.connect() as connection:
        return list(await connection.execute(select(table)))


async def ask(of: World) -> None:
    """The same in both workspaces at once."""
    await of.acme.people.post("/play/members", channel="CLAB", joined=True)
    await of.acme.people.say(f"<@UACMEBOT> {QUESTION}", user="UADA", channel="CLAB")
    await of.playground.people.say(f"<@URAYGEN> {QUESTION}")
    await answered(of.acme, "CLAB", "427.05")
    await answered(of.playground, "CRAY", "427.05")


async def test_each_workspace_is_answered_with_its_own_token(
    both_ways: World, tokens_seen: list[tuple[str, str]]
):
    here = both_ways
    for person in (ADA, AVERY):
        status, page = await here.install(person)
        assert status == 200
        assert "Thank you!" in page
    await ask(here)
    own = {"C": here.token("TACME"), "P": here.token("TRAYGEN")}
    assert own["C"] != own["P"]
    by_token = {token: {place for used, place in tokens_seen if used == token} for token, _ in tokens_seen}
    assert by_token[own["C"]] <= {"CLAB", "UADA", "DADA"}
    assert "CLAB" in by_token[own["C"]]
    assert by_token[own["P"]] <= {"CRAY", "UENGINEER", "DENGINEER"}
    assert "CRAY" in by_token[own["P"]]
    assert set(by_token) == set(own.values())
    sessions = await rows(here, tables.sessions)
    assert {(row.channel, row.team) for row in sessions} == {("CLAB", "TACME"), ("CRAY", "TRAYGEN")}


async def test_what_is_whispered_comes_from_the_workspace_of_the_listener(both_ways: World):
    here = both_ways
    await here.install(ADA)
    await here.install(AVERY)
    await here.acme.people.post("/play/members", channel="CLAB", joined=True)
    for slack, bot, user, channel in (
        (here.acme, "UACMEBOT", "UADA", "CLAB"),
        (here.playground, "URAYGEN", "UENGINEER", "CRAY"),
        (here.acme, "UACMEBOT", "UALAN", "CLAB"),
    ):
        await slack.people.say(f"<@{bot}>", user=user, channel=channel)
        state = slack.standin.state
        await until(lambda state=state, user=user, channel=channel: state.ephemerals.seen_by(user, channel))


async def test_what_raygen_does_by_itself_is_for_the_workspace_of_its_session(
    here: World, tokens_seen: list[tuple[str, str]]
):
    """Whatever it was busy with before: here an expired proposal of each, looked after in one go."""
    await here.install(ADA)
    await here.install(AVERY)
    await ask(here)
    await until(lambda: _over(here))
    tokens_seen.clear()
    await expire_something(here)
    own = {(here.token("TACME"), "CLAB"), (here.token("TRAYGEN"), "CRAY")}
    await until(lambda: {place for _, place in tokens_seen} >= {"CLAB", "CRAY"})
    assert {each for each in tokens_seen if each[1].startswith("C")} == own


async def expire_something(of: World) -> None:
    """A proposal of each thread, which has waited for too long."""
    for row in await rows(of, tables.tasks):
        proposal = builders.proposal(
            id=f"p{row.id}", task_id=row.id, session_id=row.session_id, created_at=1000.0
        )
        await of.bot.store.proposals.draft(proposal)
        await of.bot.store.proposals.move(proposal.id, ProposalStatus.OPEN)
    current_workspace.enter("TRAYGEN")
    await of.bot.workflows.attend()


async def test_commands_and_their_private_answers_come_from_the_right_workspace(here: World):
    await here.install(ADA)
    answer = await here.acme.people.command("help", user="UADA", channel="CLAB")
    assert answer["ok"], answer
    reported = here.acme.standin.state.ephemerals.seen_by("UADA", "CLAB")
    assert "raygen" in json.dumps(reported)
    refused = await here.playground.people.command("help")
    assert refused["error"] == "not_installed"


async def test_a_state_is_good_once_for_the_browser_that_got_it(here: World):
    browser = here.browser()
    link, page = await here.consent(browser)
    back = await browser.press(link, page, ADA)
    stranger = here.browser()
    status, text = await stranger.get(back)
    assert (status, "invalid_browser" in text) == (400, True)
    state = back.rpartition("state=")[2]
    forged = here.browser()
    forged.cookies["slack-app-oauth-state"] = "forged"
    status, text = await forged.get(back.replace(state, "forged"))
    assert (status, "invalid_state" in text) == (401, True)
    assert await here.bot.store.installations(Encryptor()).teams() == []
    assert (await browser.get(back))[0] == 200
    browser.cookies["slack-app-oauth-state"] = state
    status, text = await browser.get(back)
    assert (status, "invalid_state" in text) == (401, True)
    assert await here.bot.store.installations(Encryptor()).teams() == ["TACME"]


async def test_who_cancels_installs_nothing(here: World):
    browser = here.browser()
    back = await browser.press(*await here.consent(browser), "Cancel")
    status, text = await browser.get(back)
    assert (status, "access_denied" in text) == (200, True)
    assert await here.bot.store.installations(Encryptor()).teams() == []


async def test_what_a_workspace_left_goes_when_it_takes_raygen_away(here: World):
    await here.install(ADA)
    await here.install(AVERY)
    await ask(here)
    store = here.bot.store
    await until(lambda: _over(here))
    assert (await here.acme.people.post("/play/uninstall", user="UALAN"))["error"] == "not_admin"
    assert (await here.acme.people.post("/play/uninstall", user="UADA"))["ok"]
    await until(lambda: _sessions(here, ["TRAYGEN"]))
    assert await store.installations(Encryptor()).teams() == ["TRAYGEN"]
    assert {row.user for row in await rows(here, tables.tasks)} == {"UENGINEER"}
    assert {row.channel for row in await rows(here, tables.posts)} == {"CRAY"}
    assert (await here.acme.people.command("help", user="UADA", channel="CLAB"))["error"] == "not_installed"
    await here.playground.people.say("<@URAYGEN> what is 20% of 50?")
    await answered(here.playground, "CRAY", "10.0")


async def _over(of: World) -> bool:
    return {row.status for row in await rows(of, tables.tasks)} == {"answered"}


async def _sessions(of: World, teams: list[str]) -> bool:
    return [row.team for row in await rows(of, tables.sessions)] == teams


async def test_late_news_of_an_end_leaves_what_was_installed_since(here: World):
    await here.install(ADA)
    wrapped = {
        "type": "event_callback",
        "team_id": "TACME",
        "api_app_id": "ARAYGEN",
        "event": {"type": "app_uninstalled"},
        "event_id": "EvLate",
        "event_time": int(time.time()) - 60,
    }
    assert (await post(here.http, f"{here.url}/slack/events", "events_api", wrapped))[0] == 200
    assert await here.bot.store.installations(Encryptor()).teams() == ["TACME"]
    wrapped["event_time"] = int(time.time()) + 1
    assert (await post(here.http, f"{here.url}/slack/events", "events_api", wrapped))[0] == 200
    assert await here.bot.store.installations(Encryptor()).teams() == []


async def test_a_revoked_token_ends_an_installation(here: World):
    await here.install(ADA)
    token = here.token("TACME")
    async with (
        ClientSession(headers={"Authorization": f"Bearer {token}"}) as http,
        http.post(f"{here.playground.standin.api_url}auth.revoke") as answer,
    ):
        assert (await answer.json())["revoked"]
    await until(lambda: _none(here))


async def _none(of: World) -> bool:
    return await of.bot.store.installations(Encryptor()).teams() == []


async def test_tokens_that_end_are_renewed_and_kept_encrypted(tmp_path: Path):
    keys = Fernet.generate_key().decode()
    async with world(tmp_path, rotation=True, life=3600.0, oauth_keys=keys) as here:
        await here.install(ADA)
        first = here.token("TACME")
        await here.acme.people.post("/play/members", channel="CLAB", joined=True)
        await here.acme.people.say(f"<@UACMEBOT> {QUESTION}", user="UADA", channel="CLAB")
        await answered(here.acme, "CLAB", "427.05")
        assert here.token("TACME") != first, "one that ends within two hours is renewed"
        (row,) = await rows(here, tables.installations)
        assert row.body.startswith("fernet:")
        kept = await here.bot.store.installations(Encryptor([keys])).find("TACME")
        assert kept is not None
        assert kept["bot_token"] in here.apps.of_team("TACME")
        assert kept["bot_token"] not in row.body


async def test_strangers_in_a_shared_channel_do_not_spend_what_is_meant_for_a_workspace(tmp_path: Path):
    async with world(tmp_path, workspaces="TACME") as here:
        await here.install(ADA)
        stranger(here)
        state = here.acme.standin.state
        await here.acme.people.say(f"<@UACMEBOT> {QUESTION}", user="USUE", channel="CLAB")
        reported = await until(lambda: state.ephemerals.seen_by("USUE", "CLAB"))
        assert "isn't available to people from your workspace" in json.dumps(reported)
        assert await rows(here, tables.tasks) == []
        await here.acme.people.say(f"<@UACMEBOT> {QUESTION}", user="UADA", channel="CLAB")
        await answered(here.acme, "CLAB", "427.05")


async def test_what_a_stranger_is_streamed_is_theirs_to_slack(here: World, monkeypatch: pytest.MonkeyPatch):
    recipients: set[tuple[str, str]] = set()
    before = WebApi._answer

    def noting(self: WebApi, method: str, token: str, arguments: Json) -> Any:
        if method == "chat.startStream":
            recipients.add((str(arguments["recipient_user_id"]), str(arguments["recipient_team_id"])))
        return before(self, method, token, arguments)

    monkeypatch.setattr(WebApi, "_answer", noting)
    await here.install(ADA)
    stranger(here)
    for user in ("USUE", "UADA"):
        await here.acme.people.say(f"<@UACMEBOT> {QUESTION}", user=user, channel="CLAB")
    await until(lambda: recipients == {("USUE", "TOTHER"), ("UADA", "TACME")})
    await until(lambda: _over(here))


def stranger(of: World) -> None:
    """Somebody of another workspace, in a channel that is shared with it."""
    sue = places.user("USUE", "sue", "Sue Stranger", "TOTHER", is_stranger=True)
    state = of.acme.standin.state
    state.documents.put("users", "USUE", sue)
    state.people.set_members(state.people.channels["CLAB"], ["UADA", "UALAN", "USUE", "UACMEBOT"])


@postgres.needed
async def test_the_same_on_postgresql(tmp_path: Path):
    with postgres.serving() as database:
        async with world(tmp_path, database=database) as here:
            assert (await here.install(ADA))[0] == 200
            assert await here.bot.store.installations(Encryptor()).teams() == ["TACME"]
            state = await here.bot.store.oauth_states.issue()
            assert await here.bot.store.oauth_states.consume(state)
            assert not await here.bot.store.oauth_states.consume(state)
            assert (await here.acme.people.post("/play/uninstall", user="UADA"))["ok"]
            await until(lambda: _none(here))
