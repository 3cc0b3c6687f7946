"""Mentions, direct messages, and follow-ups in raygen's own threads."""

from __future__ import annotations

import time
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.blocks import help as help_blocks
from handlers.blocks.primitives import person
from handlers.messaging.courier import Courier
from handlers.payloads import parse
from handlers.payloads.parse import IncomingMessage
from services.usecases.requests import Addressee, RequestActions

# Seconds between two hints to one person that their message was not taken as a request.
_HINT_INTERVAL = 600.0


def register(app: AsyncApp, requests: RequestActions, courier: Courier) -> None:
    """A mention comes both as `app_mention` and as `message`; both give the same task."""
    hints = _Hints()

    async def receive(event: dict[str, Any], context: AsyncBoltContext) -> None:
        bot = context.bot_user_id or ""
        if revised := parse.revised(event, bot, context.team_id or ""):
            await requests.revise(revised.before, revised.now)
            return
        message = parse.incoming(event, bot, context.team_id or "")
        if message is None:
            return
        floor = await _floor(message, bot, requests)
        if not floor.ours:
            if floor.taken_for and hints.is_due(message):
                hint = f"I assumed that was for {person(floor.taken_for)}. Mention me if it was for me."
                courier.in_background(
                    courier.try_to_tell(message.channel, message.user, hint, message.thread_ts)
                )
            return
        if not message.text and not message.attachments:
            await courier.whisper(message.channel, message.user, help_blocks.usage().text, message.thread_ts)
            return
        await requests.ask(message.ask())

    async def stop(event: dict[str, Any]) -> None:
        await requests.stop_thread(*parse.stopped(event))

    app.event("agent_session_stopped")(stop)
    app.event("message")(receive)
    app.event("app_mention")(receive)


async def _floor(message: IncomingMessage, bot: str, requests: RequestActions) -> Addressee:
    """Direct, mentioned, or a follow-up by someone who takes part; people who address each other are left alone."""
    if message.direct or bot in message.mentioned:
        return Addressee(ours=True)
    if message.thread_ts is None:
        return Addressee()
    named, when = bool(message.mentioned), float(message.ts)
    return await requests.addressed(message.channel, message.thread_ts, message.user, when, named=named)


class _Hints:
    """Who recently got a hint that their message was not taken as a request."""

    def __init__(self) -> None:
        self._hinted: dict[tuple[str, str | None, str], float] = {}

    def is_due(self, message: IncomingMessage) -> bool:
        """Whether to send a hint now: at most once per interval, person and thread."""
        now = time.monotonic()
        self._hinted = {who: when for who, when in self._hinted.items() if now - when < _HINT_INTERVAL}
        who = (message.channel, message.thread_ts, message.user)
        if who in self._hinted:
            return False
        self._hinted[who] = now
        return True
