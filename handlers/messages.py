"""Mentions, direct messages, and follow-ups in raygen's own threads."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers import requests
from handlers.blocks import help as help_blocks
from handlers.delivery import Courier
from handlers.requests import Heard
from services.desk import FrontDesk


def register(app: AsyncApp, desk: FrontDesk, courier: Courier) -> None:
    """A mention comes both as `app_mention` and as `message`; both give the same task."""

    async def hear(event: dict[str, Any], context: AsyncBoltContext) -> None:
        bot = context.bot_user_id or ""
        if revised := requests.revised(event, bot, context.team_id or ""):
            await desk.revise(revised.before, revised.now)
            return
        message = requests.heard(event, bot, context.team_id or "")
        if message is None or not await _meant_for_us(message, bot, desk):
            return
        if not message.text and not message.attachments:
            await courier.whisper(message.channel, message.user, help_blocks.usage().text, message.thread_ts)
            return
        await desk.ask(message.ask())

    async def stop(event: dict[str, Any]) -> None:
        await desk.stop_thread(*requests.stopped(event))

    app.event("agent_session_stopped")(stop)
    app.event("message")(hear)
    app.event("app_mention")(hear)


async def _meant_for_us(message: Heard, bot: str, desk: FrontDesk) -> bool:
    """Direct, mentioned, or a follow-up by someone who takes part; people who address each other are left alone."""
    if message.direct or bot in message.mentioned:
        return True
    if message.thread_ts is None:
        return False
    named, when = bool(message.mentioned), float(message.ts)
    return await desk.addressed(message.channel, message.thread_ts, message.user, when, named=named)
