"""The manifest is what the handlers listen to and call: nothing is missing in it, and nothing is too much."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from slack_bolt import BoltResponse
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

import bot
import handlers
from bot.api.slack import routes
from bot.deploy import manifest as manifests
from bot.deploy.manifest import INSTALL, REDIRECT
from bot.deploy.surfaces import READING, called, calls_in, every_listener, registered
from bot.playground.slack.installed import EVENT_SCOPES, HISTORY, Installed, needs
from handlers.blocks import action_ids

Json = dict[str, Any]
# With somewhere that links can lead to: all that there can be.
manifest = partial(manifests.manifest, domains=("ray.example.com",))
# The client calls these methods of the Web API for us.
PARTS = {
    "files_upload_v2": ["files.getUploadURLExternal", "files.completeUploadExternal"],
    READING: ["files.info"],
}


def scopes(app: Json) -> set[str]:
    return set(app["oauth_config"]["scopes"]["bot"])


def events(app: Json) -> set[str]:
    return set(app["settings"]["event_subscriptions"]["bot_events"])


def shortcuts(app: Json) -> set[tuple[str, str]]:
    return {(each["type"], each["callback_id"]) for each in app["features"]["shortcuts"]}


def wire(call: str) -> Iterator[str]:
    """The methods as Slack names them."""
    yield from PARTS.get(call, [call.replace("_", ".")])


async def listened(app: AsyncApp, body: Json) -> bool:
    """Whether a listener of the real Bolt app takes this; the catch-all of buttons is none."""
    request = AsyncBoltRequest(mode="socket_mode", body=body)
    for listener in app._async_listeners:
        if await listener.async_matches(req=request, resp=BoltResponse(status=404)):
            return True
    return False


def event(name: str) -> Json:
    kind, _, place = name.partition(".")
    types = {"channels": "channel", "groups": "group"}
    where = {"channel": "C1", "ts": "1.1", "channel_type": types.get(place, place), "user": "U1", "text": "x"}
    return {"type": "event_callback", "event": {"type": kind, **where}}


def pressed(kind: str, callback_id: str) -> Json:
    return {"type": {"message": "message_action", "global": "shortcut"}[kind], "callback_id": callback_id}


async def test_whatever_the_manifest_names_has_a_listener_and_all_else_has_none():
    app, made = AsyncApp(token="xoxb-1", signing_secret="s"), manifest()
    every_listener(app)
    for name in events(made):
        assert await listened(app, event(name)), name
    for name in {"reaction_added", "team_join", "member_joined_channel", "link_shared"} - events(made):
        assert not await listened(app, event(name)), name
    for kind, callback_id in shortcuts(made):
        assert await listened(app, pressed(kind, callback_id)), callback_id
    for kind, callback_id in (("message", action_ids.ASK_ANYWHERE), ("global", action_ids.RUN_MESSAGE)):
        assert not await listened(app, pressed(kind, callback_id)), "of the other kind"
    for command in made["features"]["slash_commands"]:
        assert await listened(app, {"command": command["command"], "text": ""})
    assert not await listened(app, {"command": "/other", "text": ""})


def test_the_notes_are_as_many_as_the_real_listeners():
    app, notes = AsyncApp(token="xoxb-1", signing_secret="s"), registered()
    every_listener(app)
    noted = [notes.events, notes.commands, notes.message_shortcuts, notes.global_shortcuts]
    actions = notes.interactions - len(notes.message_shortcuts) - len(notes.global_shortcuts)
    assert len(app._async_listeners) == sum(map(len, noted)) + actions


@pytest.mark.parametrize("missing", ["event", "command", "message_shortcut", "global_shortcut"])
def test_what_is_not_listened_to_is_not_in_the_manifest(missing: str):
    whole, notes = manifest(), registered()
    setattr(notes, f"{missing}s", set[str]())
    less = manifest(notes)
    assert less != whole
    match missing:
        case "event":
            assert events(less) == set()
            assert "app_mentions:read" in scopes(whole) - scopes(less)
            assert not less["features"]["app_home"]["home_tab_enabled"]
        case "command":
            assert less["features"]["slash_commands"] == []
        case _:
            kind = missing.removesuffix("_shortcut")
            assert shortcuts(less) == {each for each in shortcuts(whole) if each[0] != kind}


@pytest.mark.parametrize("kind", ["event", "command", "message_shortcut", "global_shortcut"])
def test_a_new_listener_that_the_manifest_knows_nothing_of_is_an_error(kind: str):
    def register(app: AsyncApp) -> None:
        every_listener(app)
        getattr(app, kind)("something_new")(None)

    with pytest.raises(KeyError, match="something_new"):
        manifest(registered(register))


def test_a_kind_of_listener_that_is_new_is_an_error():
    with pytest.raises(AttributeError, match="function"):
        registered(lambda app: app.function("step"))


def test_a_new_call_that_the_manifest_knows_nothing_of_is_an_error(tmp_path: Path):
    (tmp_path / "new.py").write_text(
        "async def f(client): await client.reactions_add(channel='C', name='x')\n"
    )
    assert called(tmp_path) == {"reactions_add"}
    with pytest.raises(KeyError, match="reactions_add"):
        manifest(calls=called() | called(tmp_path))


def test_reading_files_is_no_method_and_needs_its_scope_all_the_same():
    """Also where nothing asks what is known of them."""
    assert READING in called()
    assert "files:read" in scopes(manifest(calls=called() - {"files_info"}))
    assert "files:read" not in scopes(manifest(calls=called() - {"files_info", READING}))


def test_only_who_reads_files_speaks_to_slack_without_its_client():
    """Else the scan, which knows the client's methods, would miss a call."""
    folder = Path(handlers.__file__).parent
    sources = {
        str(file.relative_to(folder)): file.read_text(encoding="utf-8") for file in folder.rglob("*.py")
    }
    reader = "slack_api/files.py"
    assert [name for name, text in sources.items() if "ClientSession" in text] == [reader]
    assert READING in set(calls_in(sources[reader]))


