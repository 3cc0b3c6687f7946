"""Changes as they happen, as server-sent events."""

import asyncio
import json

from aiohttp import web

from bot.playground.slack.play.client import SlackClient
from bot.playground.slack.state.feed import Change

HEARTBEAT = 15.0


async def events(client: SlackClient, request: web.Request) -> web.StreamResponse:
    """Every change as a server-sent event `{type, …}` with its full new value, and an ID to resume from.

    Types: message, changed, deleted, ephemeral, view, view_closed, home, reaction, status, connection, ready.
    `reset` means: too much was missed, read everything again. Resumes by `Last-Event-ID` or `?last_event_id=`.
    """
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    await response.prepare(request)
    last_id = request.headers.get("Last-Event-ID") or request.query.get("last_event_id")
    with client.state.feed.listen() as queue:
        await response.write(b": listening\nretry: 1000\n\n")
        for change in client.state.feed.missed(last_id):
            await response.write(frame(change))
        while True:
            try:
                change = await asyncio.wait_for(queue.get(), HEARTBEAT)
            except TimeoutError:
                await response.write(b": still here\n\n")
                continue
            if change.value["type"] == "closing":
                return response
            await response.write(frame(change))


def frame(change: Change) -> bytes:
    return f"id: {change.id}\ndata: {json.dumps(change.value)}\n\n".encode()
