"""The Events API: the wrapper, and what comes in it."""

import time
from typing import Any

from tests.contract.slack.published import Json, Published

LEGACY = {
    "authed_users": "an older form of `authorizations`, which new apps no longer get",
    "authed_teams": "as `authed_users`",
}
FILE: Json = {
    "id": "F0PUBLISHED",
    "created": 1_700_000_000,
    "timestamp": 1_700_000_000,
    "name": "numbers.csv",
    "title": "numbers.csv",
    "mimetype": "text/csv",
    "filetype": "csv",
    "pretty_type": "CSV",
    "user": "UENGINEER",
    "user_team": "TRAYGEN",
    "editable": True,
    "size": 8,
    "mode": "snippet",
    "is_external": False,
    "external_type": "",
    "is_public": True,
    "public_url_shared": False,
    "display_as_bot": False,
    "username": "",
    "url_private": "https://files.example/files-pri/TRAYGEN-F0PUBLISHED/numbers.csv",
    "url_private_download": "https://files.example/files-pri/TRAYGEN-F0PUBLISHED/download/numbers.csv",
    "permalink": "https://raygen-playground.example/files/UENGINEER/F0PUBLISHED/numbers.csv",
    "permalink_public": "https://files.example/TRAYGEN-F0PUBLISHED-0123456789",
    "has_rich_preview": False,
    "file_access": "visible",
    "preview": "1,2\n3,4\n",
    "lines": 2,
}
FILE_LEFT_OUT = {
    "permalink_public": "nothing of the playground is public",
}
HOME: Json = {
    "id": "V0PUBLISHED",
    "team_id": "TRAYGEN",
    "type": "home",
    "blocks": [],
    "private_metadata": "",
    "callback_id": "",
    "hash": "1700000000.abcdefgh",
    "clear_on_close": False,
    "notify_on_close": False,
    "root_view_id": "V0PUBLISHED",
    "app_id": "ARAYGEN",
    "external_id": "",
    "app_installed_team_id": "TRAYGEN",
    "bot_id": "BRAYGEN",
}
RICH: list[Json] = [
    {
        "type": "rich_text",
        "block_id": "r1",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "what is 15% of 2847?"}]}
        ],
    }
]
WRAPPER_OPTIONAL = (
    "token",
    "authorizations",
    "event_context",
    "is_ext_shared_channel",
    "context_team_id",
    "context_enterprise_id",
)


def wrapped(event: Json, identity: str) -> Json:
    """https://docs.slack.dev/apis/events-api"""
    return {
        "token": "verification-token",
        "team_id": "TRAYGEN",
        "context_team_id": "TRAYGEN",
        "context_enterprise_id": None,
        "api_app_id": "ARAYGEN",
        "event": event,
        "type": "event_callback",
        "event_id": identity,
        "event_time": int(time.time()),
        "event_context": f"4-{identity}",
        "is_ext_shared_channel": False,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "TRAYGEN",
                "user_id": "URAYGEN",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
    }


def _event(page: str, event: Json, *optional: str, **left_out: str) -> Published:
    body = wrapped(event, f"Ev{page.rpartition('/')[2]}{len(event)}")
    paths = tuple(f"event.{name}" for name in optional)
    skipped = {f"event.{name.replace('__', '.')}": reason for name, reason in left_out.items()}
    return Published(page, body, (*WRAPPER_OPTIONAL, *paths), {**LEGACY, **skipped})


def said(kind: str, ts: str, **more: Any) -> Json:
    """What a person's message has in each of its forms."""
    return {
        "type": kind,
        "user": "UENGINEER",
        "text": "what is 15% of 2847?",
        "ts": ts,
        "channel": "CRAY",
        "event_ts": ts,
        "client_msg_id": "0b1c9e5e-2a1f-4b6e-9d3c-0123456789ab",
        "team": "TRAYGEN",
        "blocks": RICH,
        **more,
    }


