"""The Socket Mode connection to Slack, kept alive for as long as the bot runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient


@asynccontextmanager
async def open_connection(
    app: AsyncApp, app_token: str, *, ping_interval: float = 5.0
) -> AsyncGenerator[SocketModeClient]:
    """Deliver Slack's envelopes to `app`; a lost connection is opened again within a few `ping_interval` (seconds).

    Raises SlackApiError when Slack refuses `app_token`.
    """
    handler = AsyncSocketModeHandler(app, app_token, ping_interval=ping_interval)
    renewal = asyncio.create_task(_renew_tickets(handler.client, ping_interval))
    try:
        handler.client.wss_uri = await handler.client.issue_new_wss_url()
        await handler.connect_async()
        yield handler.client
    finally:
        renewal.cancel()
        with suppress(OSError):
            await handler.close_async()


async def _renew_tickets(client: SocketModeClient, interval: float) -> None:
    """A connection address is good once and for a short time, but the SDK tries a refused one forever."""
    while True:
        await asyncio.sleep(interval * 2)
        if not await client.is_connected():
            client.wss_uri = None
