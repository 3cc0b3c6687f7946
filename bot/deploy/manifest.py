"""The Slack app manifest: what the bot listens to, and the scopes that its calls need."""

from __future__ import annotations

from typing import Any

from handlers.ids import COMMAND

EVENTS = (
    "agent_session_stopped",
    "app_home_opened",
    "app_mention",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
)

SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "channels:read",
    "chat:write",
    "chat:write.public",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "usergroups:read",
    "users:read",
)


def manifest() -> dict[str, Any]:
    """The app as Slack's “From a manifest” takes it."""
    return {
        "display_information": {
            "name": "raygen",
            "description": "Ray programs from a sentence: proven to work, run once a person approves.",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "agent_view": {
                "agent_description": "Writes Ray programs, proves them in a sealed cluster, and runs what you approve.",
                "suggested_prompts": [
                    {"title": "A first program", "message": "estimate pi with 100 tasks"},
                    {"title": "A small computation", "message": "what is 15% of 2847?"},
                ],
            },
            "bot_user": {"display_name": "raygen", "always_online": True},
            "slash_commands": [
                {
                    "command": COMMAND,
                    "description": "Write, prove and run a Ray program",
                    "usage_hint": "estimate pi with 100 tasks",
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": True,
            "token_rotation_enabled": False,
            "org_deploy_enabled": False,
        },
    }
