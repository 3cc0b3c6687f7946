"""The `/raygen` slash command."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from handlers import ids, requests
from handlers.blocks import help as help_blocks
from services.desk import FrontDesk


def register(app: AsyncApp, desk: FrontDesk) -> None:
    @app.command(ids.COMMAND)
    async def raygen(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        ask = requests.command(body)
        if ask.prompt.strip().lower() in {"", "help"}:
            message = help_blocks.usage()
            await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
            return
        await desk.ask(ask)
        await ack()
