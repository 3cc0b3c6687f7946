"""Links to runs, shown as short cards where everybody who reads them may see the run."""

from __future__ import annotations

import logging
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import history as blocks
from handlers.messaging.courier import Courier
from handlers.payloads import parse
from handlers.payloads.parse import Shared
from handlers.slack_api.errors import TROUBLE
from services.domain.errors import DirectoryUnavailable
from services.targets.run_links import RunLinks
from services.usecases.history import RunHistory

_log = logging.getLogger(__name__)
_MOST = 5


def register(app: AsyncApp, history: RunHistory, courier: Courier, links: RunLinks) -> None:
    async def cards(shared: Shared) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for url in shared.urls[:_MOST]:
            run = links.run(url)
            entry = await history.shown_in(run, shared.channel, shared.user) if run else None
            if entry is not None:
                thread = await courier.link(entry.channel, entry.thread_ts)
                found[url] = {"blocks": blocks.card(entry, thread)}
        return found

    @app.event("link_shared")
    async def unfurl(event: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        shared = parse.shared(event)
        if shared is None:
            return
        try:
            if found := await cards(shared):
                await client.chat_unfurl(channel=shared.channel, ts=shared.ts, unfurls=found)
        except (*TROUBLE, DirectoryUnavailable) as error:
            _log.info("a link was not shown as a card: %s", error)
