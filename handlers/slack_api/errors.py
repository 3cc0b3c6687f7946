"""What calls of Slack's Web API can fail with."""

from __future__ import annotations

from typing import cast

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

# A call's failures beside an error answer; slack_sdk's own storage refuses a file with no SlackApiError.
TROUBLE = (SlackClientError, ClientError, OSError, TimeoutError)


def code_of(error: SlackApiError) -> str:
    """What Slack calls the error, such as `channel_not_found`; empty where its answer is no JSON, as from a proxy."""
    data: object = getattr(error.response, "data", error.response)
    return str(cast("dict[str, object]", data).get("error", "")) if isinstance(data, dict) else ""
