"""Votes on answers, and people's own settings: what is chosen by one press, and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import literal
from handlers.blocks.settings import DIRECT, FIRST
from handlers.listeners.ack import on_press
from handlers.listeners.home import Home
from handlers.messaging.courier import Courier
from handlers.payloads.parse import Click
from services.usecases.requests import FrontDesk

Choice = Callable[[Click], Awaitable[str]]
"""Notes what was chosen, and gives the sentence for whoever chose it."""
_THANKS = {
    True: "Thank you, noted as helpful.",
    False: "Thank you, noted as not helpful; tell me in this thread what should be different.",
}


def register(app: AsyncApp, desk: FrontDesk, courier: Courier, home: Home) -> None:
    """What is noted is said to the person alone; the home tab shows it by itself."""

    async def vote(click: Click) -> str:
        helpful, subject = action_ids.split_vote(click.value)
        await desk.vote(subject, click.user, helpful=helpful)
        return _THANKS[helpful]

    async def target(click: Click) -> str:
        name = _named(click)
        await desk.prefer(click.user, target=name)
        where = f"on {literal(name, 100)}" if name else "on the first target that is open to you"
        return f"Noted: new programs of yours run {where}."

    async def model(click: Click) -> str:
        name = _named(click)
        await desk.prefer(click.user, model=name)
        whom = literal(name, 100) if name else "the usual models"
        return f"Noted: what you ask for is written and answered by {whom}."

    async def news(click: Click) -> str:
        chosen = await desk.prefer(click.user, direct=click.value == DIRECT)
        where = "in its thread and in a direct message" if chosen.direct else "in its thread"
        return f"Noted: you hear of a run's end {where}."

    choices: dict[str, Choice] = {
        action_ids.FEEDBACK: vote,
        action_ids.SETTING_TARGET: target,
        action_ids.SETTING_MODEL: model,
        action_ids.SETTING_NEWS: news,
    }
    for action_id, choice in choices.items():
        app.action(action_id)(_listener(choice, courier, home))


def _listener(choice: Choice, courier: Courier, home: Home) -> Callable[..., Awaitable[None]]:
    async def noted(click: Click, client: AsyncWebClient) -> None:
        async with home.fresh(click, client):
            said = await choice(click)
        if click.channel:
            await courier.whisper(click.channel, click.user, said, click.thread_ts)

    return on_press(noted, courier)


def _named(click: Click) -> str:
    """The chosen name; empty for what stands before all names."""
    return "" if click.value == FIRST else click.value
