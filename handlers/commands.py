"""The `/raygen` slash command: a request in free text, or one of a few subcommands."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from handlers import ids, requests
from handlers.blocks.parts import Message
from handlers.delivery import Courier
from handlers.escape import spoken
from handlers.patience import in_time
from handlers.subcommands import Subcommands
from services.desk import FrontDesk
from services.incidents import sentence


def register(app: AsyncApp, desk: FrontDesk, courier: Courier, subcommands: Subcommands) -> None:
    """What a subcommand answers is for the person alone, in the acknowledgement or, when it takes longer, after it."""

    @app.command(ids.COMMAND)
    async def raygen(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        ask = requests.command(body)
        order = requests.order(ask, subcommands.names)
        if order is None:
            await desk.ask(ask)
            await ack()
            return
        message = await in_time(
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
