"""Acknowledge within Slack's three seconds; longer work continues in the background."""

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

ACK_TIMEOUT = 2.0
"""Seconds for work before its acknowledgement; Slack waits for three."""
_POLL = 0.2

T = TypeVar("T")

Durable = Callable[[], Awaitable[bool]]
"""Whether the result of some work outlives this process by now."""
DurableOf = Callable[[Click], Durable]
Work = Callable[[Click, AsyncWebClient], Coroutine[Any, Any, None]]
"""What a click starts."""


async def before_ack(
    work: Coroutine[Any, Any, T],
    courier: Courier,
    later: Callable[[asyncio.Task[T]], Coroutine[Any, Any, None]],
    durable: Durable | None = None,
) -> T | None:
    """The result of `work`, or None if it takes longer than Slack waits: `later` then gets the running task.

    With `durable`, wait until it is true: acknowledged work must not get lost.
    """
    doing = asyncio.create_task(work)
    await asyncio.wait({doing}, timeout=ACK_TIMEOUT)
    while not doing.done() and durable is not None and not await durable():
        await asyncio.wait({doing}, timeout=_POLL)
    if doing.done():
        return doing.result()
    courier.in_background(later(doing))
    return None


def on_press(
    work: Work, courier: Courier, durable: DurableOf | None = None
) -> Callable[..., Awaitable[None]]:
    """A listener for a button; an error is raised before the acknowledgement, or shown to the person who clicked."""

    async def listener(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        click = parse.click(body)

        async def tell(doing: asyncio.Task[None]) -> None:
            try:
                await doing
            except Exception as error:  # noqa: BLE001  # as in a listener, whatever it is becomes a sentence
                await courier.try_to_tell(click.channel, click.user, spoken(sentence(error)), click.thread_ts)

        await before_ack(work(click, client), courier, tell, durable(click) if durable else None)
        await ack()

    return listener
