"""What waits for the bot: Socket Mode envelopes, kept until acknowledged and a while longer."""

import time
from collections.abc import Callable
from typing import Any, Literal

from bot.playground.slack.identity import new_uuid
from bot.playground.slack.state.documents import Documents

Json = dict[str, Any]
EnvelopeType = Literal["events_api", "slash_commands", "interactive"]

DONE_KEPT = 500


class Envelopes:
    """Stored as `{id, type, payload, accepts, state, attempts, timeouts, due, order}`.

    `state` is `waiting` (for its time or a connection), `sent` (awaits its acknowledgement), `acked` or
    `failed`. Only events outlive a restart as work; a person whose command died sees an error instead.
    """

    def __init__(self, documents: Documents, limit: int) -> None:
        self._documents = documents
        self._limit = limit
        self._order = max((one["order"] for one in self.all.values()), default=0)
        self.on_added: Callable[[], None] = lambda: None
        self._recover()

    @property
    def all(self) -> dict[str, Json]:
        return self._documents.table("envelopes")

    def add(self, kind: EnvelopeType, payload: Json, *, accepts: bool = False) -> Json:
        self._order += 1
        envelope: Json = {
            "id": new_uuid(),
            "type": kind,
            "payload": payload,
            "accepts": accepts,
            "state": "waiting",
            "attempts": 0,
            "timeouts": 0,
            "due": time.time(),
            "order": self._order,
        }
        self.save(envelope)
        self._trim()
        self.on_added()
        return envelope

    def save(self, envelope: Json) -> None:
        self._documents.put("envelopes", envelope["id"], envelope)

    def open(self) -> list[Json]:
        """Waiting or sent, oldest first."""
        return [one for one in self._sorted() if one["state"] in ("waiting", "sent")]

    def find(self, identity: str) -> Json | None:
        """By envelope ID, or by the event ID or trigger ID in the payload."""
        keys = ("event_id", "trigger_id")
        return self.all.get(identity) or next(
            (one for one in self.all.values() if identity in [one["payload"].get(key) for key in keys]), None
        )

    def _recover(self) -> None:
        with self._documents.transaction():
            for envelope in self.open():
                event = envelope["type"] == "events_api"
                self.save(envelope | {"state": "waiting" if event else "failed", "due": time.time()})

    def _trim(self) -> None:
        """Forget old finished ones, and the oldest waiting ones beyond the limit."""
        if len(self.all) <= min(self._limit, 2 * DONE_KEPT):
            return
        done = [one for one in self._sorted() if one["state"] in ("acked", "failed")]
        waiting = [one for one in self._sorted() if one["state"] == "waiting"]
        for envelope in [*done[:-DONE_KEPT], *waiting[: -self._limit]]:
            self._documents.drop("envelopes", envelope["id"])

    def _sorted(self) -> list[Json]:
        return sorted(self.all.values(), key=lambda one: one["order"])
