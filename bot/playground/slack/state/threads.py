"""What belongs to a thread rather than to one message: status, title, prompts, agent session."""

import time
from typing import Any

from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.feed import Feed

Json = dict[str, Any]


class Threads:
    def __init__(self, documents: Documents, feed: Feed) -> None:
        self._documents = documents
        self._feed = feed

    @property
    def all(self) -> dict[str, Json]:
        return self._documents.table("threads")

    def show(self, channel: str, thread_ts: str) -> Json:
        """Title, prompts, status and session of a thread; empty when it has none."""
        return dict(self.all.get(f"{channel}/{thread_ts}", {}))

    def set(self, channel: str, thread_ts: str, **fields: Any) -> Json:
        """Set fields; None removes one."""
        key = f"{channel}/{thread_ts}"
        merged = {**self.all.get(key, {}), "channel": channel, "thread_ts": thread_ts, **fields}
        thread = {name: value for name, value in merged.items() if value is not None}
        if len(thread) > len(("channel", "thread_ts")):
            self._documents.put("threads", key, thread)
        else:
            self._documents.drop("threads", key)
        status: Json = {"status": "", "loading_messages": [], **thread}
        self._feed.publish("status", **{k: v for k, v in status.items() if k != "status_until"})
        return thread

    def set_status(self, channel: str, thread_ts: str, status: str, lifetime: float, **more: Any) -> None:
        until = time.time() + lifetime if status else None
        self.set(channel, thread_ts, status=status, status_until=until, **more)

    def clear_status(self, channel: str, thread_ts: str) -> None:
        if self.all.get(f"{channel}/{thread_ts}", {}).get("status"):
            self.set(channel, thread_ts, status=None, status_until=None, loading_messages=None)

    def expire(self, now: float) -> None:
        """Clear statuses that nobody renewed, as Slack does."""
        for thread in list(self.all.values()):
            if thread.get("status") and thread.get("status_until", 0) <= now:
                self.clear_status(thread["channel"], thread["thread_ts"])
