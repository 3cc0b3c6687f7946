"""Messages in each of their forms."""

from typing import Any

from tests.contract.slack.published import Json, Published
from tests.contract.slack.published.wrapper import event

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
RICH: list[Json] = [
    {
        "type": "rich_text",
        "block_id": "r1",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "what is 15% of 2847?"}]}
        ],
    }
]


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


MESSAGES: dict[str, Published] = {
    "app_mention": event(
        "/reference/events/app_mention",
        said("app_mention", "1700000001.000100", text="<@URAYGEN> what is 15% of 2847?"),
        "client_msg_id",
        "team",
        "blocks",
        "event_ts",
    ),
    "message": event(
        "/reference/events/message.channels",
        said("message", "1700000002.000100", channel_type="channel"),
        "client_msg_id",
        "team",
        "blocks",
        "channel_type",
    ),
    "message.im": event(
        "/reference/events/message.im",
        said("message", "1700000003.000100", channel="DENGINEER", channel_type="im"),
        "client_msg_id",
        "team",
        "blocks",
        "channel_type",
    ),
    "reply": event(
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
    "file_share": event(
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
    "thread_broadcast": event(
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
    "message_changed": event(
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
    "message_deleted": event(
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
}
#: Messages that are no request, also where everything said is one; the stand-in has none of them.
NOTICES: dict[str, Published] = {
    "channel_join": event(
        "/reference/events/message/channel_join",
        said(
            "message",
            "1700000016.000100",
            channel="DENGINEER",
            channel_type="im",
            subtype="channel_join",
            text="<@UENGINEER> has joined the channel",
            inviter="UAPPROVER",
        ),
        "inviter",
    ),
    "me_message": event(
        "/reference/events/message/me_message",
        said("message", "1700000017.000100", channel="DENGINEER", channel_type="im", subtype="me_message"),
        "event_ts",
    ),
    "bot_message": event(
        "/reference/events/message/bot_message",
        {
            "type": "message",
            "subtype": "bot_message",
            "text": "Build 7 has failed",
            "username": "builds",
            "icons": {},
            "bot_id": "B0OTHER",
            "ts": "1700000018.000100",
            "channel": "DENGINEER",
            "channel_type": "im",
            "event_ts": "1700000018.000100",
        },
        "username",
        "icons",
    ),
}
