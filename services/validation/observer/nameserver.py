"""The seal's name server, on port 53 of its loopback: it knows no name, and says so at once."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

from . import counters, dns

_PORT = 53
_LARGEST = 4096
_STREAMS = 64
_ADDRESSES = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))


@dataclass(slots=True)
class _Stream:
    connection: socket.socket
    said: bytearray = field(default_factory=bytearray)


class NameServer:
    """Calls `asked` with every name that it is asked for; one that came in vain is counted in `lost`."""

    def __init__(self) -> None:
        self._datagrams: dict[int, socket.socket] = {}
        self._listeners: dict[int, socket.socket] = {}
        self._streams: dict[int, _Stream] = {}
        self._turned_away = 0
        for family, address in _ADDRESSES:
            with contextlib.suppress(OSError) if family == socket.AF_INET6 else contextlib.nullcontext():
                self._open(family, address)

    @property
    def fds(self) -> list[int]:
        return [*self._datagrams, *self._listeners, *self._streams]

    @property
    def lost(self) -> int:
        return self._turned_away + counters.dropped(list(self._datagrams.values()))

    def serve(self, fd: int, asked: Callable[[str], None]) -> None:
        """Read what is there on one of `fds`, and answer it."""
        if fd in self._datagrams:
            self._answer(self._datagrams[fd], asked)
        elif fd in self._listeners:
            self._accept(self._listeners[fd])
        elif fd in self._streams:
            self._read(self._streams[fd], asked)

    def _open(self, family: int, address: str) -> None:
        for kind, opened in ((socket.SOCK_DGRAM, self._datagrams), (socket.SOCK_STREAM, self._listeners)):
            server = socket.socket(family, kind)
            server.setblocking(False)
            server.bind((address, _PORT))
            if kind == socket.SOCK_STREAM:
                server.listen(_STREAMS)
            else:
                server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024**2)
            opened[server.fileno()] = server

    def _answer(self, server: socket.socket, asked: Callable[[str], None]) -> None:
        with contextlib.suppress(OSError):  # nothing there, or the one who asked has gone
            packet, sender = server.recvfrom(_LARGEST)
            answer = _answer(packet, asked)
            if answer:
                server.sendto(answer, sender)

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            connection, _ = listener.accept()
            if len(self._streams) >= _STREAMS:
                self._turned_away += 1
                connection.close()
                return
            connection.setblocking(False)
            self._streams[connection.fileno()] = _Stream(connection)

    def _read(self, stream: _Stream, asked: Callable[[str], None]) -> None:
        """Over TCP a packet has its length before it."""
        try:
            data = stream.connection.recv(_LARGEST)
            stream.said += data
            while len(stream.said) >= 2:
                end = 2 + int.from_bytes(stream.said[:2], "big")
                if len(stream.said) < end:
                    break
                answer = _answer(bytes(stream.said[2:end]), asked) or b""
                del stream.said[:end]
                stream.connection.send(len(answer).to_bytes(2, "big") + answer)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data or len(stream.said) > _LARGEST:
            del self._streams[stream.connection.fileno()]
            stream.connection.close()


def _answer(packet: bytes, asked: Callable[[str], None]) -> bytes | None:
    question = dns.question(packet)
    if question and not dns.is_local(question.name):
        asked(dns.host(question.name))
    return dns.denial(packet)
