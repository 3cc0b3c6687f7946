"""Refusals: Slack's own error codes, as exceptions."""

from typing import Any


class SlackError(Exception):
    """A Web API call is refused with Slack's code; `extra` goes into the response beside it."""

    def __init__(self, code: str, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.extra = extra


class PlayError(Exception):
    """A user-side call is refused: an HTTP status, a code and one sentence."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra


def arguments_missing(*names: str) -> SlackError:
    """Slack's answer to a call without a required argument."""
    messages = [f"[ERROR] missing required field: {name}" for name in names]
    return SlackError("invalid_arguments", response_metadata={"messages": messages})
