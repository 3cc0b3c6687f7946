"""Messages of all conversations: posting, changing, removing, threads and reactions."""

from copy import deepcopy
from typing import Any

from bot.playground.slack.blockkit.composed import rich_text
from bot.playground.slack.blockkit.walk import interactive
from bot.playground.slack.errors import SlackError
from bot.playground.slack.identity import Clock
from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.events import Events
from bot.playground.slack.state.feed import Feed
from bot.playground.slack.state.files import Files
from bot.playground.slack.state.people import People
from bot.playground.slack.workspace import SLACKBOT

Json = dict[str, Any]

THREAD_FIELDS = ("thread_ts", "reply_count", "reply_users", "reply_users_count", "latest_reply")


class Messages:
    def __init__(
        self, documents: Documents, feed: Feed, clock: Clock, *, people: People, events: Events, files: Files
    ) -> None:
        self._documents = documents
        self._feed = feed
        self._clock = clock
        self._people = people
        self._events = events
        self._files = files
        self._channels: dict[str, dict[str, Json]] = {}
        for key, message in sorted(documents.table("messages").items(), key=lambda item: item[1]["ts"]):
            self._channels.setdefault(key.partition("/")[0], {})[message["ts"]] = message
            clock.after(message["ts"])

    # --- reading

    def all_in(self, channel: str) -> list[Json]:
        """Every message and reply of a conversation, oldest first."""
        return list(self._channels.get(channel, {}).values())

    def top_level(self, channel: str) -> list[Json]:
        return [one for one in self.all_in(channel) if not is_reply(one) or one.get("reply_broadcast")]

    def replies(self, channel: str, thread_ts: str) -> list[Json]:
        return [one for one in self.all_in(channel) if is_reply(one) and one["thread_ts"] == thread_ts]

    def find(self, channel: str, ts: str) -> Json | None:
        return self._channels.get(channel, {}).get(ts)

    def get(self, channel: str, ts: str) -> Json:
        if found := self.find(channel, ts):
            return found
        raise SlackError("message_not_found")

    def root(self, channel: str, thread_ts: str) -> Json:
        """The message that a thread hangs on, also when given one of its replies."""
        found = self.find(channel, thread_ts)
        if found is None:
            raise SlackError("thread_not_found")
        return self.get(channel, found["thread_ts"]) if is_reply(found) else found

    def show(self, message: Json, *, metadata: bool = False) -> Json:
        """A copy for people's eyes: files in full, metadata only when asked for."""
        shown = deepcopy(message)
        if not metadata:
            shown.pop("metadata", None)
        if "files" in shown:
            shown["files"] = [self._files.show(identity) for identity in shown["files"]]
        return shown

    def given(self, message: Json, *, metadata: bool = False) -> Json:
        """The same as the API and events give it: words that came without blocks stand in one of rich text, too."""
        shown = self.show(message, metadata=metadata)
        bare = shown.get("text") and not shown.get("blocks") and not shown.get("attachments")
        return {**shown, "blocks": [rich_text(shown["text"])]} if bare else shown

    def stale_action(self, channel: str, ts: str, action_id: str) -> Json | None:
        """An element that the message once had: a client that has not caught up may still press it."""
        return self._documents.table("stale").get(f"{channel}/{ts}", {}).get(action_id)

    # --- writing

    def post(self, channel: str, fields: Json) -> Json:
        """Add a message; `fields` hold user, text, blocks, maybe thread_ts."""
        message = {
            "type": "message",
            "ts": self._clock.next(),
            "team": self._documents.workspace.team,
            **fields,
        }
        if thread_ts := fields.get("thread_ts"):
            root = self.root(channel, thread_ts)
            message |= {"thread_ts": root["ts"], **author(root, "parent_user_id")}
        self._save(channel, message)
        for identity in message.get("files", []):
            self._files.share(identity, channel, message["ts"], message.get("thread_ts"))
        self._feed.publish("message", channel=channel, message=self.show(message, metadata=True))
        # An app hears the metadata of new messages, its own among them.
        payload = self.given(message, metadata=True)
        if message.get("reply_broadcast"):
            payload["root"] = self.given(self.get(channel, message["thread_ts"]))
        self._tell(channel, payload, message["ts"])
        self._tell_links(channel, message)
        if thread_ts:
            self._count_replies(channel, message["thread_ts"])
        return message

    def change(self, channel: str, ts: str, fields: Json, *, tell: bool = True) -> Json:
        """Replace fields of a message; None removes one."""
        previous = self.get(channel, ts)
        shown_before = self.given(previous)
        self._remember_actions(channel, previous)
        merged = {**previous, **fields}
        message = {key: value for key, value in merged.items() if value is not None}
        self._save(channel, message)
        self._feed.publish("changed", channel=channel, message=self.show(message, metadata=True))
        if tell:
            self._tell_change(channel, message, shown_before)
        return message

    def remove(self, channel: str, ts: str) -> None:
        """Delete a message; one with replies leaves a tombstone in its place."""
        message = self.get(channel, ts)
        if message.get("reply_count"):
            self._bury(channel, message)
            return
        self._forget(channel, message)
        if is_reply(message):
            self._count_replies(channel, message["thread_ts"])

    def react(self, channel: str, ts: str, user: str, name: str, *, add: bool) -> Json:
        message = self.get(channel, ts)
        reactions = {one["name"]: list(one["users"]) for one in message.get("reactions", [])}
        users = reactions.setdefault(name, [])
        if add == (user in users):
            raise SlackError("already_reacted" if add else "no_reaction")
        users.append(user) if add else users.remove(user)
        listed = [{"name": n, "users": u, "count": len(u)} for n, u in reactions.items() if u]
        changed = {**message, "reactions": listed}
        if not listed:
            changed.pop("reactions")
        self._save(channel, changed)
        self._feed.publish("reaction", channel=channel, message=self.show(changed, metadata=True))
        self._tell_reaction(channel, changed, user, name, added=add)
        return changed

    # --- inside

    def _save(self, channel: str, message: Json) -> None:
        self._channels.setdefault(channel, {})[message["ts"]] = message
        self._documents.put("messages", f"{channel}/{message['ts']}", message)

    def _forget(self, channel: str, message: Json) -> None:
        self._channels[channel].pop(message["ts"])
        self._documents.drop("messages", f"{channel}/{message['ts']}")
        self._documents.drop("stale", f"{channel}/{message['ts']}")
        gone = {"channel": channel, "ts": message["ts"], "thread_ts": message.get("thread_ts")}
        self._feed.publish("deleted", **gone)
        event = {
            "subtype": "message_deleted",
            "hidden": True,
            "deleted_ts": message["ts"],
            "previous_message": self.given(message),
        }
        self._tell(channel, {"type": "message", "ts": self._clock.next(), **event})

    def _bury(self, channel: str, message: Json) -> None:
        kept = {key: message[key] for key in THREAD_FIELDS if key in message}
        tombstone: Json = {
            "type": "message",
            "subtype": "tombstone",
            "hidden": True,
            "text": "This message was deleted.",
            "user": SLACKBOT,
            "ts": message["ts"],
            **kept,
        }
        self._save(channel, tombstone)
        self._feed.publish("changed", channel=channel, message=tombstone)
        self._tell_change(channel, tombstone, self.given(message))

    def _count_replies(self, channel: str, thread_ts: str) -> None:
        root = self.find(channel, thread_ts)
        if root is None:
            return
        replies = self.replies(channel, thread_ts)
        if not replies and root.get("subtype") == "tombstone":
            self._forget(channel, root)
            return
        users = list(dict.fromkeys(one.get("user", one.get("bot_id")) for one in replies))
        counted: Json = {
            "thread_ts": thread_ts,
            "reply_count": len(replies),
            "reply_users": users,
            "reply_users_count": len(users),
            "latest_reply": replies[-1]["ts"] if replies else None,
        }
        gone: Json = dict.fromkeys(THREAD_FIELDS)
        self.change(channel, thread_ts, counted if replies else gone, tell=False)

    def _remember_actions(self, channel: str, message: Json) -> None:
        elements = {one.element["action_id"]: one.found for one in interactive(message.get("blocks", []))}
        if elements:
            key = f"{channel}/{message['ts']}"
            self._documents.put("stale", key, {**self._documents.table("stale").get(key, {}), **elements})

    def _tell(self, channel: str, event: Json, event_ts: str | None = None) -> None:
        place = self._people.channel(channel)
        kind = self._people.kind(place)
        stamp = {"channel": channel, "channel_type": kind, "event_ts": event_ts or event["ts"]}
        self._events.tell({**event, **stamp}, place)
        mentioned = f"<@{self._documents.workspace.bot_user}>" in event.get("text", "")
        if mentioned and kind == "channel" and not event.get("bot_id") and not event.get("hidden"):
            mention = {key: value for key, value in event.items() if key != "subtype"}
            self._events.tell({**mention, **stamp, "type": "app_mention"}, place)

    def _tell_links(self, channel: str, message: Json) -> None:
        """Told wherever a person posts it: the app need not be in the conversation."""
        links = [] if message.get("bot_id") else self._events.watched(message.get("text", ""))
        if not links:
            return
        thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
        event = {
            "type": "link_shared",
            "channel": channel,
            "is_bot_user_member": self._documents.workspace.bot_user
            in self._people.channel(channel)["members"],
            "user": message["user"],
            "message_ts": message["ts"],
            **thread,
            "unfurl_id": f"{channel}.{message['ts']}",
            "source": "conversations_history",
            "links": links,
            "event_ts": message["ts"],
        }
        self._events.tell(event)

    def _tell_change(self, channel: str, message: Json, previous: Json) -> None:
        event = {
            "type": "message",
            "subtype": "message_changed",
            "hidden": True,
            "message": self.given(message),
            "previous_message": previous,
            "ts": self._clock.next(),
        }
        self._tell(channel, event)

    def _tell_reaction(self, channel: str, message: Json, user: str, name: str, *, added: bool) -> None:
        event = {
            "type": "reaction_added" if added else "reaction_removed",
            "user": user,
            "reaction": name,
            "item": {"type": "message", "channel": channel, "ts": message["ts"]},
            **author(message, "item_user"),
            "event_ts": self._clock.next(),
        }
        self._events.tell(event, self._people.channel(channel))


def is_reply(message: Json) -> bool:
    return message.get("thread_ts", message["ts"]) != message["ts"]


def author(message: Json, field: str) -> Json:
    """The user of a message under another name; a message of another app's may have none (`bot_message`)."""
    return {field: message["user"]} if "user" in message else {}
