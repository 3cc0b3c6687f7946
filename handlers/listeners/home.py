"""The home tab: what waits for a person's approval, their requests, the targets and their settings."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Iterable
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import home as home_blocks
from handlers.blocks import settings
from handlers.blocks.targets import Found
from handlers.messaging.courier import Courier
from handlers.payloads.parse import Click
from handlers.slack_api.errors import TROUBLE
from services.domain.errors import DirectoryUnavailable
from services.domain.summaries import RequestSummary
from services.proposals.cards import ProposalCard
from services.targets.targets import Targets
from services.usecases import UseCases

_log = logging.getLogger(__name__)


class Home:
    """Publishes people's home tabs: when they are opened, and after each click in them."""

    def __init__(self, *, use_cases: UseCases, courier: Courier, targets: Targets) -> None:
        self._use_cases = use_cases
        self._courier = courier
        self._targets = targets
        self._found: Found = ()

    async def publish(self, client: AsyncWebClient, user: str) -> None:
        """Show a person their home tab as things are now."""
        self._found = await self._targets.look()
        await client.views_publish(user_id=user, view=home_blocks.home(await self._tab(user)))

    @asynccontextmanager
    async def fresh(self, click: Click, client: AsyncWebClient) -> AsyncGenerator[None]:
        """After a click in a home tab, whatever came of it, the tab shows how things are then.

        The targets are as they were when a tab was last opened: a click is not kept waiting for clusters.
        """
        try:
            yield
        finally:
            if click.home:
                await self._refresh(client, click.user)

    async def _refresh(self, client: AsyncWebClient, user: str) -> None:
        try:
            await client.views_publish(user_id=user, view=home_blocks.home(await self._tab(user)))
        except (*TROUBLE, DirectoryUnavailable) as error:
            _log.info("a home tab was not refreshed: %s", error)

    async def _tab(self, user: str) -> home_blocks.Tab:
        (waiting, more), entries, preference = await asyncio.gather(
            self._use_cases.inbox.of(user),
            self._use_cases.history.overview(user),
            self._use_cases.preferences.of(user),
        )
        sessions = {each.session_id: each for each in entries}
        cards, threads = await asyncio.gather(
            _named((each.card.proposal.id, self._card(each.card)) for each in waiting),
            _named((name, self._thread(each)) for name, each in sessions.items()),
        )
        names = [place.name for place in self._targets.open_to(user)]
        own = settings.menus(preference, names, self._use_cases.preferences.models)
        return home_blocks.Tab(user, waiting, more, cards, entries, threads, self._found, own)

    async def _card(self, card: ProposalCard) -> str:
        ts = await self._courier.known(f"{card.task.id}:card")
        return await self._courier.link(card.session.channel, ts or card.session.thread_ts)

    async def _thread(self, entry: RequestSummary) -> str:
        return await self._courier.link(entry.channel, entry.thread_ts)


def register(app: AsyncApp, home: Home) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        if event.get("tab") == "home":
            await home.publish(client, str(event["user"]))


async def _named(links: Iterable[tuple[str, Awaitable[str]]]) -> dict[str, str]:
    """What each name leads to, all asked for at once."""
    listed = list(links)
    return dict(
        zip((name for name, _ in listed), await asyncio.gather(*(link for _, link in listed)), strict=True)
    )
