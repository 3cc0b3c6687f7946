"""People run commands, press buttons and start shortcuts."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.playground.slack.blockkit.walk import Interactive, interactive
from bot.playground.slack.errors import PlayError, SlackError
from bot.playground.slack.play import payloads
from bot.playground.slack.play.answers import PRESSED, answer, field_of, initial_values
from bot.playground.slack.play.client import SlackClient, milliseconds
from bot.playground.slack.play.wording import escaped
from bot.playground.slack.socket import Unanswered
from bot.playground.slack.workspace import COMMANDS, SLACKBOT

Json = dict[str, Any]


class Command(BaseModel):
    user: str
    channel: str
    command: str
    text: str = ""
    thread_ts: str | None = None


class Click(BaseModel):
    """Beside these, the field of the element, such as `selected_option` or `selected_date`."""

    model_config = ConfigDict(extra="allow")

    user: str
    action_id: str
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    block_id: str | None = None
    value: Any = None


class Shortcut(BaseModel):
    user: str
    callback_id: str
    channel: str | None = None
    ts: str | None = None


class Options(BaseModel):
    user: str
    action_id: str
    value: str = ""
    channel: str | None = None
    ts: str | None = None
    view_id: str | None = None
    block_id: str | None = None


async def command(client: SlackClient, body: Command) -> Json:
    """A person runs a slash command: `{ok, ack, ack_ms}`; `ack` is what the bot put into its acknowledgement.

    Like Slack, refuses commands in threads; no acknowledgement in 3 seconds is `operation_timeout`.
    """
    user, channel = client.user(body.user), client.joined(body.user, body.channel)
    app = client.rules.installed
    if body.command not in (app.commands if app else {one["command"] for one in COMMANDS}):
        raise PlayError(404, "unknown_command", f"{body.command} is not a valid command.")
    if body.thread_ts:
        raise PlayError(400, "not_supported_in_thread", f"{body.command} is not supported in threads. Sorry!")
    payload = payloads.command(
        client, user=user, channel=channel, name=body.command, text=escaped(body.text.strip())
    )
    try:
        reply = await client.socket.ask("slash_commands", payload)
    except Unanswered as silence:
        _slackbot(client, user, channel, f"{body.command} failed with the error `{silence.code}`")
        raise
    place = {"user": user["id"], "channel": channel["id"]}
    if reply.payload and (reply.payload.get("text") or reply.payload.get("blocks")):
        _post_ack(client, place, reply.payload, body.command)
    return {
        "ok": True,
        "ack": reply.payload,
        "ack_ms": milliseconds(reply),
        "envelope_id": reply.envelope_id,
        "trigger_id": payload["trigger_id"],
    }


async def click(client: SlackClient, body: Click) -> Json:
    """A person operates an element of a message (`channel`, `ts`) or of a view (`view_id`): `{ok, ack_ms}`.

    `action_id` names it, `block_id` or a button's `value` tells equals apart. What is picked or typed goes
    into `value` or the element's own field. An element that the message had before an update can still be
    pressed, as by a client that is behind.
    """
    user = client.user(body.user)
    if body.view_id:
        place, found, given = _in_view(client, body)
    else:
        place, found, given = _in_message(client, body, user)
    act = payloads.action(found.element, found.block_id, answer(found.element, given))
    shared = payloads.interaction(client, "block_actions", user, body.channel or "")
    payload = {**shared, **place, "actions": [act]}
    reply = await client.socket.ask("interactive", payload)
    return {
        "ok": True,
        "ack_ms": milliseconds(reply),
        "envelope_id": reply.envelope_id,
        "trigger_id": payload["trigger_id"],
    }


async def shortcut(client: SlackClient, body: Shortcut) -> Json:
    """A person starts a shortcut on a message (`channel`, `ts`) or a global one: `{ok, ack_ms}`.

    A global one's payload has no channel; with `channel`, menus that ask for the current
    conversation begin with it.
    """
    user = client.user(body.user)
    if body.channel:
        client.joined(body.user, body.channel)
    kind = "message_action" if body.ts else "shortcut"
    app = client.rules.installed
    if app and ("message" if body.ts else "global", body.callback_id) not in app.shortcuts:
        raise PlayError(404, "unknown_shortcut", f"The app has no such shortcut as {body.callback_id!r}.")
    payload = payloads.interaction(client, kind, user, body.channel or "")
    payload |= {"callback_id": body.callback_id, "action_ts": client.state.clock.next()}
    if body.ts:
        channel = client.joined(body.user, body.channel or "")
        message = client.message(channel["id"], body.ts)
        place = payloads.in_message(client, user=user, channel=channel, message=message)
        payload |= {key: value for key, value in place.items() if key != "container"}
        payload["message_ts"] = body.ts
    reply = await client.socket.ask("interactive", payload)
    return {
        "ok": True,
        "ack_ms": milliseconds(reply),
        "envelope_id": reply.envelope_id,
        "trigger_id": payload["trigger_id"],
    }


async def options(client: SlackClient, body: Options) -> Json:
    """What an external select offers for the typed `value`: `{ok, options | option_groups}`."""
    user = client.user(body.user)
    operated = Click(**body.model_dump(exclude={"value"}))
    place, found, _ = _in_view(client, operated) if body.view_id else _in_message(client, operated, user)
    payload = {
        **payloads.answerable(client, "block_suggestion", user, str(place.get("channel", {}).get("id", ""))),
        **place,
    }
    payload |= {"action_id": body.action_id, "block_id": found.block_id, "value": body.value}
    reply = await client.socket.ask("interactive", payload)
    return {"ok": True, "ack_ms": milliseconds(reply), **(reply.payload or {})}


def _in_message(client: SlackClient, body: Click, user: Json) -> tuple[Json, Interactive, Any]:
    if not body.channel or not body.ts:
        raise PlayError(400, "invalid_arguments", "Say where: channel and ts, or view_id.")
    channel = client.joined(body.user, body.channel)
    message = client.state.ephemerals.find(channel["id"], body.ts)
    if message and message["viewer"] != body.user:
        message = None
    message = message or client.message(channel["id"], body.ts)
    blocks: list[Json] = message.get("blocks", [])
    found = _find(blocks, body) or _stale(client, channel["id"], body)
    given = _given(body, found.element)
    values = initial_values(blocks)
    if found.element["type"] not in PRESSED:
        values.setdefault(found.block_id, {})[body.action_id] = answer(found.element, given)
    place = payloads.in_message(client, user=user, channel=channel, message=message)
    return {**place, "state": {"values": values}}, found, given


def _in_view(client: SlackClient, body: Click) -> tuple[Json, Interactive, Any]:
    view = client.state.views.find(body.view_id)
    if view is None or view["owner"] != body.user:
        raise PlayError(404, "view_not_found", f"{body.user} has no view {body.view_id}.")
    found = _find(view["blocks"], body)
    if found is None:
        raise _no_action(body.action_id)
    given = _given(body, found.element)
    values = {**initial_values(view["blocks"]), **view["state"]["values"]}
    if found.element["type"] not in PRESSED:
        block = {**values.get(found.block_id, {}), body.action_id: answer(found.element, given)}
        values[found.block_id] = block
    return payloads.in_view(client, client.state.views.keep_values(view, values)), found, given


def _find(blocks: list[Json], body: Click) -> Interactive | None:
    named = [one for one in interactive(blocks) if one.element["action_id"] == body.action_id]
    inside = [one for one in named if body.block_id in (None, one.block_id)]
    exact = [one for one in inside if body.value is not None and one.element.get("value") == body.value]
    return next(iter([*exact, *inside]), None)


def _stale(client: SlackClient, channel: str, body: Click) -> Interactive:
    found = client.state.messages.stale_action(channel, body.ts or "", body.action_id)
    if found is None:
        raise _no_action(body.action_id)
    return Interactive(found["block_id"], found["element"])


def _no_action(action_id: str) -> PlayError:
    return PlayError(404, "action_not_found", f"There is nothing with the action_id {action_id!r} there.")


def _given(body: Click, element: Json) -> Any:
    more = body.model_extra or {}
    return more.get(field_of(element), body.value)


def _post_ack(client: SlackClient, place: Json, payload: Json, command: str) -> None:
    try:
        with client.state.transaction():
            client.webhooks.answer(place, payload)
    except SlackError:
        user, channel = client.user(place["user"]), client.channel(place["channel"])
        _slackbot(client, user, channel, f"{command} failed with the error `invalid_command_response`")


def _slackbot(client: SlackClient, user: Json, channel: Json, text: str) -> None:
    client.state.ephemerals.post(channel["id"], user["id"], {"user": SLACKBOT, "text": text})
