"""Modals and home tabs: view stacks per user, with Slack's view objects."""

from collections.abc import Callable
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.identity import Clock, new_id
from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.feed import Feed
from bot.playground.slack.workspace import APP

Json = dict[str, Any]

STACK_LIMIT = 3


class Views:
    def __init__(self, documents: Documents, feed: Feed, clock: Clock) -> None:
        self._documents = documents
        self._feed = feed
        self._clock = clock
        #: The organization by whose installation the app is there; empty where the workspace has one of its own.
        self.whole: Callable[[], str] = lambda: ""

    @property
    def all(self) -> dict[str, Json]:
        """Open modals and published home tabs by view ID; `owner` is the stand-in's own field."""
        return self._documents.table("views")

    def stack(self, user: str) -> list[Json]:
        """The user's open modals, the topmost last."""
        mine = [one for one in self.all.values() if one["owner"] == user and one["type"] == "modal"]
        return sorted(mine, key=lambda one: one["depth"])

    def home(self, user: str) -> Json | None:
        homes = (one for one in self.all.values() if one["owner"] == user and one["type"] == "home")
        return next(homes, None)

    def find(self, view_id: str | None, external_id: str | None = None) -> Json | None:
        if view_id:
            return self.all.get(view_id)
        named = (one for one in self.all.values() if external_id and one["external_id"] == external_id)
        return next(named, None)

    def open(self, user: str, view: Json, values: Json | None = None) -> Json:
        """Show a modal instead of whatever modals the user had open; `values` are what it holds already."""
        for old in self.stack(user):
            self.close(old)
        return self._add(user, view, below=None, values=values)

    def push(self, user: str, view: Json, values: Json | None = None) -> Json:
        stack = self.stack(user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackError("push_limit_reached")
        return self._add(user, view, below=stack[-1], values=values)

    def update(self, current: Json, view: Json, *, expected_hash: str | None = None) -> Json:
        if expected_hash and expected_hash != current["hash"]:
            raise SlackError("hash_conflict")
        kept = ("id", "owner", "depth", "root_view_id", "previous_view_id", "type")
        return self._save(self._whole(view) | {name: current[name] for name in kept})

    def publish_home(self, user: str, view: Json, *, expected_hash: str | None = None) -> Json:
        if current := self.home(user):
            return self.update(current, view, expected_hash=expected_hash)
        return self._add(user, view, below=None)

    def close(self, view: Json) -> None:
        self._documents.drop("views", view["id"])
        self._feed.publish("view_closed", user=view["owner"], view_id=view["id"])

    def keep_values(self, view: Json, values: Json) -> Json:
        """Remember what the user has filled in so far; the bot gets it with each interaction."""
        state = {"values": {**view["state"]["values"], **values}}
        return self._documents.put("views", view["id"], view | {"state": state})

    @staticmethod
    def show(view: Json) -> Json:
        """The view object as the API gives it."""
        return {key: value for key, value in view.items() if key not in ("owner", "depth")}

    def _add(self, user: str, view: Json, below: Json | None, values: Json | None = None) -> Json:
        identity = new_id("V")
        whole = self._whole(view) | {"id": identity, "owner": user, "state": {"values": values or {}}}
        if below:
            place = {"root_view_id": below["root_view_id"], "previous_view_id": below["id"]}
            return self._save(whole | place | {"depth": below["depth"] + 1})
        return self._save(whole | {"root_view_id": identity, "previous_view_id": None, "depth": 0})

    def _whole(self, view: Json) -> Json:
        """Slack's view object: what was sent, with defaults for the rest."""
        workspace = self._documents.workspace
        return {
            "team_id": workspace.team,
            "private_metadata": "",
            "callback_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
            "title": None,
            "external_id": "",
            **view,
            "state": {"values": {}},
            "hash": f"{self._clock.next()}.{new_id('', 8)}",
            "app_id": APP,
            "bot_id": workspace.bot,
            "app_installed_team_id": self.whole() or workspace.team,
        }

    def _save(self, view: Json) -> Json:
        self._documents.put("views", view["id"], view)
        kind = "home" if view["type"] == "home" else "view"
        self._feed.publish(kind, user=view["owner"], view=self.show(view))
        return view