EVENTS: dict[str, Published] = {
    "app_mention": _event(
        "/reference/events/app_mention",
        said("app_mention", "1700000001.000100", text="<@URAYGEN> what is 15% of 2847?"),
        "client_msg_id",
        "team",
        "blocks",
        "event_ts",
    ),
    "message": _event(
        "/reference/events/message.channels",
        said("message", "1700000002.000100", channel_type="channel"),
        "client_msg_id",
        "team",
        "blocks",
        "channel_type",
    ),
    "message.im": _event(
        "/reference/events/message.im",
        said("message", "1700000003.000100", channel="DENGINEER", channel_type="im"),
        "client_msg_id",
        "team",
        "blocks",
        "channel_type",
    ),
    "reply": _event(
        "/reference/events/message/message_replied",
        said(
            "message",
            "1700000004.000100",
            channel_type="channel",
            thread_ts="1700000002.000100",
            parent_user_id="UENGINEER",
        ),
        "parent_user_id",
    ),
    "file_share": _event(
        "/reference/events/message/file_share",
        said(
            "message",
            "1700000005.000100",
            channel="DENGINEER",
            channel_type="im",
            subtype="file_share",
            files=[FILE],
            upload=False,
        ),
        "upload",
        "blocks",
        *(f"files.0.{name}" for name in FILE if name not in ("id", "name")),
        **{f"files[]__{name}": reason for name, reason in FILE_LEFT_OUT.items()},
    ),
    "thread_broadcast": _event(
        "/reference/events/message/thread_broadcast",
        {
            "type": "message",
            "subtype": "thread_broadcast",
            "text": "done",
            "user": "URAYGEN",
            "bot_id": "BRAYGEN",
            "ts": "1700000006.000100",
            "thread_ts": "1700000002.000100",
            "root": {
                "type": "message",
                "user": "UENGINEER",
                "text": "what is 15% of 2847?",
                "ts": "1700000002.000100",
                "thread_ts": "1700000002.000100",
                "reply_count": 1,
            },
            "channel": "CRAY",
            "channel_type": "channel",
            "event_ts": "1700000006.000100",
        },
        "root",
    ),
    "message_changed": _event(
        "/reference/events/message/message_changed",
        {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "channel": "CRAY",
            "channel_type": "channel",
            "ts": "1700000007.000200",
            "event_ts": "1700000007.000200",
            "message": {
                "type": "message",
                "user": "UENGINEER",
                "text": "what is 20% of 50?",
                "ts": "1700000007.000100",
                "edited": {"user": "UENGINEER", "ts": "1700000007.000000"},
            },
            "previous_message": {
                "type": "message",
                "user": "UENGINEER",
                "text": "what is 15% of 2847?",
                "ts": "1700000007.000100",
            },
        },
        "hidden",
        "channel_type",
        "previous_message",
        "message.edited",
    ),
    "message_deleted": _event(
        "/reference/events/message/message_deleted",
        {
            "type": "message",
            "subtype": "message_deleted",
            "hidden": True,
            "channel": "CRAY",
            "channel_type": "channel",
            "ts": "1700000008.000200",
            "event_ts": "1700000008.000200",
            "deleted_ts": "1700000008.000100",
            "previous_message": {
                "type": "message",
                "user": "UENGINEER",
                "text": "what is 15% of 2847?",
                "ts": "1700000008.000100",
            },
        },
        "hidden",
        "channel_type",
        "previous_message",
    ),
    "app_home_opened": _event(
        "/reference/events/app_home_opened",
        {
            "type": "app_home_opened",
            "user": "UENGINEER",
            "channel": "DENGINEER",
            "event_ts": "1700000009.000100",
            "tab": "home",
            "view": HOME,
        },
        "view",
        "event_ts",
        "channel",
    ),
    "link_shared": _event(
        "/reference/events/link_shared",
        {
            "type": "link_shared",
            "channel": "CRAY",
            "is_bot_user_member": True,
            "user": "UENGINEER",
            "message_ts": "1700000010.000100",
            "unfurl_id": "CRAY.1700000010.000100",
            "thread_ts": "1700000002.000100",
            "source": "conversations_history",
            "links": [{"domain": "runs.example", "url": "https://runs.example/runs/r_unknown"}],
            "event_ts": "1700000010.000100",
        },
        "unfurl_id",
        "thread_ts",
        "source",
        "is_bot_user_member",
        "event_ts",
    ),
    "agent_session_stopped": _event(
        "/reference/events/agent_session_stopped",
        {
            "type": "agent_session_stopped",
            "channel": "CRAY",
            "event_ts": "1700000011.000100",
            "streaming_message_ts": ["1700000011.000000"],
            "thread_ts": "1700000002.000100",
            "user": "UENGINEER",
        },
        "streaming_message_ts",
        "user",
    ),
    "app_uninstalled": _event("/reference/events/app_uninstalled", {"type": "app_uninstalled"}),
    "tokens_revoked": _event(
        "/reference/events/tokens_revoked",
        {"type": "tokens_revoked", "tokens": {"oauth": ["UENGINEER"], "bot": ["URAYGEN"]}},
        "tokens.oauth",
        tokens__oauth="the playground gives no tokens to people",
    ),
    "reaction_added": _event(
        "/reference/events/reaction_added",
        {
            "type": "reaction_added",
            "user": "UENGINEER",
            "reaction": "eyes",
            "item_user": "UENGINEER",
            "item": {"type": "message", "channel": "CRAY", "ts": "1700000002.000100"},
            "event_ts": "1700000012.000100",
        },
    ),
    "member_joined_channel": _event(
        "/reference/events/member_joined_channel",
        {
            "type": "member_joined_channel",
            "user": "UGUEST",
            "channel": "CRAY",
            "channel_type": "C",
            "team": "TRAYGEN",
            "inviter": "UENGINEER",
            "event_ts": "1700000013.000100",
        },
        inviter="people of the playground come by themselves",
    ),
    **{
        name: _event(
            f"/reference/events/{name}",
            {
                "type": name,
                "assistant_thread": {
                    "user_id": "UENGINEER",
                    "context": {"channel_id": "CRAY", "team_id": "TRAYGEN", "enterprise_id": None},
                    "channel_id": "DENGINEER",
                    "thread_ts": "1700000014.000100",
                },
                "event_ts": "1700000014.000200",
            },
        )
        for name in ("assistant_thread_started", "assistant_thread_context_changed")
    },
    "function_executed": _event(
        "/reference/events/function_executed",
        {
            "type": "function_executed",
            "function": {
                "id": "Fn0PUBLISHED",
                "callback_id": "double",
                "title": "Double",
                "description": "Twice a number",
                "type": "app",
                "input_parameters": [
                    {
                        "type": "integer",
                        "name": "number",
                        "description": "",
                        "title": "Number",
                        "is_required": True,
                    }
                ],
                "output_parameters": [
                    {
                        "type": "integer",
                        "name": "result",
                        "description": "",
                        "title": "Result",
                        "is_required": True,
                    }
                ],
                "app_id": "ARAYGEN",
                "date_created": 1_700_000_000,
                "date_updated": 1_700_000_000,
                "date_deleted": 0,
            },
            "inputs": {"number": 1},
            "function_execution_id": "Fx0PUBLISHED",
            "workflow_execution_id": "Wx0PUBLISHED",
            "event_ts": "1700000015.000100",
            "bot_access_token": "xwfp-published",
        },
    ),
}
