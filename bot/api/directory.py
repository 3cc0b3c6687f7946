"""Who somebody is: a holder of an API token, or a person in Slack."""

from __future__ import annotations

from bot.api.tokens import PREFIX, Tokens
from handlers.slack_api.directory import SlackDirectory
from services.approvals import Person


class CombinedDirectory:
    """Looks up holders of tokens here, and everybody else in Slack."""

    def __init__(self, tokens: Tokens, slack: SlackDirectory | None) -> None:
        self._tokens = tokens
        self._slack = slack

    async def look_up(self, user: str) -> Person:
        """Raises DirectoryUnavailable when Slack can't be asked right now."""
        if self._slack is None or user.startswith(PREFIX):
            return self._tokens.person(user)
        return await self._slack.look_up(user)

    async def teams(self, user: str) -> frozenset[str]:
        """The workspaces that somebody is a member of; none without Slack."""
        return (await self.look_up(user)).teams

    async def group(self, group: str) -> frozenset[str]:
        """The people of a Slack user group; none without Slack."""
        return await self._slack.group(group) if self._slack else frozenset()

    async def is_in(self, user: str, channel: str) -> bool:
        """Whether somebody is a member of a channel; holders of tokens are in none."""
        return self._slack is not None and await self._slack.is_in(user, channel)

    async def name(self, user: str) -> str:
        if self._slack is None or user.startswith(PREFIX):
            return user.removeprefix(PREFIX)
        return await self._slack.name(user)
