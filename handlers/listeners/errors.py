"""The one place where an exception in a listener becomes a sentence for a person."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.app.async_app import AsyncApp

from handlers.blocks.mrkdwn import spoken
from handlers.messaging.courier import Courier
from handlers.slack_api.installations import Unsure
from services.observability.incidents import sentence

_log = logging.getLogger(__name__)


def register(app: AsyncApp, courier: Courier) -> None:
    """Errors that are meant for people go to the person alone; others get an incident ID."""

    @app.error
    async def explain(error: Exception, body: dict[str, Any]) -> BoltResponse:  # pyright: ignore[reportUnusedFunction]
        user, channel, thread_ts = _where(body)
        if isinstance(error, Unsure):
            return _again()
        text = sentence(error)
        if not user:
            _log.warning("an event of nobody is left to be sent again: %s", text)
            return _again()
        await courier.whisper(channel or user, user, spoken(text), thread_ts)
        # Answered is acknowledged: a redelivery would only repeat the message.
        return BoltResponse(status=200, body="")


def _again() -> BoltResponse:
    """Slack sends it once more, a few times."""
    return BoltResponse(status=500, body="")


def _where(body: dict[str, Any]) -> tuple[str, str, str | None]:
    event: dict[str, Any] = body.get("event") or {}
    person: Any = body.get("user") or event.get("user") or body.get("user_id")
    user = str(person["id"]) if isinstance(person, dict) else str(person or "")
    container: dict[str, Any] = body.get("container") or {}
    place: Any = (
        body.get("channel") or event.get("channel") or body.get("channel_id") or container.get("channel_id")
    )
    channel = str(place["id"]) if isinstance(place, dict) else str(place or "")
    message: dict[str, Any] = body.get("message") or {}
    return user, channel, message.get("thread_ts") or event.get("thread_ts")
