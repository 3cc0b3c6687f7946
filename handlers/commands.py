"""The `/raygen` slash command: a request in free text, or one of a few subcommands."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from handlers import ids, requests
from handlers.subcommands import Subcommands
from services.desk import FrontDesk


def register(app: AsyncApp, desk: FrontDesk, subcommands: Subcommands) -> None:
    """What a subcommand answers is for the person alone."""

    @app.command(ids.COMMAND)
    async def raygen(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        ask = requests.command(body)
        if order := requests.order(ask, subcommands.names):
            message = await subcommands.answer(order)
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
            return
        await desk.ask(ask)
        await ack()
