"""Where work comes from, and what happens when a workspace takes raygen away."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from handlers.workspaces import SlackInstallations
from services import workspace
from services.desk import FrontDesk

_log = logging.getLogger(__name__)


def register(app: AsyncApp, desk: FrontDesk, installations: SlackInstallations | None) -> None:
    """Without `installations` there is one workspace by tokens, whose records stay: they are its owner's own."""

    async def gone(body: dict[str, Any], context: AsyncBoltContext) -> None:
        team, when = context.team_id or context.enterprise_id or "", float(body.get("event_time") or 0)
        if installations is None:
            _log.warning("raygen was taken out of the workspace %s", team)
        # Of its last second it can't be said which was first; whoever installs it again needs longer.
        elif await installations.gone(context.enterprise_id, context.team_id, when + 1):
            await desk.forget(team, when)

    async def revoked(event: dict[str, Any], body: dict[str, Any], context: AsyncBoltContext) -> None:
        if (event.get("tokens") or {}).get("bot"):
            await gone(body, context)

    app.middleware(_enter)
    app.event("app_uninstalled")(gone)
    app.event("tokens_revoked")(revoked)


async def _enter(context: AsyncBoltContext, next: Callable[[], Awaitable[None]]) -> None:  # noqa: A002  # Bolt's name
    workspace.enter(context.team_id or context.enterprise_id or "")
    await next()
