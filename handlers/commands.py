"""The `/raygen` slash command."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from handlers import ids, requests
from handlers.blocks import help as help_blocks
from handlers.blocks import targets as target_blocks
from services.desk import FrontDesk
from services.targets import Targets


def register(app: AsyncApp, desk: FrontDesk, targets: Targets) -> None:
    @app.command(ids.COMMAND)
    async def raygen(ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        ask = requests.command(body)
        match ask.prompt.strip().lower():
            case "" | "help":
                message = help_blocks.usage()
                await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
            case "targets":
                await ack()
                message = target_blocks.targets(await targets.look(), ask.user)
                await respond(text=message.text, blocks=message.blocks, response_type="ephemeral")
            case _:
                await desk.ask(ask)
                await ack()
