"""Ephemeral messages: seen by one user, gone from the API, but clickable."""

from typing import Any

from bot.playground.slack.identity import Clock
from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.feed import Feed

Json = dict[str, Any]


class Ephemerals:
    def __init__(self, documents: Documents, feed: Feed, clock: Clock) -> None:
        self._documents = documents
        self._feed = feed
        self._clock = clock
        for message in self.all.values():
            clock.after(message["ts"])

    @property
    def all(self) -> dict[str, Json]:
        return self._documents.table("ephemerals")

    def post(self, channel: str, viewer: str, fields: Json) -> Json:
        message: Json = {
            "type": "message",
            "ts": self._clock.next(),
            "team": self._documents.workspace.team,
            "is_ephemeral": True,
            "channel": channel,
            "viewer": viewer,
            **fields,
        }
        return self._save(message)

    def find(self, channel: str, ts: str) -> Json | None:
        return self.all.get(f"{channel}/{ts}")

    def change(self, message: Json, fields: Json) -> Json:
        merged = {**message, **fields}
        return self._save({key: value for key, value in merged.items() if value is not None})

    def remove(self, message: Json) -> None:
        self._documents.drop("ephemerals", f"{message['channel']}/{message['ts']}")
        seen = {"channel": message["channel"], "user": message["viewer"]}
        self._feed.publish("ephemeral", **seen, message=message, deleted=True)

    def seen_by(self, user: str, channel: str) -> list[Json]:
        mine = [one for one in self.all.values() if one["viewer"] == user and one["channel"] == channel]
        return sorted(mine, key=lambda one: one["ts"])

    def _save(self, message: Json) -> Json:
        self._documents.put("ephemerals", f"{message['channel']}/{message['ts']}", message)
        self._feed.publish(
            "ephemeral", channel=message["channel"], user=message["viewer"], message=dict(message)
        )
        return message
