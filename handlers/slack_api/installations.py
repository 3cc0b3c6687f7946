"""Several workspaces, each with its own token: the stores behind Bolt's OAuth, and a client that takes the right token."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_sdk.errors import SlackApiError, SlackTokenRotationError
from slack_sdk.oauth.installation_store import Bot, Installation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.oauth.token_rotation.async_rotator import AsyncTokenRotator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from handlers.slack_api.errors import code_of
from handlers.slack_api.ports import InstallationRecords, StateRecords
from services.domain import current_workspace
from services.domain.errors import RaygenError

_log = logging.getLogger(__name__)

_RENEWED_BEFORE = 120
"""Minutes before its end in which a token is renewed."""
_AGAIN = 60.0
"""Seconds after a renewal that failed in which the next is not tried, as long as the token is good."""
_PAUSES = (0.05, 0.1, 0.2, 0.5, 1.0, 2.0)
# What Slack says of a token that is of no use any more.
_LOST = {
    "account_inactive",
    "invalid_auth",
    "invalid_refresh_token",
    "not_authed",
    "token_expired",
    "token_revoked",
}

_Forget = Callable[[str], Awaitable[None]]


class NotInstalled(RaygenError):
    """raygen is no longer installed in this workspace. A workspace administrator can install it again."""


class Unsure(Exception):
    """Whose request it is can't be found out right now; one that is acknowledged would never come again.

    Bolt acknowledges it after an error of Slack's own client.
    """


class SlackInstallations(AsyncInstallationStore):
    """Bolt's store over raygen's own tables; raygen has no scopes of users, so there is one token for each workspace."""

    def __init__(self, records: InstallationRecords) -> None:
        self._records = records

    @property
    def logger(self) -> logging.Logger:
        return _log

    async def async_save(self, installation: Installation) -> None:
        await self.async_save_bot(installation.to_bot())

    async def async_save_bot(self, bot: Bot) -> None:
        await self._records.put(_place(bot.enterprise_id, bot.team_id), bot.installed_at, _body(bot))

    async def renewed(self, old: Bot, fresh: Bot) -> bool:
        """Keep a renewed token; False where raygen was taken out or installed again meanwhile, which stays so."""
        place = _place(old.enterprise_id, old.team_id)
        return await self._records.replace(place, {"bot_token": old.bot_token}, _body(fresh))

    async def async_find_bot(
        self, *, enterprise_id: str | None, team_id: str | None, is_enterprise_install: bool | None = False
    ) -> Bot | None:
        """By what Slack says of a request, or, for what raygen does by itself (None), by what it said before."""
        if is_enterprise_install or not team_id:
            places = [enterprise_id or ""]
        else:
            places = [team_id, await self._records.organization(team_id)]
            places = places if is_enterprise_install is False else places[::-1]
        for place in filter(None, places):
            if found := await self._records.find(place):
                return Bot(**found)
        return None

    async def async_delete_bot(self, *, enterprise_id: str | None, team_id: str | None) -> None:
        await self._records.drop(_place(enterprise_id, team_id))

    async def async_delete_installation(
        self, *, enterprise_id: str | None, team_id: str | None, user_id: str | None = None
    ) -> None:
        """There are no tokens of users."""

    async def joined(self, team: str, organization: str) -> None:
        """Slack has named a workspace that goes by its organization's installation."""
        await self._records.join(team, organization)

    async def gone(self, place: str, when: float, forget: _Forget) -> None:
        """Forget what a workspace or an organization had installed by then (POSIX seconds); `forget` takes whose records go.

        None do where it has been installed again since, or where the organization's goes on in a workspace.
        """
        if await self._records.drop(place, when):
            for team in [place, *await self._records.members(place)]:
                await self._left(team, place, forget)

    async def parted(self, team: str, forget: _Forget) -> None:
        """The organization has taken raygen out of this workspace, whose records go with it."""
        if organization := await self._records.organization(team):
            await self._left(team, organization, forget)

    async def _left(self, team: str, place: str, forget: _Forget) -> None:
        """The way to this workspace by `place` is gone; it is parted last, since it is found by that if this is repeated."""
        if not await self._records.reaches(team, without=place):
            await forget(team)
        if await self._records.organization(team) == place:
            await self._records.part(team)


class SlackStates(AsyncOAuthStateStore):
    """Bolt's store of states over raygen's own table."""

    def __init__(self, records: StateRecords) -> None:
        self._records = records

    @property
    def logger(self) -> logging.Logger:
        return _log

    async def async_issue(self, *args: Any, **kwargs: Any) -> str:
        del args, kwargs
        return await self._records.issue()

    async def async_consume(self, state: str) -> bool:
        return await self._records.consume(state)


