"""Just enough of DNS (RFC 1035) for a server that knows no name: which one a packet asks for, and how to deny it.

Packets are written by the program; reading one takes one pass over it and never raises.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

LARGEST_NAME = 255
_HEADER = struct.Struct("!6H")
_RESPONSE, _OPCODE, _RECURSION_DESIRED, _RECURSION_AVAILABLE = 0x8000, 0x7800, 0x0100, 0x0080
_LOOPBACK6 = f".1.{'0.' * 31}ip6.arpa"
_FORMAT_ERROR, _NO_SUCH_NAME = 1, 3


@dataclass(frozen=True, slots=True)
class Question:
    """The first question of a packet; `name` is printable ASCII without a dot at its end, `.` for the root."""

    name: str
    end: int


def question(packet: bytes) -> Question | None:
    """What a query asks for; None when it is no query, or is malformed."""
    if len(packet) < _HEADER.size:
        return None
    _, flags, questions, *_ = _HEADER.unpack_from(packet)
    if flags & (_RESPONSE | _OPCODE) or questions < 1:
        return None
    labels: list[str] = []
    at = _HEADER.size
    while at < len(packet):
        length = packet[at]
        if length == 0:
            end = at + 5  # type and class follow
            return Question(".".join(labels) or ".", end) if end <= len(packet) else None
        at += 1 + length
        if length > 63 or at > len(packet) or at - _HEADER.size >= LARGEST_NAME:
            return None  # a query's name has no pointers, nor more than 255 bytes
        labels.append("".join(map(_printable, packet[at - length : at])))
    return None


def denial(packet: bytes) -> bytes | None:
    """The answer that there is no such name, or that the packet is malformed; None to what must not be answered."""
    if len(packet) < _HEADER.size:
        return None
    number, flags, *_ = _HEADER.unpack_from(packet)
    if flags & _RESPONSE:
        return None
    asked = question(packet)
    code = _NO_SUCH_NAME if asked else _FORMAT_ERROR
    flags = _RESPONSE | flags & (_OPCODE | _RECURSION_DESIRED) | _RECURSION_AVAILABLE | code
    echo = packet[_HEADER.size : asked.end] if asked else b""
    return _HEADER.pack(number, flags, 1 if asked else 0, 0, 0, 0) + echo


def host(name: str) -> str:
    """The host that a question is about: without the labels of a service (`_http._tcp.`), which are no host's."""
    labels = name.split(".")
    while len(labels) > 1 and labels[0].startswith("_"):
        del labels[0]
    return ".".join(labels)


def is_local(name: str) -> bool:
    """Whether the name is the machine's own by definition (RFC 6761, 6303), and asks for nothing outside."""
    return f".{name.lower()}".endswith((".localhost", ".127.in-addr.arpa", _LOOPBACK6)) or name == "."


def _printable(byte: int) -> str:
    """As zone files have it: a dot within a label, a backslash and what is not printable are escaped."""
    if byte in b".\\":
        return f"\\{byte:c}"
    return chr(byte) if 0x21 <= byte <= 0x7E else f"\\{byte:03d}"
