"""The home tab: what raygen is, and what it did for the person who looks."""

from __future__ import annotations

import asyncio
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from handlers.blocks import home as home_blocks
from handlers.blocks import settings
from services.desk import FrontDesk
from services.targets import Targets


def register(app: AsyncApp, desk: FrontDesk, targets: Targets) -> None:
    @app.event("app_home_opened")
    async def opened(event: dict[str, Any], client: AsyncWebClient) -> None:  # pyright: ignore[reportUnusedFunction]
        if event.get("tab") == "home":
            user = str(event["user"])
            tasks, found, preference = await asyncio.gather(
                desk.store.tasks.of_user(user), targets.look(), desk.preference(user)
            )
            own = settings.menus(preference, [place.name for place in targets.open_to(user)])
            await client.views_publish(user_id=user, view=home_blocks.home(tasks, found, user, own))
