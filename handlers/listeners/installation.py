"""Where work comes from, and what happens when a workspace or an organization takes raygen away."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.payloads import parse
from handlers.slack_api.installations import SlackInstallations
from services.domain import current_workspace
from services.usecases.requests import RequestActions

_log = logging.getLogger(__name__)
# News of these tell of a workspace that may have just gone.
_ENDS = {"app_uninstalled", "tokens_revoked", "team_access_revoked"}


def register(app: AsyncApp, requests: RequestActions, installations: SlackInstallations | None) -> None:
    """Without `installations` there is one workspace by tokens, whose records stay: they are its owner's own."""
    news = _News(requests, installations)
    app.middleware(news.enter)
    app.event("app_uninstalled")(news.gone)
    app.event("tokens_revoked")(news.revoked)
    app.event("team_access_granted")(news.granted)
    app.event("team_access_revoked")(news.withdrawn)


@dataclass(frozen=True, slots=True)
class _News:
    """Listeners, and what goes before all of them."""

    requests: RequestActions
    installations: SlackInstallations | None

    async def enter(
        self,
        body: dict[str, Any],
        context: AsyncBoltContext,
        next: Callable[[], Awaitable[None]],  # noqa: A002  # Bolt's name
    ) -> None:
        """Say which workspace the work is for."""
        team, organization = parse.team_of(body) or context.team_id or "", context.enterprise_id or ""
        ends = str((body.get("event") or {}).get("type")) in _ENDS
        if self.installations and context.is_enterprise_install and team and organization and not ends:
            await self.installations.joined(team, organization)
        # Of what an organization's installation is sent, Bolt knows none.
        context["team_id"] = team or None
        current_workspace.enter(team or organization)
        await next()

    async def gone(self, body: dict[str, Any], context: AsyncBoltContext) -> None:
        whole = context.enterprise_id if context.is_enterprise_install else None
        place = whole or context.team_id or context.enterprise_id or ""
        when = _when(body)
        if self.installations is None:
            _log.warning("raygen was taken out of %s", place)
            return
        # The order of events within one second is unknown; a new installation takes longer than that.
        await self.installations.gone(place, when + 1, self._forget(when))

    async def revoked(self, event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await self.gone(body, context)

    async def granted(self, event: dict[str, Any], context: AsyncBoltContext) -> None:
        """An organization lets raygen into some more of its workspaces."""
        if self.installations and context.enterprise_id:
            for team in _teams(event):
                await self.installations.joined(team, context.enterprise_id)

    async def withdrawn(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """An organization keeps raygen, and takes it out of some of its workspaces."""
        if self.installations is not None:
            for team in _teams(event):
                await self.installations.parted(team, self._forget(_when(body)))

    def _forget(self, when: float) -> Callable[[str], Awaitable[None]]:
        return lambda team: self.requests.forget(team, when)


def _teams(event: dict[str, Any]) -> list[str]:
    return [str(team) for team in event.get("team_ids") or ()]


def _when(body: dict[str, Any]) -> float:
    return float(body.get("event_time") or 0)