def test_every_call_has_its_scope_and_every_scope_its_call():
    """By the scopes that the stand-in demands, which are written down apart from the manifest's."""
    made, calls = manifest(), called()
    demanded = {needs(method, kind) for call in calls for method in wire(call) for kind in HISTORY}
    demanded |= {EVENT_SCOPES.get(name, "") for name in events(made)} | {"commands"}
    assert demanded - {""} <= scopes(made)
    # Posting where the bot is no member is a scope of its own.
    assert scopes(made) - demanded == {"chat:write.public"}
    for call in calls:
        for method in wire(call):
            needed = {needs(method, kind) for kind in HISTORY} - {""}
            without = scopes(manifest(calls=calls - {call}))
            others = {needs(m, kind) for c in calls - {call} for m in wire(c) for kind in HISTORY}
            others |= {EVENT_SCOPES.get(name, "") for name in events(made)}
            others |= {"assistant:write"}  # of the stop button's event
            assert needed - others == needed & (scopes(made) - without), call


def test_an_app_over_http_is_the_same_at_an_address():
    socket, web = manifest(), manifest(url="https://raygen.example.com/")
    heard = "https://raygen.example.com/slack/events"
    settings = web["settings"]
    assert (settings["socket_mode_enabled"], socket["settings"]["socket_mode_enabled"]) == (False, True)
    assert settings["event_subscriptions"]["request_url"] == settings["interactivity"]["request_url"] == heard
    assert {each["url"] for each in web["features"]["slash_commands"]} == {heard}
    assert (events(web), scopes(web), shortcuts(web)) == (events(socket), scopes(socket), shortcuts(socket))
    assert "redirect_urls" not in web["oauth_config"]


async def test_the_pages_of_an_app_for_many_are_served_where_its_manifest_says():
    """And nowhere else; the same for what it tells."""
    made = manifest(url="https://raygen.example.com", many=True)
    (redirect,) = made["oauth_config"]["redirect_urls"]
    assert made["settings"]["token_rotation_enabled"]
    pages = AsyncOAuthSettings(
        client_id="1", client_secret="s", redirect_uri_path=REDIRECT, install_path=INSTALL
    )
    app = AsyncApp(client=AsyncWebClient(), signing_secret="s", oauth_settings=pages)
    served = {f"https://raygen.example.com{route.path}" for route in routes(app, "s")}
    reported = {made["settings"]["event_subscriptions"]["request_url"], redirect}
    assert served - reported == {"https://raygen.example.com/slack/install"}
    assert reported <= served


def test_what_ends_an_installation_is_reported():
    of_organizations = {"team_access_granted", "team_access_revoked"}
    assert of_organizations <= events(manifest(many=True))
    assert manifest(many=True)["settings"]["org_deploy_enabled"]
    assert not of_organizations & events(manifest())
    assert not manifest()["settings"]["org_deploy_enabled"]
    assert {"app_uninstalled", "tokens_revoked"} <= events(manifest())
    notes = registered()
    notes.events -= {"app_uninstalled", "tokens_revoked"}
    assert not {"app_uninstalled", "tokens_revoked"} & events(manifest(notes))


def test_slack_is_called_from_the_handlers_alone():
    """Else the manifest would have to look elsewhere, too."""
    package = Path(bot.__file__).parent
    elsewhere = [*package.glob("*.py"), *(package / "api").rglob("*.py")]
    elsewhere += (package.parent / "services").rglob("*.py")
    found = {name for file in elsewhere for name in calls_in(file.read_text(encoding="utf-8"))}
    assert found <= {"auth_test"}, "which needs no scope"


@pytest.mark.parametrize("scope", ["channels:history", "app_mentions:read", "im:history", "commands"])
def test_slack_takes_no_manifest_that_lacks_a_scope(scope: str):
    made = manifest()
    assert Installed.by(made).scopes == scopes(made)
    made["oauth_config"]["scopes"]["bot"].remove(scope)
    with pytest.raises(ValueError, match=scope):
        Installed.by(made)


def test_links_are_asked_for_only_where_they_can_lead_to_runs():
    without = manifests.manifest()
    assert "unfurl_domains" not in without["features"]
    assert events(manifest()) - events(without) == {"link_shared"}
    assert scopes(manifest()) - scopes(without) == {"links:read", "links:write"}
    assert manifest()["features"]["unfurl_domains"] == ["ray.example.com"]
    many = manifest(domains=[f"ray{number}.example.com" for number in range(9)])
    assert len(Installed.by(many).domains) == 5, "as many as Slack takes"


def test_names_and_descriptions_fit_slack():
    features = manifest()["features"]
    for each in features["shortcuts"]:
        assert len(each["name"]) <= 24
        assert len(each["description"]) <= 150
    assert len(features["slash_commands"][0]["description"]) <= 100
