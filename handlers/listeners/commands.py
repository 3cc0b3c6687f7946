"""The `/raygen` slash command: a request in free text, or one of a few subcommands."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import spoken
from handlers.blocks.primitives import Message
from handlers.listeners.ack import before_ack
from handlers.listeners.subcommands import Subcommands
from handlers.messaging.courier import Courier
from handlers.payloads import parse
from services.observability.incidents import sentence
from services.usecases.requests import RequestActions


def register(app: AsyncApp, requests: RequestActions, courier: Courier, subcommands: Subcommands) -> None:
    """What a subcommand answers is for the person alone, in the acknowledgement or, when it takes longer, after it."""

    @app.command(action_ids.COMMAND)
    async def raygen(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        ask = parse.command(body)
        order = parse.order(ask, subcommands.names)
        if order is None:
            await requests.ask(ask)
            await ack()
            return
        message = await before_ack(
            subcommands.answer(order), courier, lambda answering: _answer_later(answering, respond)
        )
        if message is None:
            await ack()
        else:
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")


async def _answer_later(answering: asyncio.Task[Message], respond: AsyncRespond) -> None:
    try:
        message = await answering
    except Exception as error:  # noqa: BLE001  # as in a listener, whatever it is becomes a sentence
        message = Message(spoken(sentence(error)))
    await respond(text=message.text, blocks=message.blocks or None, response_type="ephemeral")
