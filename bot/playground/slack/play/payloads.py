"""The payloads of commands and interactions, as Slack builds them."""

import secrets
import time
from typing import Any

from bot.playground.slack.errors import PlayError
from bot.playground.slack.play.client import SlackClient
from bot.playground.slack.workspace import APP

Json = dict[str, Any]


def command(client: SlackClient, *, user: Json, channel: Json, name: str, text: str) -> Json:
    client.check_installed()
    return {
        "token": "verification-token",
        "team_id": client.state.workspace.team,
        "team_domain": client.state.workspace.domain,
        "channel_id": channel["id"],
        "channel_name": channel.get("name", "directmessage"),
        "user_id": user["id"],
        "user_name": user["name"],
        "command": name,
        "text": text,
        "api_app_id": APP,
        **_organization(client, {"enterprise_id": "id", "enterprise_name": "name"}),
        "is_enterprise_install": "true" if client.whole else "false",
        "response_url": client.state.grants.response_url(user=user["id"], channel=channel["id"]),
        "trigger_id": client.state.grants.trigger(user["id"], channel["id"]),
    }


def interaction(client: SlackClient, kind: str, user: Json, channel: str = "") -> Json:
    """The same of those that a form may follow."""
    return {
        **answerable(client, kind, user, channel),
        "trigger_id": client.state.grants.trigger(user["id"], channel),
    }


def answerable(client: SlackClient, kind: str, user: Json, channel: str = "") -> Json:
    """What all interactive payloads share; `channel` is where the user is."""
    client.check_installed()
    if client.rules.installed and not client.rules.installed.interactive:
        raise PlayError(404, "not_interactive", "The app takes no interactions.")
    place = client.state.workspace
    within = _organization(client, {"enterprise_id": "id", "enterprise_name": "name"})
    team = {"id": place.team, "domain": place.domain, **within}
    return {
        "type": kind,
        # To an installation of the whole organization it is only sent where there is a conversation.
        "team": team if channel or not client.whole else None,
        "user": {
            "id": user["id"],
            "username": user["name"],
            "name": user["name"],
            "team_id": client.state.workspace.team,
        },
        "api_app_id": APP,
        "token": "verification-token",
        "enterprise": _organization(client, {"id": "id", "name": "name"}) or None,
        "is_enterprise_install": client.whole,
    }


def _organization(client: SlackClient, names: dict[str, str]) -> Json:
    """What the workspace's organization is called, by `names`; nothing where there is none."""
    place = client.state.workspace
    known = {"id": place.enterprise, "name": place.enterprise_name}
    return {name: known[what] for name, what in names.items()} if place.enterprise else {}


def in_message(client: SlackClient, *, user: Json, channel: Json, message: Json) -> Json:
    """Where a click in a message happened, and the URL that answers it."""
    ephemeral = bool(message.get("is_ephemeral"))
    thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
    place = {"channel": channel["id"], "ts": message["ts"], "is_ephemeral": ephemeral, **thread}
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel["id"],
        "is_ephemeral": ephemeral,
        **thread,
    }
    shown = {} if ephemeral else {"message": client.state.messages.given(message)}
    return {
        "container": container,
        "channel": {"id": channel["id"], "name": channel.get("name", "directmessage")},
        **shown,
        **_step(client, user, channel["id"], message["ts"]),
        "response_url": client.state.grants.response_url(user=user["id"], **place),
    }


def _step(client: SlackClient, user: Json, channel: str, ts: str) -> Json:
    """What a click in a message of a workflow's step says about that step."""
    execution = client.state.executions.of_message(channel, ts)
    if execution is None:
        return {}
    pointer = client.state.grants.trigger(user["id"], channel)
    return {
        "function_data": {
            "execution_id": execution["id"],
            "function": {"callback_id": execution["callback_id"]},
            "inputs": execution["inputs"],
        },
        "interactivity": {
            "interactor": {"id": user["id"], "secret": secrets.token_urlsafe(24)},
            "interactivity_pointer": pointer,
        },
        "bot_access_token": execution["token"],
    }


def in_view(client: SlackClient, view: Json) -> Json:
    return {
        "container": {"type": "view", "view_id": view["id"]},
        "view": client.state.views.show(view),
    }


def action(element: Json, block_id: str, answered: Json) -> Json:
    """One entry of `actions`."""
    named = {key: element[key] for key in ("action_id", "type", "style", "text") if key in element}
    pressed = {"value": element["value"]} if element["type"] == "button" and "value" in element else {}
    answer = {} if element["type"] == "button" else answered
    return {**named, **answer, **pressed, "block_id": block_id, "action_ts": f"{time.time():.6f}"}
