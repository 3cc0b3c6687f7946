"""The wrapper in which events come."""

import time

from tests.contract.slack.published import Json, Published

LEGACY = {
    "authed_users": "an older form of `authorizations`, which new apps no longer get",
    "authed_teams": "as `authed_users`",
}
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


def event(page: str, event: Json, *optional: str, **left_out: str) -> Published:
    body = wrapped(event, f"Ev{page.rpartition('/')[2]}{len(event)}")
    paths = tuple(f"event.{name}" for name in optional)
    skipped = {f"event.{name.replace('__', '.')}": reason for name, reason in left_out.items()}
    return Published(page, body, (*WRAPPER_OPTIONAL, *paths), {**LEGACY, **skipped})