class Workspaces(AsyncAuthorize):
    """Knows each workspace's token, renewed before it ends: for what Slack sends, and for what raygen says by itself.

    A refresh token is good once, so that one installation's are never used by two at a time here; where another replica
    was first, its tokens are in the store, or soon will be. A token that has not ended is good whatever became of its
    renewal, and nobody waits for one that is under way or has just failed.
    """

    def __init__(
        self, installations: SlackInstallations, client: AsyncWebClient, client_id: str, client_secret: str
    ) -> None:
        self._installations = installations
        self._rotator = AsyncTokenRotator(client_id=client_id, client_secret=client_secret, client=client)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._not_before: dict[str, float] = {}

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        **more: Any,
    ) -> AuthorizeResult | None:
        """As Bolt asks; None where raygen is not installed. Raises Unsure, so that Slack sends it again."""
        del user_id, more
        try:
            bot = await self._fresh(enterprise_id, team_id, whole=context.is_enterprise_install)
            answer = await context.client.auth_test(token=bot.bot_token)
        except Exception as error:
            place = team_id or enterprise_id
            if isinstance(error, NotInstalled) or _is_lost(error):
                _log.info("a request of %s is not taken: %s", place, error)
                return None
            _log.warning("can't find out right now whose request one of %s is: %s", place, error)
            raise Unsure from error
        return AuthorizeResult.from_auth_test_response(
            auth_test_response=answer, bot_token=bot.bot_token, bot_scopes=bot.bot_scopes
        )

    async def token(self, team: str) -> str:
        """A token that is good for a while. Raises NotInstalled, and what Slack's client does if it can't be renewed now."""
        return (await self._fresh(team, None if team.startswith("E") else team, whole=None)).bot_token

    async def _fresh(self, enterprise: str | None, team: str | None, *, whole: bool | None) -> Bot:
        async def find() -> Bot:
            bot = await self._installations.async_find_bot(
                enterprise_id=enterprise, team_id=team, is_enterprise_install=whole
            )
            if bot is None:
                raise NotInstalled
            return bot

        bot = await find()
        if _lasts(bot, _RENEWED_BEFORE * 60):
            return bot
        place = _place(bot.enterprise_id, bot.team_id)
        turn, waits = self._turns[place], time.monotonic() < self._not_before.get(place, 0.0)
        if _lasts(bot) and (turn.locked() or waits):
            return bot
        async with turn:
            return await self._renewed(await find(), find)

    async def _renewed(self, bot: Bot, find: Callable[[], Awaitable[Bot]]) -> Bot:
        trouble: Exception
        try:
            fresh = await self._rotator.perform_bot_token_rotation(
                bot=bot, minutes_before_expiration=_RENEWED_BEFORE
            )
        except SlackTokenRotationError as error:
            trouble = error.api_error
        except (ClientError, OSError, TimeoutError) as error:
            trouble = error
        else:
            if fresh is None or await self._installations.renewed(bot, fresh):
                return fresh or bot
            return await find()
        place = _place(bot.enterprise_id, bot.team_id)
        self._not_before[place] = time.monotonic() + _AGAIN
        _log.warning("the token of %s could not be renewed: %s", place, trouble)
        if _lasts(bot):
            return bot
        # Another replica may have been first, and not have saved yet what it got.
        for pause in _PAUSES:
            now = await find()
            if now.bot_token != bot.bot_token:
                return now
            await asyncio.sleep(pause)
        if _is_lost(trouble):
            raise NotInstalled from None
        raise trouble


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
        return await self._tokens(current_workspace.current())


async def token_of(client: AsyncWebClient) -> str:
    """The token that a client would use right now."""
    return await client.token_at_hand() if isinstance(client, WorkspaceClient) else client.token or ""


def _body(bot: Bot) -> dict[str, Any]:
    names = (
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
    return {name: getattr(bot, name) for name in names}


def _place(enterprise: str | None, team: str | None) -> str:
    """What an installation goes by: its workspace, or its organization where it is one of the whole."""
    return team or enterprise or ""


def _is_lost(error: Exception) -> bool:
    return isinstance(error, SlackApiError) and code_of(error) in _LOST


def _lasts(bot: Bot, seconds: float = 0.0) -> bool:
    """Whether a token is good for so long."""
    return bot.bot_token_expires_at is None or bot.bot_token_expires_at > time.time() + seconds
