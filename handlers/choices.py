"""Votes on answers, and people's own settings: what is chosen by one press, and kept."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers import ids, requests
from handlers.blocks.settings import DIRECT, FIRST
from handlers.delivery import Courier
from handlers.escape import literal
from handlers.home import Home
from handlers.requests import Click
from services.desk import FrontDesk

_THANKS = {
    True: "Thank you, noted as helpful.",
    False: "Thank you, noted as not helpful; tell me in this thread what should be different.",
}


def register(app: AsyncApp, desk: FrontDesk, courier: Courier, home: Home) -> None:
    """What is noted is said to the person alone; the home tab shows it by itself."""

    async def say(click: Click, text: str) -> None:
        if click.channel:
            await courier.whisper(click.channel, click.user, text, click.thread_ts)

    @app.action(ids.FEEDBACK)
    async def vote(ack: AsyncAck, body: dict[str, Any]) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        helpful, subject = ids.split_vote(click.value)
        await desk.vote(subject, click.user, helpful=helpful)
        await say(click, _THANKS[helpful])
        await ack()

    @app.action(ids.SETTING_TARGET)
    async def target(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        name = "" if click.value == FIRST else click.value
        async with home.fresh(click, client):
            await desk.prefer(click.user, target=name)
        where = f"on {literal(name, 100)}" if name else "on the first target that is open to you"
        await say(click, f"Noted: new programs of yours run {where}.")
        await ack()

    @app.action(ids.SETTING_MODEL)
    async def model(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        name = "" if click.value == FIRST else click.value
        async with home.fresh(click, client):
            await desk.prefer(click.user, model=name)
        whom = literal(name, 100) if name else "the usual models"
        await say(click, f"Noted: what you ask for is written and answered by {whom}.")
        await ack()

    @app.action(ids.SETTING_NEWS)
    async def news(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        click = requests.click(body)
        async with home.fresh(click, client):
            chosen = await desk.prefer(click.user, direct=click.value == DIRECT)
        where = "in its thread and in a direct message" if chosen.direct else "in its thread"
        await say(click, f"Noted: you hear of a run's end {where}.")
        await ack()
