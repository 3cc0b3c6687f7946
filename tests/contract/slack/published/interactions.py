"""Slash commands, and what people do with blocks, shortcuts and forms."""

from typing import Any

from tests.contract.slack.published import Json, Published
from tests.contract.slack.published.events import HOME

TEAM: Json = {"id": "TRAYGEN", "domain": "raygen-playground"}
PERSON: Json = {"id": "UENGINEER", "username": "erin", "name": "erin", "team_id": "TRAYGEN"}
TRIGGER = "1700000000.123456789.0123456789abcdef0123456789abcdef"
RESPONSE = "https://hooks.example/actions/TRAYGEN/1/2"
MESSAGE: Json = {
    "type": "message",
    "user": "URAYGEN",
    "bot_id": "BRAYGEN",
    "app_id": "ARAYGEN",
    "team": "TRAYGEN",
    "text": "a card",
    "ts": "1700000020.000100",
    "blocks": [],
}
COMMON: Json = {
    "team": TEAM,
    "user": PERSON,
    "api_app_id": "ARAYGEN",
    "token": "verification-token",
    "enterprise": None,
    "is_enterprise_install": False,
}
COMMON_OPTIONAL = ("token", "enterprise", "is_enterprise_install", "user.username", "user.name")
PRESSED: Json = {
    "type": "button",
    "action_id": "task_stop",
    "block_id": "b1",
    "text": {"type": "plain_text", "text": "Stop"},
    "value": "t_published",
    "action_ts": "1700000021.000100",
}
MODAL: Json = {
    "id": "V1PUBLISHED",
    "team_id": "TRAYGEN",
    "type": "modal",
    "title": {"type": "plain_text", "text": "Ask raygen"},
    "close": None,
    "submit": {"type": "plain_text", "text": "Ask"},
    "blocks": [],
    "private_metadata": "",
    "callback_id": "ask",
    "state": {"values": {}},
    "hash": "1700000000.abcdefgh",
    "clear_on_close": False,
    "notify_on_close": False,
    "root_view_id": "V1PUBLISHED",
    "previous_view_id": None,
    "app_id": "ARAYGEN",
    "external_id": "",
    "app_installed_team_id": "TRAYGEN",
    "bot_id": "BRAYGEN",
}
BLOCK_ACTIONS = "/reference/interaction-payloads/block_actions-payload"
VIEWS = "/reference/interaction-payloads/view-interactions-payload"
SHORTCUTS = "/reference/interaction-payloads/shortcuts-interaction-payload"


def field(block: str, action: str, **state: Any) -> tuple[Json, Json]:
    """An input block, and what stands in it."""
    element = {"type": state["type"], "action_id": action}
    block_of = {
        "type": "input",
        "block_id": block,
        "label": {"type": "plain_text", "text": block},
        "element": element,
    }
    return block_of, {block: {action: state}}


def asking(prompt: str, channel: str, target: str) -> Json:
    """The form of the global shortcut, filled in."""
    option = {"text": {"type": "plain_text", "text": target}, "value": target}
    rows = [
        field("prompt", "value", type="plain_text_input", value=prompt),
        field("channel", "value", type="conversations_select", selected_conversation=channel),
        field("target", "value", type="static_select", selected_option=option),
    ]
    values = {name: state for _, part in rows for name, state in part.items()}
    return {**MODAL, "blocks": [block for block, _ in rows], "state": {"values": values}}


