"""A request as Server-Sent Events: `progress` and `run` as it goes, then `result` or `error`, which is the last.

A client that disconnects ends its stream and nothing else: the work goes on without it.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Awaitable, Callable

from pydantic import BaseModel

from bot.api.errors import problem
from bot.api.service import ApiService
from bot.api.tokens import Holder

MEDIA_TYPE = "text/event-stream"
# How long an end that was not reported may go unnoticed: it can have come in another replica.
_LOOK = 0.3
# Proxies give up on connections that say nothing for longer.
_SILENCE = 15.0


async def events(
    service: ApiService, holder: Holder, task_id: str, session_id: str, begin: Callable[[], Awaitable[None]]
) -> AsyncGenerator[bytes]:
    """Begin the work, and tell of it until its end."""
    with service.feeds.follow(task_id) as feed:
        try:
            await begin()
            spoke = time.monotonic()
            while not (answer := await service.answer(task_id, session_id)).done:
                news = await feed.news(_LOOK)
                for name, body in news.items():
                    yield event(name, body)
                if news:
                    spoke = time.monotonic()
                elif time.monotonic() - spoke > _SILENCE:
                    yield b": still working\n\n"
                    spoke = time.monotonic()
            for name, body in (await feed.news(0)).items():
                yield event(name, body)
            yield event("result", await service.hand_over(holder, answer))
        except Exception as error:  # noqa: BLE001  # the stream's edge: its status has been sent, so the error is an event
            yield event("error", problem(error)[1])


def event(name: str, body: BaseModel) -> bytes:
    """JSON has no line ends of its own, so `data` is one line."""
    return f"event: {name}\ndata: {body.model_dump_json()}\n\n".encode()
