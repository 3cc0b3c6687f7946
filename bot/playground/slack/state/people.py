"""Users and conversations: who exists, who is where, and how Slack shows them."""

from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.state.documents import Documents

Json = dict[str, Any]


class People:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        with documents.transaction():
            for user in documents.workspace.users:
                self.users.setdefault(user["id"], documents.put("users", user["id"], dict(user)))
            for channel in documents.workspace.channels:
                if channel["id"] not in self.channels:
                    documents.put("channels", channel["id"], {**channel, "members": [*channel["members"]]})

    @property
    def users(self) -> dict[str, Json]:
        return self._documents.table("users")

    @property
    def channels(self) -> dict[str, Json]:
        return self._documents.table("channels")

    def user(self, identity: str) -> Json:
        if found := self.users.get(identity):
            return found
        raise SlackError("user_not_found")

    def direct(self, user: str) -> Json | None:
        """The conversation between a user and the bot."""
        return next((one for one in self.channels.values() if one.get("user") == user), None)

    def find(self, name: str) -> Json | None:
        """A conversation by ID, `#name`, or the user whose DM it is (also as `DM-<user>`)."""
        bare = name.removeprefix("#")
        return (
            self.channels.get(bare)
            or next((one for one in self.channels.values() if one.get("name") == bare), None)
            or self.direct(name.removeprefix("DM-"))
        )

    def channel(self, name: str) -> Json:
        if name and (found := self.find(name)):
            return found
        raise SlackError("channel_not_found")

    def joined(self, name: str, user: str = "") -> Json:
        """A conversation that `user`, by default the bot, is in. What is private does not exist for others."""
        channel = self.channel(name)
        if (user or self._documents.workspace.bot_user) in channel["members"]:
            return channel
        raise SlackError("channel_not_found" if channel["is_private"] else "not_in_channel")

    def visible(self, name: str) -> Json:
        """A conversation that the bot may know of: a public one, or one that it is in."""
        channel = self.channel(name)
        return self.joined(name) if channel["is_private"] else channel

    def all_visible(self) -> list[Json]:
        bot = self._documents.workspace.bot_user
        return [one for one in self.channels.values() if not one["is_private"] or bot in one["members"]]

    def set_members(self, channel: Json, members: list[str]) -> None:
        channel["members"] = members
        self._documents.put("channels", channel["id"], channel)

    def show(self, channel: Json, *, viewer: str = "") -> Json:
        """A conversation as `conversations.info` gives it."""
        shown = {key: value for key, value in channel.items() if key != "members"}
        if not channel["is_im"]:
            viewer = viewer or self._documents.workspace.bot_user
            shown |= {"is_member": viewer in channel["members"], "num_members": len(channel["members"])}
        return shown

    @staticmethod
    def kind(channel: Json) -> str:
        """`channel_type` in events."""
        if channel["is_im"]:
            return "im"
        if channel["is_mpim"]:
            return "mpim"
        return "group" if channel["is_private"] else "channel"
