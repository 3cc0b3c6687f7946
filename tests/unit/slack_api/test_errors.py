"""What Slack calls an error, whatever its answer looks like."""

from __future__ import annotations

import pytest
from slack_sdk.errors import SlackApiError

from handlers.slack_api.errors import code_of


class Answer:
    """An answer of Slack's Web API as the SDK hands it on."""

    def __init__(self, data: object) -> None:
        self.data = data


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (Answer({"ok": False, "error": "channel_not_found"}), "channel_not_found"),
        ({"ok": False, "error": "ratelimited"}, "ratelimited"),
        (Answer("500 Internal Server Error"), ""),
        (Answer(b"\x1f\x8b"), ""),
        (Answer(None), ""),
        (None, ""),
        ("bad gateway", ""),
    ],
)
def test_its_code_or_nothing(response: object, code: str):
    assert code_of(SlackApiError("failed", response)) == code
