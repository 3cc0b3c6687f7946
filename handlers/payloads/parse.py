"""Slack's payloads to frozen requests, in one place, so that no listener reads JSON."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

from handlers.payloads import message_text
from handlers.payloads.message_text import text
from services.domain.entities import Attachment, derive
from services.usecases.requests import Request

_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message from a person where the bot is."""

    channel: str
    ts: str
    thread_ts: str | None
    user: str
    text: str
    direct: bool
    mentioned: tuple[str, ...]
    team: str
    attachments: tuple[Attachment, ...] = ()

    def ask(self) -> Request:
        """The same message gives the same task, whether it came as a mention, a message or both."""
        return Request(
            cause=_cause(self.channel, {"ts": self.ts}),
            prompt=self.text,
            user=self.user,
            channel=self.channel,
            thread_ts=self.thread_ts or self.ts,
            team=self.team,
            attachments=self.attachments,
        )


@dataclass(frozen=True, slots=True)
class Revised:
    """What a message asked until its writer edited or deleted it, and what it asks now."""

    before: str
    now: Request | None


@dataclass(frozen=True, slots=True)
class Click:
    """A pressed button, and where it was pressed; `home` is the person's own home tab."""

    user: str
    value: str
    trigger_id: str
    channel: str
    thread_ts: str | None
    home: bool = False


@dataclass(frozen=True, slots=True)
class Pointed:
    """A message that somebody chose a shortcut on; `code` is the program in it, empty where there is none."""

    user: str
    channel: str
    ts: str
    thread_ts: str
    text: str
    code: str
    trigger_id: str
    team: str
    attachments: tuple[Attachment, ...] = ()

    def ask(self) -> Request:
        """Its text as a request in its own thread, which does not show that anybody asked."""
        return Request(
            cause=f"shortcut {self.trigger_id}",
            prompt=self.text,
            user=self.user,
            channel=self.channel,
            thread_ts=self.thread_ts,
            team=self.team,
            attachments=self.attachments,
            unseen=True,
        )


@dataclass(frozen=True, slots=True)
class Shared:
    """Links of ours in a message that somebody posted."""

    user: str
    channel: str
    ts: str
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Subcommand:
    """A subcommand of `/raygen`, with the one word after it or nothing, and the channel it was typed in."""

    name: str
    argument: str
    user: str
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A submitted modal: its fields in order, the file in each that takes one, and the note it was opened with."""

    user: str
    view_id: str
    metadata: str
    fields: dict[str, str]
    team: str = ""
    files: Mapping[str, Attachment] = field(default_factory=dict[str, Attachment])

    @property
    def cause(self) -> str:
        """A form is submitted once."""
        return f"view {self.view_id}"


def command(body: dict[str, Any]) -> Request:
    return Request(
        cause=f"command {body['trigger_id']}",
        prompt=text(str(body.get("text") or "")),
        user=str(body["user_id"]),
        channel=str(body["channel_id"]),
        thread_ts=str(body.get("thread_ts") or ""),
        team=team_of(body),
    )


def order(ask: Request, names: Collection[str]) -> Subcommand | None:
    """A subcommand stands alone or with one word after it; everything longer is a request in somebody's words.

    A single word that resembles a name is a misspelled one.
    """
    name, *rest = ask.prompt.lower().split() or ["help"]
    known = len(rest) < 2 and name in names
    if not known and (rest or not similar(name, names)):
        return None
    return Subcommand(name, "".join(ask.prompt.split()[1:]), ask.user, ask.channel)


def similar(name: str, names: Collection[str]) -> str:
    """The subcommand that is meant by a misspelled name; empty where there is none."""
    return next(iter(get_close_matches(name, names, n=1, cutoff=0.75)), "")


def incoming(event: dict[str, Any], bot_user: str, team: str = "") -> IncomingMessage | None:
    """A person's message, or None for edits, deletions, joins, and whatever bots say."""
    if event.get("subtype") not in {None, "file_share", "thread_broadcast"}:
        return None
    if event.get("bot_id") or not event.get("user") or event["user"] == bot_user:
        return None
    raw = str(event.get("text") or "")
    return IncomingMessage(
        channel=str(event["channel"]),
        ts=str(event["ts"]),
        thread_ts=event.get("thread_ts"),
        user=str(event["user"]),
        text=text(raw.replace(f"<@{bot_user}>", " ")).strip(),
        direct=event.get("channel_type") == "im" or str(event["channel"]).startswith("D"),
        mentioned=tuple(_MENTION.findall(raw)),
        team=team,
        attachments=tuple(_attachment(file) for file in event.get("files") or () if file.get("name")),
    )


def _attachment(file: dict[str, Any]) -> Attachment:
    """Of a file from another workspace Slack may tell no more than its ID."""
    return Attachment(
        name=str(file.get("name") or file.get("id") or "without a name"),
        size=int(file.get("size") or 0),
        url=str(file.get("url_private_download") or file.get("url_private") or ""),
    )


