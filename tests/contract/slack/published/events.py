"""The other events: of the app's home, of links, of threads, of workspaces."""

from dataclasses import replace

from tests.contract.slack.published import Json, Published
from tests.contract.slack.published.messages import MESSAGES
from tests.contract.slack.published.wrapper import event

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
EVENTS: dict[str, Published] = {
    **MESSAGES,
    "app_home_opened": event(
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
    "link_shared": event(
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
    "agent_session_stopped": event(
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
    "app_uninstalled": event("/reference/events/app_uninstalled", {"type": "app_uninstalled"}),
    "tokens_revoked": event(
        "/reference/events/tokens_revoked",
        {"type": "tokens_revoked", "tokens": {"oauth": ["UENGINEER"], "bot": ["URAYGEN"]}},
        "tokens.oauth",
        tokens__oauth="the playground gives no tokens to people",
    ),
    "reaction_added": event(
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
    "member_joined_channel": event(
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
        name: event(
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
    "function_executed": event(
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
_WHOLE = {"authorizations[].team_id": "the installation of an organization is no workspace's"}
#: What only the installation of an organization hears.
ORGANIZATION: dict[str, Published] = {
    name: replace(known, left_out={**known.left_out, **_WHOLE})
    for name in ("team_access_granted", "team_access_revoked")
    for known in [event(f"/reference/events/{name}", {"type": name, "team_ids": ["TRAYGEN"]})]
}
