"""The observer's loop: answers for names, responds to held calls, and tells process 1 what it has noted.

Process 1 sends FILTER (with the listener of its filter, if it has one), BEGIN at the start of an attempt and END after
it, over a socket of packets. Each note goes back as JSON, `[kind, text or number]`; `["begun", null]` answers BEGIN,
and `["ended", null]` END.
"""

from __future__ import annotations

import json
import select
import socket
import time
from dataclasses import dataclass, field

from . import calls, counters
from .nameserver import NameServer
from .notes import Kind, Notes, shortened

FILTER, BEGIN, END = b"filter", b"begin", b"end"
_REPORT_EVERY = 0.25
_SETTLING = 1000


@dataclass(slots=True)
class NetworkObserver:
    """Between attempts it answers as it does in one, and notes nothing."""

    control: socket.socket
    names: NameServer
    _listener: int | None = None
    _notes: Notes | None = None
    _reported: dict[Kind, int] = field(default_factory=dict[Kind, int])
    _unrouted: int = 0
    _lost: int = 0
    _counted: float = 0.0

    def watch(self) -> None:
        """Until process 1 is gone."""
        while True:
            ready = self._ready(_REPORT_EVERY if self._notes else None)
            # First: what it says is older than what a program does because of it.
            if self.control.fileno() in ready and not self._hear():
                return
            self._serve(ready)
            if time.monotonic() - self._counted >= _REPORT_EVERY:
                self._count()

    def _ready(self, limit: float | None) -> set[int]:
        poll = select.poll()
        for fd in (self.control.fileno(), *self.names.fds):
            poll.register(fd, select.POLLIN)
        if self._listener is not None:
            poll.register(self._listener, select.POLLIN)
        return {fd for fd, _ in poll.poll(None if limit is None else 1000 * limit)}

    def _serve(self, ready: set[int]) -> None:
        for fd in ready - {self.control.fileno(), self._listener}:
            self.names.serve(fd, self._asked)
        if self._listener in ready:
            held = calls.receive(self._listener)
            if held is not None:
                for destination in held.destinations:
                    self._note("address", destination)
                calls.respond(self._listener, held)

    def _hear(self) -> bool:
        """Take one word of process 1's; False when it has gone."""
        try:
            said, fds, _, _ = socket.recv_fds(self.control, 64, 1)
        except ConnectionError:
            return False
        if said == FILTER and fds:
            self._listener = fds[0]
        elif said == BEGIN:
            self._notes, self._reported = Notes(), {}
            self._unrouted, self._lost = counters.without_a_route(), self.names.lost
            self._send("begun", None)
        elif said == END:
            self._settle()
            self._count()
            self._notes = None
            self._send("ended", None)
        return bool(said)

    def _settle(self) -> None:
        """Read whatever those who are gone have asked."""
        for _ in range(_SETTLING):
            ready = self._ready(0) - {self.control.fileno()}
            if not ready:
                return
            self._serve(ready)

    def _asked(self, name: str) -> None:
        self._note("name", name)

    def _note(self, kind: Kind, text: str) -> None:
        if self._notes is not None and self._notes.is_new(kind, text):
            self._send(kind, shortened(text))

    def _count(self) -> None:
        """Tell the numbers that have changed."""
        self._counted = time.monotonic()
        if self._notes is None:
            return
        counted: dict[Kind, int] = {
            "unlisted": self._notes.unlisted + self.names.lost - self._lost,
            "unread": counters.without_a_route() - self._unrouted,
        }
        for kind, number in counted.items():
            if number != self._reported.get(kind, 0):
                self._reported[kind] = number
                self._send(kind, number)

    def _send(self, kind: str, value: str | int | None) -> None:
        self.control.send(json.dumps([kind, value]).encode())
