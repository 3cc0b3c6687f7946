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
from handlers.payloads.parse import Heard
from services.usecases.requests import Addressee, FrontDesk

# A person is told at most once in so long that they were not understood as speaking to raygen, in seconds.
_ONCE_IN = 600.0


def register(app: AsyncApp, desk: FrontDesk, courier: Courier) -> None:
    """A mention comes both as `app_mention` and as `message`; both give the same task."""
    hints = _Hints()

    async def hear(event: dict[str, Any], context: AsyncBoltContext) -> None:
        bot = context.bot_user_id or ""
        if revised := parse.revised(event, bot, context.team_id or ""):
            await desk.revise(revised.before, revised.now)
            return
        message = parse.heard(event, bot, context.team_id or "")
        if message is None:
            return
        floor = await _floor(message, bot, desk)
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
        await desk.ask(message.ask())

    async def stop(event: dict[str, Any]) -> None:
        await desk.stop_thread(*parse.stopped(event))

    app.event("agent_session_stopped")(stop)
    app.event("message")(hear)
    app.event("app_mention")(hear)


async def _floor(message: Heard, bot: str, desk: FrontDesk) -> Addressee:
    """Direct, mentioned, or a follow-up by someone who takes part; people who address each other are left alone."""
    if message.direct or bot in message.mentioned:
        return Addressee(ours=True)
    if message.thread_ts is None:
        return Addressee()
    named, when = bool(message.mentioned), float(message.ts)
    return await desk.addressed(message.channel, message.thread_ts, message.user, when, named=named)


class _Hints:
    """Who has been told lately that what they said was not taken for a request."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str | None, str], float] = {}

    def is_due(self, message: Heard) -> bool:
        """Whether a person is to be told now: at most once in a while for each thread."""
        now = time.monotonic()
        self._told = {who: when for who, when in self._told.items() if now - when < _ONCE_IN}
        who = (message.channel, message.thread_ts, message.user)
        if who in self._told:
            return False
        self._told[who] = now
        return True
