"""What the user-side handlers work with, and the checks they share."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.playground.slack.api import WebApi
from bot.playground.slack.distribution import Apps
from bot.playground.slack.errors import PlayError
from bot.playground.slack.rules import Rules
from bot.playground.slack.socket import Reply, Socket
from bot.playground.slack.state import State
from bot.playground.slack.webhooks import Webhooks
from bot.playground.slack.workspace import SLACKBOT

Json = dict[str, Any]

Readiness = Callable[[], Awaitable[Mapping[str, str]]]
About = Callable[[], Mapping[str, Any]]

NO_CONNECTION = "The bot has not connected yet."


@dataclass(frozen=True, slots=True)
class SlackClient:
    state: State
    rules: Rules
    socket: Socket
    api: WebApi
    webhooks: Webhooks
    readiness: Readiness | None = None
    about: About | None = None
    apps: Apps = field(default_factory=Apps)

    def user(self, identity: str) -> Json:
        found = self.state.people.users.get(identity)
        if found is None or found["is_bot"] or identity == SLACKBOT:
            raise PlayError(404, "user_not_found", f"There is no person {identity!r} in this workspace.")
        return found

    def channel(self, name: str) -> Json:
        if found := self.state.people.find(name):
            return found
        raise PlayError(404, "channel_not_found", f"There is no conversation {name!r}.")

    def joined(self, user: str, name: str) -> Json:
        """A conversation that the user is in."""
        channel = self.channel(name)
        if self.user(user)["id"] not in channel["members"]:
            raise PlayError(403, "not_in_channel", f"{user} is not in {channel['id']}.")
        return channel

    def message(self, channel: str, ts: str) -> Json:
        if found := self.state.messages.find(channel, ts):
            return found
        raise PlayError(404, "message_not_found", f"There is no message {ts} in {channel}.")

    def check_installed(self) -> None:
        """Without the app there are none of its commands, buttons and shortcuts."""
        if not self.apps.installed(self.state.workspace.team):
            raise PlayError(404, "not_installed", "The app is not installed in this workspace.")

    @property
    def whole(self) -> bool:
        """Whether the app is there by an installation of the whole organization."""
        return bool(self.apps.organization(self.state.workspace.team))

    async def missing(self) -> dict[str, str]:
        """The parts that are not ready, each with a sentence for people; empty once all are."""
        missing = dict(await self.readiness()) if self.readiness else {}
        if not self.socket.connections.usable:
            missing["slack"] = NO_CONNECTION
        return missing


def milliseconds(reply: Reply) -> float:
    return round(reply.seconds * 1000, 2)
