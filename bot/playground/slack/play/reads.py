"""What a person sees: conversations, views, and the workspace."""

from collections import defaultdict
from typing import Any

from aiohttp import web

from bot.playground.slack.errors import PlayError
from bot.playground.slack.play.client import SlackClient
from bot.playground.slack.state.messages import is_reply
from bot.playground.slack.webhooks import serve_file
from bot.playground.slack.workspace import APP, COMMANDS

Json = dict[str, Any]


async def channel(client: SlackClient, request: web.Request) -> Json:
    """The messages of a conversation with their replies, oldest first; `?user=` adds what only they see.

    The conversation is an ID, `#name`, or a user for their DM. `threads` holds status, title and prompts.
    """
    place = client.channel(request.match_info["channel"])
    identity, viewer = place["id"], request.query.get("user")
    if viewer:
        client.joined(viewer, identity)
    state = client.state
    private = state.ephemerals.seen_by(viewer, identity) if viewer else []
    everything = sorted([*state.messages.all_in(identity), *private], key=lambda one: one["ts"])
    replies: defaultdict[str, list[Json]] = defaultdict(list)
    for one in everything:
        if is_reply(one):
            replies[one["thread_ts"]].append(state.messages.show(one, metadata=True))
    messages = [
        {**state.messages.show(one, metadata=True), "replies": replies.get(one["ts"], [])}
        for one in everything
        if not is_reply(one) or one.get("reply_broadcast")
    ]
    threads = {one["thread_ts"]: one for one in state.threads.all.values() if one["channel"] == identity}
    return {"channel": {**place}, "messages": messages, "threads": threads}


async def views(client: SlackClient, request: web.Request) -> Json:
    """The open modals of a user, the topmost last, and their home tab."""
    user = client.user(request.match_info["user"])["id"]
    home = client.state.views.home(user)
    return {
        "views": [client.state.views.show(one) for one in client.state.views.stack(user)],
        "home": client.state.views.show(home) if home else None,
    }


async def ready(client: SlackClient, _request: web.Request) -> Json:
    """200 `{ready: true}` once everything works; until then 503 and what is missing, part by part."""
    missing = await client.missing()
    if missing:
        raise PlayError(503, "not_ready", " ".join(missing.values()), ready=False, missing=missing)
    return {"ready": True, "missing": {}}


async def workspace(client: SlackClient, _request: web.Request) -> Json:
    """Team, bot, users, conversations, the app's commands, shortcuts and suggested prompts, and which model answers."""
    connections = client.socket.connections.usable
    missing = await client.missing()
    place = client.state.workspace
    menus = client.rules.installed.menus if client.rules.installed else {"commands": COMMANDS}
    return {
        "team": {"id": place.team, "name": place.name, "domain": place.domain},
        "bot": {"user_id": place.bot_user, "bot_id": place.bot, "app_id": APP},
        "users": list(client.state.people.users.values()),
        "channels": list(client.state.people.channels.values()),
        **{name: list(menus.get(name, ())) for name in ("commands", "shortcuts", "prompts")},
        "about": dict(client.about()) if client.about else {},
        "connection": {"connected": connections > 0, "connections": connections},
        "waits_for_bot": client.rules.connection_wait > 0,
        "ready": not missing,
        "missing": missing,
    }


async def file(client: SlackClient, request: web.Request) -> web.Response:
    """The bytes of a file, without a token."""
    return serve_file(client.state, request.match_info["file"], request)