INTERACTIONS: dict[str, Published] = {
    "command": Published(
        "/interactivity/implementing-slash-commands",
        {
            "token": "verification-token",
            "team_id": "TRAYGEN",
            "team_domain": "raygen-playground",
            "enterprise_id": "E0PUBLISHED",
            "enterprise_name": "Playground",
            "channel_id": "CRAY",
            "channel_name": "ray",
            "user_id": "UENGINEER",
            "user_name": "erin",
            "command": "/raygen",
            "text": "help",
            "response_url": RESPONSE,
            "trigger_id": TRIGGER,
            "api_app_id": "ARAYGEN",
            "is_enterprise_install": "false",
        },
        (
            "token",
            "team_domain",
            "enterprise_id",
            "enterprise_name",
            "channel_name",
            "user_name",
            "text",
            "is_enterprise_install",
        ),
        {
            "enterprise_id": "the playground is no part of an enterprise",
            "enterprise_name": "the playground is no part of an enterprise",
        },
    ),
    "block_actions.message": Published(
        BLOCK_ACTIONS,
        {
            "type": "block_actions",
            **COMMON,
            "trigger_id": TRIGGER,
            "container": {
                "type": "message",
                "message_ts": "1700000020.000100",
                "channel_id": "CRAY",
                "is_ephemeral": False,
            },
            "channel": {"id": "CRAY", "name": "ray"},
            "message": MESSAGE,
            "state": {"values": {}},
            "response_url": RESPONSE,
            "actions": [PRESSED],
        },
        (*COMMON_OPTIONAL, "channel", "container", "message", "state", "response_url"),
    ),
    "block_actions.modal": Published(
        BLOCK_ACTIONS,
        {
            "type": "block_actions",
            **COMMON,
            "trigger_id": TRIGGER,
            "container": {"type": "view", "view_id": "V1PUBLISHED"},
            "view": MODAL,
            "actions": [PRESSED],
        },
        (*COMMON_OPTIONAL, "container"),
    ),
    "block_actions.home": Published(
        BLOCK_ACTIONS,
        {
            "type": "block_actions",
            **COMMON,
            "trigger_id": TRIGGER,
            "container": {"type": "view", "view_id": "V0PUBLISHED"},
            "view": {**HOME, "state": {"values": {}}},
            "actions": [PRESSED],
        },
        (*COMMON_OPTIONAL, "container"),
    ),
    "message_action": Published(
        SHORTCUTS,
        {
            "type": "message_action",
            **COMMON,
            "callback_id": "explain_message",
            "trigger_id": TRIGGER,
            "response_url": RESPONSE,
            "action_ts": "1700000022.000100",
            "message_ts": "1700000020.000100",
            "channel": {"id": "CRAY", "name": "ray"},
            "message": {
                "type": "message",
                "user": "UENGINEER",
                "ts": "1700000020.000100",
                "text": "what is 15% of 2847?",
            },
        },
        (*COMMON_OPTIONAL, "response_url", "action_ts", "message_ts", "message.user"),
    ),
    "shortcut": Published(
        SHORTCUTS,
        {
            "type": "shortcut",
            **COMMON,
            "user": {"id": "UENGINEER", "username": "erin", "team_id": "TRAYGEN"},
            "callback_id": "ask_anywhere",
            "trigger_id": TRIGGER,
            "action_ts": "1700000023.000100",
        },
        ("token", "enterprise", "is_enterprise_install", "user.username", "action_ts"),
    ),
    "view_submission": Published(
        VIEWS,
        {
            "type": "view_submission",
            **COMMON,
            "trigger_id": TRIGGER,
            "view": asking("what is 15% of 2847?", "CRAY", "local"),
            "response_urls": [
                {
                    "block_id": "where",
                    "action_id": "place",
                    "channel_id": "CRAY",
                    "response_url": RESPONSE,
                }
            ],
        },
        (*COMMON_OPTIONAL, "response_urls", "trigger_id"),
        {"view.state.values": "what is in a form is the app's own"},
    ),
    "view_closed": Published(
        VIEWS,
        {"type": "view_closed", **COMMON, "view": MODAL, "is_cleared": False},
        COMMON_OPTIONAL,
    ),
    "block_suggestion": Published(
        "/reference/interaction-payloads/block_suggestion-payload",
        {
            "type": "block_suggestion",
            **COMMON,
            "action_id": "city",
            "block_id": "menus",
            "value": "Ber",
            "container": {"type": "message", "message_ts": "1700000020.000100", "channel_id": "CRAY"},
            "channel": {"id": "CRAY", "name": "ray"},
            "message": MESSAGE,
        },
        COMMON_OPTIONAL,
    ),
}
#: What Slack does not send with these: a form can't be opened after them.
WITHOUT_TRIGGER = ("view_closed", "block_suggestion")
