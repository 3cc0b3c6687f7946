"""People write, edit, delete, react, upload, and come and go."""

from typing import Any

from aiohttp import web
from pydantic import BaseModel, Field

from bot.playground.slack.errors import PlayError, SlackError
from bot.playground.slack.identity import new_uuid
from bot.playground.slack.play.client import SlackClient
from bot.playground.slack.play.wording import composed

Json = dict[str, Any]


class Message(BaseModel):
    user: str
    channel: str
    text: str = ""
    thread_ts: str | None = None
    files: list[str] = Field(default_factory=list[str])


class Edit(BaseModel):
    user: str
    channel: str
    ts: str
    text: str


class Delete(BaseModel):
    user: str
    channel: str
    ts: str


class Stop(BaseModel):
    user: str
    channel: str
    thread_ts: str


class Reaction(BaseModel):
    user: str
    channel: str
    ts: str
    name: str
    remove: bool = False


class Uninstall(BaseModel):
    user: str


class Membership(BaseModel):
    channel: str
    member: str = ""
    joined: bool


def message(client: SlackClient, body: Message) -> Json:
    """A person posts a message or, with `thread_ts`, a reply; `files` are IDs from /play/upload with `hold`.

    `@name`, `#channel` and links become Slack's markup. Answers `{ts, channel, event_ids}`.
    """
    channel = client.joined(body.user, body.channel)["id"]
    if not body.text.strip() and not body.files:
        raise PlayError(400, "no_text", "A message needs text or files.")
    if len(body.text) > client.rules.message_text:
        raise PlayError(
            400, "msg_too_long", f"A message holds at most {client.rules.message_text} characters."
        )
    for identity in body.files:
        if identity not in client.state.files.all:
            raise PlayError(404, "file_not_found", f"There is no file {identity}.")
    fields: Json = {
        "user": body.user,
        "text": composed(body.text, client.state.people),
        "client_msg_id": new_uuid(),
        **({"thread_ts": body.thread_ts} if body.thread_ts else {}),
        **({"files": body.files, "upload": False, "subtype": "file_share"} if body.files else {}),
    }
    client.state.events.take_sent()
    posted = client.state.messages.post(channel, fields)
    return {"ts": posted["ts"], "channel": channel, "event_ids": client.state.events.take_sent()}


def edit(client: SlackClient, body: Edit) -> Json:
    """A person edits a message of their own; the bot gets `message_changed`."""
    channel = client.joined(body.user, body.channel)["id"]
    _own(client, channel, body.ts, body.user)
    text = composed(body.text, client.state.people)
    edited = {"user": body.user, "ts": client.state.clock.next()}
    client.state.messages.change(channel, body.ts, {"text": text, "edited": edited})
    return {"ts": body.ts}


def delete(client: SlackClient, body: Delete) -> Json:
    """A person deletes a message of their own; the bot gets `message_deleted`."""
    channel = client.joined(body.user, body.channel)["id"]
    _own(client, channel, body.ts, body.user)
    client.state.messages.remove(channel, body.ts)
    return {"ts": body.ts}


def stop(client: SlackClient, body: Stop) -> Json:
    """A person presses Slack's own stop button, which is there while the app's session is `processing`."""
    channel = client.joined(body.user, body.channel)
    if client.state.threads.show(channel["id"], body.thread_ts).get("session_status") != "processing":
        raise PlayError(400, "not_processing", "Nothing is being worked on in this thread.")
    event = {
        "type": "agent_session_stopped",
        "channel": channel["id"],
        "thread_ts": body.thread_ts,
        "user": body.user,
        "streaming_message_ts": client.state.streams.halt(channel["id"], body.thread_ts),
        "event_ts": client.state.clock.next(),
    }
    client.state.events.tell(event, channel)
    return {"stopped": event["streaming_message_ts"]}


def react(client: SlackClient, body: Reaction) -> Json:
    """A person adds an emoji to a message, or takes it away with `remove`."""
    channel = client.joined(body.user, body.channel)["id"]
    client.message(channel, body.ts)
    name = body.name.strip(":")
    changed = client.state.messages.react(channel, body.ts, body.user, name, add=not body.remove)
    return {"reactions": changed.get("reactions", [])}


def uninstall(client: SlackClient, body: Uninstall) -> Json:
    """An administrator takes the app out of the workspace."""
    if not client.user(body.user)["is_admin"]:
        raise PlayError(403, "not_admin", "Only administrators take an app away.")
    client.apps.uninstall(client.state.workspace.team)
    return {"ok": True}


def members(client: SlackClient, body: Membership) -> Json:
    """A user, by default the bot, joins or leaves a channel."""
    channel, member = client.channel(body.channel), body.member or client.state.workspace.bot_user
    if channel["is_im"] or member not in client.state.people.users:
        raise PlayError(400, "cant_change_members", "Only users join and leave, and only channels.")
    kept = [one for one in channel["members"] if one != member]
    event = {
        "user": member,
        "channel": channel["id"],
        "channel_type": "C",
        "team": client.state.workspace.team,
        "event_ts": client.state.clock.next(),
    }
    if body.joined:
        client.state.people.set_members(channel, [*kept, member])
        client.state.events.tell({"type": "member_joined_channel", **event}, channel)
    else:
        client.state.events.tell({"type": "member_left_channel", **event}, channel)
        client.state.people.set_members(channel, kept)
    return {"members": channel["members"]}


async def upload(client: SlackClient, request: web.Request) -> Json:
    """A person uploads files (multipart: user, channel, text, thread_ts, hold, and the files).

    They become one message, unless `hold` is set: then `files` holds IDs for /play/message.
    """
    form = await request.post()
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    uploads = [value for value in form.values() if isinstance(value, web.FileField)]
    if not uploads:
        raise PlayError(400, "no_file", "The form holds no file.")
    user = client.user(fields.get("user", ""))["id"]
    channel = client.joined(user, fields.get("channel", ""))["id"]
    with client.state.transaction():
        identities = [_keep(client, user, one) for one in uploads]
        held = {"files": [client.state.files.show(identity) for identity in identities]}
        if fields.get("hold"):
            return held
        thread_ts = fields.get("thread_ts") or None
        said = Message(
            user=user, channel=channel, text=fields.get("text", ""), thread_ts=thread_ts, files=identities
        )
        return {**message(client, said), **held}


def _keep(client: SlackClient, user: str, upload: web.FileField) -> str:
    body = upload.file.read()
    file = client.state.files.begin(user=user, name=upload.filename or "file", size=len(body))
    client.state.files.store(file, body)
    return client.state.files.complete(file["id"], None)["id"]


def _own(client: SlackClient, channel: str, ts: str, user: str) -> None:
    if client.message(channel, ts)["user"] != user:
        raise SlackError("cant_update_message")
