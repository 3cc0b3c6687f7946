"""The `/raygen` slash command: a request in free text, or one of a few subcommands."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from handlers import ids, requests
from handlers.subcommands import Subcommands
from services.desk import FrontDesk


def register(app: AsyncApp, desk: FrontDesk, subcommands: Subcommands) -> None:
    """What a subcommand answers is for the person alone."""

    @app.command(ids.COMMAND)
    async def raygen(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        ask = requests.command(body)
        order = requests.order(ask, subcommands.names)
        if order is None:
            await desk.ask(ask)
            await ack()
        elif subcommands.slow(order):
            await ack()
            message = await subcommands.answer(order)
            await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")
        else:
            message = await subcommands.answer(order)
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
