"""Short-lived permissions: triggers that open views, and response URLs."""

import secrets
import time
from typing import Any

from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules
from bot.playground.slack.state.documents import Documents
from bot.playground.slack.state.files import Address
from bot.playground.slack.workspace import APP

Json = dict[str, Any]

KEPT = 1000


class Grants:
    def __init__(self, documents: Documents, address: Address, rules: Rules) -> None:
        self._documents = documents
        self._address = address
        self._rules = rules
        self._triggers: dict[str, tuple[str, float, str]] = {}
        self._used: set[str] = set()

    def trigger(self, user: str, channel: str = "") -> str:
        """A trigger for one view, good for three seconds; `channel` is the conversation that the user looks at."""
        identity = f"{secrets.randbelow(10**13)}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self._triggers[identity] = (user, time.monotonic() + self._rules.trigger_expiry, channel)
        for old in list(self._triggers)[:-KEPT]:
            del self._triggers[old]
            self._used.discard(old)
        return identity

    def known(self, identity: str) -> bool:
        """Whether a trigger was given out here."""
        return identity in self._triggers

    def exchange(self, identity: str) -> tuple[str, str]:
        """Use a trigger up; the user it belongs to, and the conversation that they were looking at."""
        if identity in self._used:
            raise SlackError("exchanged_trigger_id")
        if identity not in self._triggers:
            raise SlackError("invalid_trigger_id")
        user, expiry, channel = self._triggers[identity]
        if time.monotonic() > expiry:
            raise SlackError("expired_trigger_id")
        self._used.add(identity)
        return user, channel

    def response_url(self, **place: Any) -> str:
        """A URL for up to five answers; `place` says to what: user, channel, ts, is_ephemeral, thread_ts."""
        key = secrets.token_urlsafe(24)
        expires = time.time() + self._rules.response_url_expiry
        self._documents.put("hooks", key, {**place, "uses": 0, "expires": expires})
        self._drop_old()
        return f"{self._address.base}/actions/{self._documents.workspace.team}/{APP}/{key}"

    def use_hook(self, key: str) -> Json | None:
        """Where an answer goes; None when the URL is unknown, expired or used up."""
        hook = self._documents.table("hooks").get(key)
        if hook is None or hook["expires"] < time.time() or hook["uses"] >= self._rules.response_url_uses:
            return None
        return self._documents.put("hooks", key, hook | {"uses": hook["uses"] + 1})

    def _drop_old(self) -> None:
        hooks = self._documents.table("hooks")
        for key in list(hooks)[:-KEPT]:
            self._documents.drop("hooks", key)
