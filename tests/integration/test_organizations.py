"""An organization (Enterprise Grid) installs raygen for all its workspaces: who is answered, restarts, and how it goes again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from services.security.encryption import Encryptor
from services.store import tables
from tests.contract.slack.published import differences
from tests.contract.slack.published.events import ORGANIZATION
from tests.installing import ACME, FRESH, World, answered, of_organization, world
from tests.integration.test_installation import (
    QUESTION,
    _none,
    _over,
    _sessions,
    expire_something,
    rows,
    tokens_seen,
)
from tests.waiting import until

__all__ = ["tokens_seen"]

ALL = "Ada Acme allows raygen in all of The Group"
GRID = (of_organization(FRESH), of_organization(ACME))


@pytest.mark.parametrize("socket_mode", [False, True])
async def test_an_organization_installs_it_for_all_its_workspaces(
    tmp_path: Path, tokens_seen: list[tuple[str, str]], *, socket_mode: bool
):
    async with world(tmp_path, places=GRID, socket_mode=socket_mode) as here:
        assert (await here.install(ALL))[0] == 200
        assert await here.bot.store.installations(Encryptor()).teams() == ["EGROUP"]
        await ask_all(here)
        sessions = await rows(here, tables.sessions)
        assert {(row.channel, row.team) for row in sessions} == {("CLAB", "TACME"), ("CRAY", "TRAYGEN")}
        assert {token for token, _ in tokens_seen} == {here.token("EGROUP")}
        for slack, user, channel in ((here.acme, "UADA", "CLAB"), (here.playground, "UENGINEER", "CRAY")):
            assert (await slack.people.command("help", user=user, channel=channel))["ok"]
            assert "raygen" in json.dumps(slack.standin.state.ephemerals.seen_by(user, channel))
            assert (await slack.people.command("what is 20% of 50?", user=user, channel=channel))["ok"]
            await answered(slack, channel, "10.0")
        sessions = await rows(here, tables.sessions)
        assert sorted(row.team for row in sessions) == ["TACME", "TACME", "TRAYGEN", "TRAYGEN"]


async def test_what_is_done_for_a_workspace_of_an_organization_outlives_a_restart(
    tmp_path: Path, tokens_seen: list[tuple[str, str]]
):
    async with world(tmp_path, places=GRID) as here:
        await here.install(ALL)
        await ask_all(here)
        await until(lambda: _over(here))
        apps = here.apps
    async with world(tmp_path, places=GRID) as again:
        again.apps.tokens, again.apps.access = apps.tokens, apps.access
        tokens_seen.clear()
        await expire_something(again)
        own = {(again.token("EGROUP"), "CLAB"), (again.token("EGROUP"), "CRAY")}
        await until(lambda: own <= set(tokens_seen))


async def test_an_organization_takes_it_away_from_one_workspace_then_from_all(tmp_path: Path):
    async with world(tmp_path, places=GRID) as here:
        await here.install(ALL)
        await ask_all(here)
        await until(lambda: _over(here))
        here.apps.withdraw("TACME")
        await until(lambda: _sessions(here, ["TRAYGEN"]))
        assert await here.bot.store.installations(Encryptor()).teams() == ["EGROUP"]
        assert await here.bot.store.installations(Encryptor()).members("EGROUP") == ["TRAYGEN"]
        refused = await here.acme.people.command("help", user="UADA", channel="CLAB")
        assert refused["error"] == "not_installed"
        here.apps.uninstall("EGROUP")
        await until(lambda: _sessions(here, []))
        await until(lambda: _none(here))
        assert await here.bot.store.installations(Encryptor()).members("EGROUP") == []
        sent = [
            envelope["payload"]
            for slack in (here.playground, here.acme)
            for envelope in slack.standin.state.envelopes.all.values()
            if envelope["type"] == "events_api"
        ]
        for name, published in ORGANIZATION.items():
            reported = next(payload for payload in sent if payload["event"]["type"] == name)
            assert list(differences(published.body, reported, published.left_out)) == [], published.page


async def test_only_administrators_install_it_for_an_organization(tmp_path: Path):
    async with world(tmp_path, places=GRID) as here:
        link, page = await here.consent(browser := here.browser())
        assert "Erin Engineer allows raygen in Raygen Playground" in page
        assert "Erin Engineer allows raygen in all" not in page
        forged = page.replace('value="TRAYGEN"', 'value="EGROUP"')
        back = await browser.press(link, forged, "Erin Engineer")
        assert "access_denied" in back


async def ask_all(of: World) -> None:
    """In two workspaces of an organization."""
    for slack, user, channel in ((of.acme, "UADA", "CLAB"), (of.playground, "UENGINEER", "CRAY")):
        await slack.people.post("/play/members", channel=channel, joined=True)
        await slack.people.say(f"<@UGROUPBOT> {QUESTION}", user=user, channel=channel)
        await answered(slack, channel, "427.05")
