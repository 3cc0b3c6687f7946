"""What is kept of a text that comes in portions and may never end: its head, its tail, and how much is gone between them."""

from __future__ import annotations

from collections import deque

from services.text.formatting import NOTHING_GONE, Gone, left_out, utf8_size

# A cut is moved to where a line ends, or is rewritten, if that is at most this far away, in characters.
_NEAR = 10_000


class HeadTailBuffer:
    """Takes text in portions and keeps `limit` characters of it at most, half of them from either end."""

    def __init__(self, limit: int) -> None:
        self._room = limit - limit // 2
        self._head: list[str] = []
        self._head_room = limit // 2
        self._tail: deque[str] = deque()
        self._tail_size = 0
        self._gone = NOTHING_GONE

    def add(self, text: str) -> None:
        if self._head_room:
            self._head.append(text[: self._head_room])
            text = text[len(self._head[-1]) :]
            self._head_room -= len(self._head[-1])
        # A long portion comes in pieces, so that no more than a piece is kept beyond the limit.
        for start in range(0, len(text), _NEAR):
            self._tail.append(text[start : start + _NEAR])
            self._tail_size += len(self._tail[-1])
            # One more than there is room for says whether the cut falls between lines.
            while self._tail_size - len(self._tail[0]) > self._room:
                self._tail_size -= len(self._tail[0])
                self._gone += _measured(self._tail.popleft())

    def all(self) -> tuple[str, Gone]:
        """Head and tail, and what is gone: the head then ends with words that say so, and a line's end."""
        head, tail = "".join(self._head), "".join(self._tail)
        if not self._gone.size and len(tail) <= self._room:
            return head + tail, NOTHING_GONE
        near = max(len(head) - _NEAR, 0)
        end = max(head.rfind("\n", near) + 1, head.rfind("\r", near)) or len(head)
        earliest = max(len(tail) - self._room, 0)
        start = tail.find("\n", max(earliest - 1, 0), earliest + _NEAR) + 1 or earliest
        gone = self._gone + _measured(head[end:]) + _measured(tail[:start])
        return f"{head[:end]}{left_out(gone)}\n{tail[start:]}", gone


def _measured(text: str) -> Gone:
    return Gone(text.count("\n"), utf8_size(text))
