"""One Web API call: its arguments as Slack reads them, from a form, a query or JSON."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from bot.playground.slack.connections import Connections
from bot.playground.slack.distribution import Apps
from bot.playground.slack.errors import SlackError, arguments_missing
from bot.playground.slack.rules import Rules
from bot.playground.slack.state import State

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    state: State
    rules: Rules
    connections: Connections
    arguments: Json
    apps: Apps
    token: str = ""

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def need(self, name: str) -> str:
        if value := self.text(name):
            return value
        raise arguments_missing(name)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.arguments.get(name)
        return default if value is None else value in (True, 1, "1", "true", "True")

    def number(self, name: str, default: int, most: int) -> int:
        try:
            value = int(self.arguments.get(name) or default)
        except (TypeError, ValueError):
            raise SlackError("invalid_limit" if name == "limit" else "invalid_arguments") from None
        return max(1, min(value, most))

    def structure(self, name: str, error: str = "invalid_arguments") -> Any:
        """A list or an object, which a form holds as JSON text; None when absent."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(error) from None

    def objects(self, name: str, error: str = "invalid_arguments") -> list[Json]:
        """A list of objects; empty when absent."""
        found = self.structure(name, error)
        if found is None:
            return []
        if not isinstance(found, list):
            raise SlackError(error)
        listed = cast("list[Any]", found)
        if not all(isinstance(one, dict) for one in listed):
            raise SlackError(error)
        return listed


Method = Callable[[Call], Json]
