"""Several workspaces, each with its own token: the stores behind Bolt's OAuth, and a client that takes the right token."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncInstallationStoreAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from services import workspace
from services.errors import RaygenError
from services.store.installations import Installations, States

_log = logging.getLogger(__name__)


class NotInstalled(RaygenError):
    """raygen is not installed in this workspace any more; whoever looks after it can install it again."""


class SlackInstallations(AsyncInstallationStore):
    """Bolt's store over raygen's own tables; raygen has no scopes of users, so there is one token for each workspace."""

    def __init__(self, records: Installations) -> None:
        self._records = records

    @property
    def logger(self) -> logging.Logger:
        return _log

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        body = {
            name: getattr(bot, name)
            for name in (
                "app_id",
                "enterprise_id",
                "enterprise_name",
                "team_id",
                "team_name",
                "bot_token",
                "bot_id",
                "bot_user_id",
                "bot_scopes",
                "bot_refresh_token",
                "bot_token_expires_at",
                "is_enterprise_install",
                "installed_at",
            )
        }
        await self._records.put(_place(bot.enterprise_id, bot.team_id), bot.installed_at, body)

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        found = await self._records.find(_place(enterprise_id, None if is_enterprise_install else team_id))
        return Bot(**found) if found else None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._records.drop(_place(enterprise_id, team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """There are no tokens of users."""

    async def gone(self, enterprise_id: str | None, team_id: str | None, when: float) -> bool:
        """Forget what was installed by then (POSIX seconds); False where it has been installed again since."""
        return await self._records.drop(_place(enterprise_id, team_id), when)


class SlackStates(AsyncOAuthStateStore):
    """Bolt's store of states over raygen's own table."""

    def __init__(self, records: States) -> None:
        self._records = records

    @property
    def logger(self) -> logging.Logger:
        return _log

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        del args, kwargs
        return await self._records.issue()

    async def async_consume(self, state: str) -> bool:
        return await self._records.consume(state)


class Workspaces(AsyncInstallationStoreAuthorize):
    """Knows each workspace's token, renewed by Bolt's rotation: for what Slack sends, and for what raygen says by itself.

    A refresh token is good once, so that one workspace's are never used by two at a time here; where another replica was
    first, its tokens are in the store.
    """

    def __init__(
        self, installations: SlackInstallations, client: AsyncWebClient, client_id: str, client_secret: str
    ) -> None:
        super().__init__(
            logger=_log,
            installation_store=installations,
            client_id=client_id,
            client_secret=client_secret,
            client=client,
            bot_only=True,
        )
        self._installations = installations
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def __call__(
        self, *, context: AsyncBoltContext, enterprise_id: str | None, team_id: str | None, **more: Any
    ) -> AuthorizeResult | None:
        """As Bolt asks; None where raygen is not installed."""
        try:
            await self.token(team_id or enterprise_id or "")
        except NotInstalled:
            return None
        return await super().__call__(
            context=context,
            enterprise_id=enterprise_id,
            team_id=team_id,
            user_id=more.pop("user_id", None),
            **more,
        )

    async def token(self, team: str) -> str:
        """A token that is good for a while. Raises NotInstalled."""
        async with self._turns[team]:
            bot = await self._find(team)
            assert self.token_rotator is not None
            try:
                fresh = await self.token_rotator.perform_bot_token_rotation(
                    bot=bot, minutes_before_expiration=self.token_rotation_expiration_minutes or 0
                )
            except SlackTokenRotationError:
                now = await self._find(team)
                if now.bot_token == bot.bot_token:
                    _log.exception("the token of %s could not be renewed", team)
                    raise NotInstalled from None
                return now.bot_token
            if fresh is None:
                return bot.bot_token
            await self._installations.async_save_bot(fresh)
            return fresh.bot_token

    async def _find(self, team: str) -> Bot:
        bot = await self._installations.async_find_bot(
            enterprise_id=team, team_id=team, is_enterprise_install=team.startswith("E")
        )
        if bot is None:
            raise NotInstalled
        return bot


class WorkspaceClient(AsyncWebClient):
    """A client for all workspaces: each call is made with the token of the workspace that the work at hand is for."""

    def __init__(self, tokens: Callable[[str], Awaitable[str]], **more: Any) -> None:
        super().__init__(**more)
        self._tokens = tokens

    async def api_call(self, api_method: str, **more: Any) -> AsyncSlackResponse:
        """As the client's own; without an installation it ends as with a token that Slack does not take any more."""
        try:
            bearer = {"Authorization": f"Bearer {await self.token_at_hand()}"}
        except NotInstalled as error:
            raise SlackApiError(error.public, {"ok": False, "error": "account_inactive"}) from None
        more["headers"] = {**(more.get("headers") or {}), **bearer}
        return await super().api_call(api_method, **more)

    async def token_at_hand(self) -> str:
        """The token of the workspace that the work at hand is for. Raises NotInstalled."""
        return await self._tokens(workspace.current())


async def token_of(client: AsyncWebClient) -> str:
    """The token that a client would use right now."""
    return await client.token_at_hand() if isinstance(client, WorkspaceClient) else client.token or ""


def _place(enterprise: str | None, team: str | None) -> str:
    """What an installation goes by: its workspace, or its organization where it is one of the whole."""
    return team or enterprise or ""
