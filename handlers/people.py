"""What Slack says of its users, asked once in a while."""

from __future__ import annotations

import time
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from services.approvals import Person

_FRESH = 300.0


class People:
    """Looks users up by ID; answers are kept for five minutes."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: dict[str, tuple[float, Person]] = {}

    async def look_up(self, user: str) -> Person:
        """Raises SlackApiError when Slack does not know the user."""
        known = self._known.get(user)
        if known and time.monotonic() - known[0] < _FRESH:
            return known[1]
        answer = await self._client.users_info(user=user)
        person = _person(answer["user"] or {"id": user})
        self._known[user] = (time.monotonic(), person)
        return person

    async def name(self, user: str) -> str:
        """What a user is called; the ID where Slack can't say."""
        try:
            return (await self.look_up(user)).name
        except (SlackApiError, OSError, TimeoutError):
            return user


def _person(user: dict[str, Any]) -> Person:
    return Person(
        id=str(user["id"]),
        name=str(user.get("real_name") or user.get("name") or user["id"]),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        bot=bool(user.get("is_bot")),
        foreign=bool(user.get("is_stranger")),
    )
