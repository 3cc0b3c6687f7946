"""Slack waits for three seconds: what takes longer is acknowledged, and goes on with nobody waiting for it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks.mrkdwn import spoken
from handlers.messaging.courier import Courier
from handlers.payloads import parse
from handlers.payloads.parse import Click
from services.observability.incidents import sentence

PATIENCE = 2.0
_LOOK = 0.2

T = TypeVar("T")

Kept = Callable[[], Awaitable[bool]]
"""Whether what has been decided outlives this process."""
KeptBy = Callable[[Click], Kept]
Work = Callable[[Click, AsyncWebClient], Coroutine[Any, Any, None]]
"""What a press of a button sets going."""


async def in_time(
    work: Coroutine[Any, Any, T],
    courier: Courier,
    later: Callable[[asyncio.Task[T]], Coroutine[Any, Any, None]],
    kept: Kept | None = None,
) -> T | None:
    """What comes of some work, or None where that takes longer than Slack waits: then `later` is given the rest of it.

    Work with `kept` is waited for until that is so: what Slack takes for done must not get lost.
    """
    doing = asyncio.create_task(work)
    await asyncio.wait({doing}, timeout=PATIENCE)
    while not doing.done() and kept is not None and not await kept():
        await asyncio.wait({doing}, timeout=_LOOK)
    if doing.done():
        return doing.result()
    courier.in_background(later(doing))
    return None


def on_press(work: Work, courier: Courier, kept: KeptBy | None = None) -> Callable[..., Awaitable[None]]:
    """A listener that does what a button is for; an error is raised in time for Slack, or told to the person who pressed it."""

    async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = parse.click(body)

        async def tell(doing: asyncio.Task[None]) -> None:
            try:
                await doing
            except Exception as error:  # noqa: BLE001  # as in a listener, whatever it is becomes a sentence
                await courier.try_to_tell(click.channel, click.user, spoken(sentence(error)), click.thread_ts)

        await in_time(work(click, client), courier, tell, kept(click) if kept else None)
        await ack()

    return listener
