"""The Slack app manifest: what the handlers listen to, and the scopes that their calls need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from bot.deploy.surfaces import READING, Surfaces, called, registered
from handlers.blocks import action_ids

# Where `raygen serve` is asked to be installed, where Slack sends people back to, and where it tells what happens.
INSTALL = "/slack/install"
REDIRECT = "/slack/oauth_redirect"
EVENTS = "/slack/events"

_HISTORY = {
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
}
_READ = ("channels:read", "groups:read", "im:read", "mpim:read")
# What a listener's event is called in a manifest, and the scope of each.
_EVENTS: dict[str, dict[str, str]] = {
    "agent_session_stopped": {"agent_session_stopped": "assistant:write"},
    "app_home_opened": {"app_home_opened": ""},
    "app_mention": {"app_mention": "app_mentions:read"},
    "link_shared": {"link_shared": "links:read"},
    "app_uninstalled": {"app_uninstalled": ""},
    "message": _HISTORY,
    "team_access_granted": {"team_access_granted": ""},
    "team_access_revoked": {"team_access_revoked": ""},
    "tokens_revoked": {"tokens_revoked": ""},
}
_CALLS: dict[str, tuple[str, ...]] = {
    "agents_sessions_setStatus": ("assistant:write",),
    "auth_test": (),
    "chat_appendStream": ("chat:write",),
    "chat_delete": ("chat:write",),
    "chat_getPermalink": (),
    "chat_postEphemeral": ("chat:write",),
    # Slash commands and shortcuts are used where nobody has invited the bot, too.
    "chat_postMessage": ("chat:write", "chat:write.public"),
    "chat_startStream": ("chat:write",),
    "chat_stopStream": ("chat:write",),
    "chat_unfurl": ("links:write",),
    "chat_update": ("chat:write",),
    "conversations_history": tuple(_HISTORY.values()),
    "conversations_members": _READ,
    "conversations_open": ("im:write",),
    "conversations_replies": tuple(_HISTORY.values()),
    "files_info": ("files:read",),
    "files_upload_v2": ("files:write",),
    READING: ("files:read",),
    "usergroups_users_list": ("usergroups:read",),
    "users_info": ("users:read",),
    "views_open": (),
    "views_publish": (),
}
_OF_LINKS = {"link_shared", "chat_unfurl"}
_OF_ORGANIZATIONS = {"team_access_granted", "team_access_revoked"}
# Slack takes no more in a manifest.
_DOMAINS = 5
_COMMANDS = {
    action_ids.COMMAND: {
        "description": "Write, validate and run a Ray program",
        "usage_hint": "estimate pi with 100 tasks",
        "should_escape": True,
    }
}
_SHORTCUTS = {
    action_ids.RUN_MESSAGE: (
        "Run this with raygen",
        "Validate the program in this message and run it after approval",
    ),
    action_ids.EXPLAIN_MESSAGE: (
        "Explain this Ray error",
        "Explain what the error in this message means and how to fix it",
    ),
    action_ids.ASK_ANYWHERE: ("Ask raygen", "Write, validate and run a Ray program"),
}


def manifest(
    found: Surfaces | None = None,
    calls: Iterable[str] | None = None,
    *,
    url: str = "",
    many: bool = False,
    domains: Sequence[str] = (),
) -> dict[str, Any]:
    """The app as Slack's “From a manifest” takes it: for Socket Mode, or for HTTP at the `url` of `raygen serve`.

    With `many`, workspaces and organizations install it themselves by that address, and their tokens are renewed twice a day.
    `domains` are where links to runs lead; without any, nothing is asked for that is about links.
    Raises KeyError for a listener or a call that nothing is known of here, so that no manifest is printed that lacks it.
    """
    found = registered() if found is None else found
    calls = called() if calls is None else calls
    unused = (set[str]() if domains else _OF_LINKS) | (set[str]() if many else _OF_ORGANIZATIONS)
    events = {name: scope for event in found.events - unused for name, scope in _EVENTS[event].items()}
    scopes = {*events.values(), *(scope for call in set(calls) - unused for scope in _CALLS[call])}
    shortcuts = [
        *(_shortcut("global", name) for name in sorted(found.global_shortcuts)),
        *(_shortcut("message", name) for name in sorted(found.message_shortcuts)),
    ]
    if found.commands or shortcuts:
        scopes.add("commands")
    base = url.rstrip("/")
    heard = {"request_url": base + EVENTS} if base else {}
    address = {"url": base + EVENTS} if base else {}
    redirects = {"redirect_urls": [base + REDIRECT]} if base and many else {}
    return {
        "display_information": {
            "name": "raygen",
            "description": "Turns a sentence into a Ray program, validates it, and runs it after approval.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": "app_home_opened" in events,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {
                "agent_description": "Writes Ray programs, validates them in a sealed cluster, and runs what you approve.",
                "suggested_prompts": [
                    {"title": "A first program", "message": "estimate pi with 100 tasks"},
                    {"title": "A small computation", "message": "what is 15% of 2847?"},
                ],
            },
            "bot_user": {"display_name": "raygen", "always_online": True},
            "slash_commands": [
                {"command": name, **address, **_COMMANDS[name]} for name in sorted(found.commands)
            ],
            "shortcuts": shortcuts,
            **({"unfurl_domains": list(domains[:_DOMAINS])} if "link_shared" in events else {}),
        },
        "oauth_config": {**redirects, "scopes": {"bot": sorted(scopes - {""})}},
        "settings": {
            "event_subscriptions": {**heard, "bot_events": sorted(events)},
            "interactivity": {"is_enabled": found.interactions > 0, **heard},
            "socket_mode_enabled": not base,
            "token_rotation_enabled": many,
            "org_deploy_enabled": many,
        },
    }


def _shortcut(kind: str, callback_id: str) -> dict[str, str]:
    name, description = _SHORTCUTS[callback_id]
    return {"name": name, "type": kind, "callback_id": callback_id, "description": description}
