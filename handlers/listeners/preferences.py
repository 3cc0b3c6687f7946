"""Votes on answers, and people's own settings, each saved by one click."""

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
from services.usecases.preferences import PreferenceActions

Choice = Callable[[Click], Awaitable[str]]
"""Saves what was chosen, and returns the sentence for the person who chose it."""
_THANKS = {
    True: "Thanks for the feedback.",
    False: "Thanks for the feedback. Reply in this thread to say what should be different.",
}


def register(app: AsyncApp, own: PreferenceActions, courier: Courier, home: Home) -> None:
    """The answer goes to the person alone; the home tab is refreshed instead."""

    async def vote(click: Click) -> str:
        helpful, subject = action_ids.split_vote(click.value)
        await own.vote(subject, click.user, helpful=helpful)
        return _THANKS[helpful]

    async def target(click: Click) -> str:
        name = _named(click)
        await own.choose(click.user, target=name)
        where = f"on {literal(name, 100)}" if name else "on the first target available to you"
        return f"Saved. Your new programs run {where}."

    async def model(click: Click) -> str:
        name = _named(click)
        await own.choose(click.user, model=name)
        chosen = literal(name, 100) if name else "the default models"
        return f"Saved. Your requests use {chosen}."

    async def news(click: Click) -> str:
        chosen = await own.choose(click.user, direct=click.value == DIRECT)
        where = "in the thread and by direct message" if chosen.direct else "in the thread"
        return f"Saved. You'll be notified {where} when a run finishes."

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
