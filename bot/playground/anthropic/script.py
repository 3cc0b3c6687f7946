"""A queue of answers and faults that the stand-in plays before it turns to the cookbook."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable
from typing import Any

from bot.playground.anthropic.faults import Fault
from bot.playground.cookbook.dialogue import Answer, Dialogue, Say, Use

Item = Answer | Fault | Callable[[Dialogue], Answer]


class Script:
    """Items in the order in which requests get them; a repeated request takes the next one."""

    def __init__(self, *items: Item) -> None:
        self._items: deque[Item] = deque(items)

    def add(self, *items: Item) -> None:
        self._items.extend(items)

    def clear(self) -> None:
        """Forget what has not been played."""
        self._items.clear()

    def take(self) -> Item | None:
        """The next item, None when the script has been played."""
        return self._items.popleft() if self._items else None

    def __len__(self) -> int:
        return len(self._items)


def say(text: str, stop: str | None = None) -> Answer:
    return Answer((Say(text),), stop)


def use(name: str, before: str = "", /, **arguments: Any) -> Answer:
    """A call of the tool `name`, with some text before it if given."""
    return Answer((*([Say(before)] if before else []), Use(name, arguments)))


def refusal(text: str = "") -> Answer:
    """The model declines."""
    return Answer((Say(text),) if text else (), "refusal")


def paused(text: str = "I am still at it.") -> Answer:
    """A long turn that the client must send back to go on."""
    return Answer((Say(text),), "pause_turn")


def out_of_tokens(text: str = "This answer ends in the mid") -> Answer:
    return Answer((Say(text),), "max_tokens")


def empty() -> Answer:
    """No content at all, in good order."""
    return Answer((), "end_turn")


def truncated_use(name: str, /, *, stop: str = "tool_use", **arguments: Any) -> Answer:
    """A call whose JSON ends half way."""
    whole = json.dumps(arguments)
    return Answer((Use(name, raw=whole[: len(whole) // 2]),), stop)
