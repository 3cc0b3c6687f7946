"""What Slack says of its users, asked once in a while."""

from __future__ import annotations

import logging
import time
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from handlers.slack_api.errors import TROUBLE, code_of
from services.approvals import Person
from services.domain import current_workspace
from services.domain.errors import DirectoryUnavailable

_log = logging.getLogger(__name__)

_FRESH = 300.0
# Somebody who has left a channel, or was removed from it, stops seeing its runs this soon.
_FRESH_MEMBERS = 30.0
_FRESH_GROUP = 60.0
_UNKNOWN = {"user_not_found", "user_not_visible", "users_not_found"}
_NO_GROUP = {"missing_scope", "no_such_subteam", "plan_upgrade_required"}
_UNSEEN = {"channel_not_found", "not_in_channel", "fetch_members_failed", "missing_scope", "is_archived"}

# A workspace, and what is asked for in it.
_Key = tuple[str, str]


class SlackDirectory:
    """Looks users up by ID, in the workspace of the work at hand; answers are kept for five minutes."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client
        self._known: dict[_Key, tuple[float, Person]] = {}
        self._members: dict[_Key, tuple[float, frozenset[str]]] = {}
        self._groups: dict[_Key, tuple[float, frozenset[str]]] = {}
        self._teams: dict[_Key, str] = {}
        self._homes: dict[str, tuple[str, str]] = {}

    async def look_up(self, user: str) -> Person:
        """A user whom Slack does not know, or does not show us, counts as gone. Raises DirectoryUnavailable."""
        known = self._known.get(_key(user))
        if known and time.monotonic() - known[0] < _FRESH:
            return known[1]
        try:
            answer = await self._client.users_info(user=user)
            home = await self._our_home()
        except TROUBLE as error:
            if isinstance(error, SlackApiError) and code_of(error) in _UNKNOWN:
                return Person(user, user, gone=True)
            raise _away("users.info", error) from error
        person = _person(answer["user"] or {"id": user}, *home)
        self._known[_key(user)] = (time.monotonic(), person)
        self._teams[_key(user)] = str((answer["user"] or {}).get("team_id") or "")
        return person

    async def name(self, user: str) -> str:
        """What a user is called; the ID where Slack can't say."""
        try:
            return (await self.look_up(user)).name
        except DirectoryUnavailable:
            return user

    async def home(self, user: str) -> str:
        """The workspace (ID) that a user is of; empty where Slack can't say."""
        try:
            await self.look_up(user)
        except DirectoryUnavailable:
            return ""
        return self._teams.get(_key(user), "")

    async def is_in(self, user: str, channel: str) -> bool:
        """Whether a user is a member of a channel; False too where Slack doesn't show us its members.

        Raises DirectoryUnavailable when Slack can't be asked right now.
        """
        known = self._members.get(_key(channel))
        if known is None or time.monotonic() - known[0] > _FRESH_MEMBERS:
            known = self._members[_key(channel)] = (time.monotonic(), await self._members_of(channel))
        return user in known[1]

    async def group(self, group: str) -> frozenset[str]:
        """The users of a user group; none where we may not see it, or where it is gone. Raises DirectoryUnavailable."""
        known = self._groups.get(_key(group))
        if known is None or time.monotonic() - known[0] > _FRESH_GROUP:
            known = self._groups[_key(group)] = (time.monotonic(), await self._users_of(group))
        return known[1]

    async def _users_of(self, group: str) -> frozenset[str]:
        try:
            answer = await self._client.usergroups_users_list(
                usergroup=group, team_id=current_workspace.current() or None
            )
        except TROUBLE as error:
            if not (isinstance(error, SlackApiError) and code_of(error) in _NO_GROUP):
                raise _away("usergroups.users.list", error) from error
            _log.warning("the user group %s can't be read: %s", group, code_of(error))
            return frozenset()
        return frozenset(str(user) for user in answer.get("users") or ())

    async def _our_home(self) -> tuple[str, str]:
        """Our workspace and the organization that it belongs to, which is empty where there is none."""
        at_hand = current_workspace.current()
        if at_hand not in self._homes:
            answer = await self._client.auth_test()
            # An organization's token is of none of its workspaces.
            own = at_hand if answer.get("is_enterprise_install") else ""
            team, enterprise = own or answer.get("team_id") or "", answer.get("enterprise_id") or ""
            self._homes[at_hand] = str(team), str(enterprise)
        return self._homes[at_hand]

    async def _members_of(self, channel: str) -> frozenset[str]:
        found: set[str] = set()
        cursor = ""
        while True:
            try:
                page = await self._client.conversations_members(
                    channel=channel, limit=1000, cursor=cursor or None
                )
            except TROUBLE as error:
                if isinstance(error, SlackApiError) and code_of(error) in _UNSEEN:
                    return frozenset()
                raise _away("conversations.members", error) from error
            found.update(str(user) for user in page.get("members") or ())
            cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return frozenset(found)


def _away(method: str, error: Exception) -> DirectoryUnavailable:
    """What everybody who asks has to expect; why it is so stands in the log."""
    code = code_of(error) if isinstance(error, SlackApiError) else type(error).__name__
    _log.warning("%s can't be asked: %s", method, code)
    return DirectoryUnavailable()


def _key(name: str) -> _Key:
    return current_workspace.current(), name


def _person(user: dict[str, Any], team: str, enterprise: str) -> Person:
    member: dict[str, Any] = user.get("enterprise_user") or {}
    of_enterprise = str(member.get("enterprise_id") or "")
    of_organization = map(str, member.get("teams") or ())
    colleague = bool(enterprise) and of_enterprise == enterprise
    elsewhere = str(user.get("team_id") or team) != team and not colleague
    return Person(
        id=str(user["id"]),
        name=str(user.get("real_name") or user.get("name") or user["id"]),
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        bot=bool(user.get("is_bot")),
        foreign=bool(user.get("is_stranger")) or elsewhere,
        gone=bool(user.get("deleted")),
        teams=frozenset(filter(None, (str(user.get("team_id") or ""), *of_organization))),
    )
