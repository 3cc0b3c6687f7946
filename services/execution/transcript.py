"""Splits a job's log by the driver's frame: Ray's preamble, the program's own output, and the facts."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Mapping
from typing import Any

from services.domain.values import Outcome, Verdict
from services.driver.report import decode
from services.text.head_tail_buffer import HeadTailBuffer

OUTPUT = 4_000_000
"""Characters of a run's output that are kept, from both of its ends."""

_PREAMBLE_KEPT = 20_000
_TRAILER_LIMIT = 64 * 1024**2
_CHECKPOINTS = b"checkpoints "


def nonce(submission_id: str) -> str:
    """The frame's mark for one submission; a restarted bot finds the same."""
    return hashlib.sha256(b"raygen frame\0" + submission_id.encode()).hexdigest()[:32]


class Transcript:
    """An incremental reader of one log: feed it bytes in any portions, take out the user's text.

    `limit` is in characters and bounds only what is kept for the outcome, of both ends, not what `feed` returns.
    `facts` is None until the driver's mark of the end has come, and empty where what it said there can't be read.
    `started` is when the program began, in milliseconds since 1970 by the clock of its node. `checkpoints` is what its watcher
    has found there at its end, as it was written, and None as long as it has written nothing; `watched` says whether there is one.
    """

    def __init__(self, submission_id: str, *, limit: int = OUTPUT) -> None:
        self._mark = f"\x1eraygen:{nonce(submission_id)} ".encode()
        self._begin = re.compile(re.escape(self._mark) + rb"begin(?: (\d{1,15}))?( watched)?\n")
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._buffer = b""
        self._trailer: bytearray | None = None
        self._last: bytes | None = None
        self._output = HeadTailBuffer(limit)
        self._size, self._limit = 0, limit
        self.offset = 0
        self.begun = False
        self.started: int | None = None
        self.truncated = False
        self.facts: Mapping[str, Any] | None = None
        self.watched = False
        self.checkpoints: bytes | None = None

    def feed(self, data: bytes) -> str:
        """What of the program's output has become certain with these bytes."""
        self.offset += len(data)
        text = self._decoder.decode(self._user_bytes(data))
        self._keep(text)
        return text

    def close(self) -> str:
        """The rest, when no more bytes can come: a half mark or half character was the user's after all."""
        rest = self._buffer if self.begun and self._trailer is None else b""
        text = self._decoder.decode(rest, final=True)
        self._buffer = b""
        self._keep(text)
        return text

    def outcome(self, verdict: Verdict) -> Outcome:
        """The outcome as far as the log shows it."""
        text, gone = self._output.all()
        return Outcome(verdict=verdict, stdout=text, truncated=self.truncated, gone=gone)

    def _user_bytes(self, data: bytes) -> bytes:
        """The program's own bytes in what has come so far; keeps back what could become a mark."""
        self._buffer += data
        if not self.begun and not self._seek_begin():
            return b""
        own = b""
        while self._buffer and (step := self._step()) is not None:
            own += step
        return own

    def _step(self) -> bytes | None:
        """Take one thing off the buffer: text, a mark, or facts; None when more must come first."""
        if self._trailer is not None:
            return self._end_trailer(self._trailer)
        before, found, after = self._buffer.partition(self._mark)
        if found:
            self._buffer, self._trailer = after, bytearray()
            return before
        held = _overlap(before, self._mark)
        self._buffer = before[len(before) - held :]
        return before[: len(before) - held] or None

    def _seek_begin(self) -> bool:
        found = self._begin.search(self._buffer)
        if found is None:
            self._buffer = self._buffer[-_PREAMBLE_KEPT:]
            return False
        self.begun = True
        self.started = int(found[1]) if found[1] else None
        self.watched = bool(found[2])
        self._buffer = self._buffer[found.end() :]
        return True

    def _end_trailer(self, trailer: bytearray) -> bytes | None:
        """Collect the line of facts; when another was there before, that one was the program's own text."""
        line, found, self._buffer = self._buffer.partition(b"\n")
        trailer += line
        if not found and len(trailer) < _TRAILER_LIMIT:
            return None
        self._trailer = None
        # What was being written when the driver was killed ends at the next mark.
        trailer = trailer[trailer.rfind(self._mark) + len(self._mark) :] if self._mark in trailer else trailer
        if trailer.startswith(_CHECKPOINTS):
            self.checkpoints = bytes(trailer[len(_CHECKPOINTS) :])
            return b""
        earlier, self._last = self._last, bytes(trailer)
        self.facts = decode(self._last) or {}
        return b"" if earlier is None else self._mark + earlier + b"\n"

    def _keep(self, text: str) -> None:
        self._size += len(text)
        self.truncated = self.truncated or self._size > self._limit
        self._output.add(text)


def _overlap(data: bytes, mark: bytes) -> int:
    """How many bytes at the end of `data` could be the beginning of `mark`."""
    return next(
        (size for size in range(min(len(data), len(mark) - 1), 0, -1) if mark.startswith(data[-size:])), 0
    )