def revised(event: dict[str, Any], bot_user: str, team: str = "") -> Revised | None:
    """An edit that changed the text, or a deletion; None for everything else, such as a link's preview."""
    previous: dict[str, Any] = event.get("previous_message") or {}
    channel = str(event.get("channel") or "")
    match event.get("subtype"):
        case "message_deleted":
            return Revised(_cause(channel, {"ts": event.get("deleted_ts"), **previous}), None)
        case "message_changed":
            message: dict[str, Any] = event.get("message") or {}
            place = {"channel": channel, "channel_type": event.get("channel_type")}
            now = incoming({**message, **place}, bot_user, team)
            if now is None or message.get("text") == previous.get("text"):
                return None
            ask = replace(now.ask(), cause=_cause(channel, message)) if now.text else None
            return Revised(_cause(channel, {**message, "edited": None, **previous}), ask)
        case _:
            return None


def _cause(channel: str, message: dict[str, Any]) -> str:
    """What tells a request apart from all others: the message, and which edition of it."""
    edited: dict[str, Any] = message.get("edited") or {}
    edition = f" edited {edited['ts']}" if edited else ""
    return f"message {channel} {message['ts']}{edition}"


def began(channel: str, thread_ts: str) -> str:
    """The ID of the task that the first message of a thread began, where it is a request."""
    return derive("t", _cause(channel, {"ts": thread_ts}))


def stopped(event: dict[str, Any]) -> tuple[str, str, str]:
    """Channel and thread in which somebody has pressed Slack's own stop button, and who that was."""
    return str(event["channel"]), str(event["thread_ts"]), str(event.get("user") or "")


def shared(event: dict[str, Any]) -> Shared | None:
    """None for links that are only being written: nobody knows yet where they will be read."""
    if event.get("source") == "composer":
        return None
    return Shared(
        user=str(event.get("user") or ""),
        channel=str(event["channel"]),
        ts=str(event["message_ts"]),
        urls=tuple(dict.fromkeys(str(link["url"]) for link in event.get("links") or ())),
    )


def click(body: dict[str, Any]) -> Click:
    action: dict[str, Any] = body["actions"][0]
    container: dict[str, Any] = body.get("container") or {}
    message: dict[str, Any] = body.get("message") or {}
    return Click(
        user=str(body["user"]["id"]),
        value=str(action.get("value") or (action.get("selected_option") or {}).get("value") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        thread_ts=message.get("thread_ts") or container.get("thread_ts"),
        home=(body.get("view") or {}).get("type") == "home",
    )


def form(body: dict[str, Any]) -> Form:
    view: dict[str, Any] = body["view"]
    values: dict[str, dict[str, dict[str, Any]]] = view["state"]["values"]
    fields = {block: _filled(state) for block, states in values.items() for state in states.values()}
    files = {
        block: state["files"][0]
        for block, states in values.items()
        for state in states.values()
        if state.get("files")
    }
    order = [str(block["block_id"]) for block in view["blocks"] if block.get("block_id") in fields]
    return Form(
        user=str(body["user"]["id"]),
        view_id=str(view["id"]),
        metadata=str(view.get("private_metadata") or ""),
        fields={block: fields[block] for block in order},
        team=team_of(body),
        files={block: _attachment(file) for block, file in files.items()},
    )


def pointed(body: dict[str, Any]) -> Pointed:
    message: dict[str, Any] = body["message"]
    ts = str(message["ts"])
    said = message_text.said(message)
    return Pointed(
        user=str(body["user"]["id"]),
        channel=str(body["channel"]["id"]),
        ts=ts,
        thread_ts=str(message.get("thread_ts") or ts),
        text=said,
        code=message_text.program(message, said),
        trigger_id=str(body["trigger_id"]),
        team=team_of(body),
        attachments=tuple(_attachment(file) for file in message.get("files") or () if file.get("name")),
    )


def team_of(body: dict[str, Any]) -> str:
    """The workspace by which raygen gets an event; empty where Slack names an organization at most.

    To an organization's installation Slack names it elsewhere than to a workspace's.
    """
    granted: list[dict[str, Any]] = body.get("authorizations") or [{}]
    view, user = _part(body, "view"), _part(body, "user")
    named = (
        view.get("app_installed_team_id"),
        body.get("team") if isinstance(body.get("team"), str) else _part(body, "team").get("id"),
        granted[0].get("team_id"),
        body.get("context_team_id"),
        body.get("team_id"),
        user.get("team_id"),
        view.get("team_id"),
    )
    return next((str(each) for each in named if each and not str(each).startswith("E")), "")


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    found: Any = body.get(name)
    return found if isinstance(found, dict) else {}


def _filled(state: dict[str, Any]) -> str:
    """What a field of a form holds: words, a choice from a menu, or a conversation."""
    chosen: dict[str, Any] = state.get("selected_option") or {}
    return str(state.get("value") or chosen.get("value") or state.get("selected_conversation") or "")
