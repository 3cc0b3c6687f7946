"""Every change of the state, numbered, to whoever listens."""

import asyncio
import secrets
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

KEPT = 5000
BACKLOG = 10_000


@dataclass(frozen=True, slots=True)
class Change:
    """One change with its full new value; `id` says where a listener may resume."""

    id: str
    value: Json


class Feed:
    def __init__(self) -> None:
        # Numbers start again with each process; the epoch tells a resuming listener so.
        self._epoch = secrets.token_hex(4)
        self._number = 0
        self._recent: deque[tuple[int, Change]] = deque(maxlen=KEPT)
        self._listeners: set[asyncio.Queue[Change]] = set()

    @property
    def listeners(self) -> int:
        return len(self._listeners)

    def publish(self, kind: str, **value: Any) -> None:
        self._number += 1
        change = Change(f"{self._epoch}-{self._number}", {"type": kind, **value})
        self._recent.append((self._number, change))
        for queue in self._listeners:
            _offer(queue, change, self._reset())

    def missed(self, last_id: str | None) -> list[Change]:
        """What came after `last_id`; one `reset` when that is no longer known."""
        if not last_id:
            return []
        epoch, _, number = last_id.partition("-")
        first = self._recent[0][0] if self._recent else self._number + 1
        if epoch != self._epoch or not number.isdigit() or int(number) + 1 < first:
            return [self._reset()]
        return [change for position, change in self._recent if position > int(number)]

    @contextmanager
    def listen(self) -> Generator[asyncio.Queue[Change]]:
        queue: asyncio.Queue[Change] = asyncio.Queue(BACKLOG)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def _reset(self) -> Change:
        return Change(f"{self._epoch}-{self._number}", {"type": "reset"})


def _offer(queue: asyncio.Queue[Change], change: Change, reset: Change) -> None:
    if not queue.full():
        queue.put_nowait(change)
        return
    while not queue.empty():
        queue.get_nowait()
    queue.put_nowait(reset)
