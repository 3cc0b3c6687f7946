"""System calls that a seal's filter holds up (`seccomp_unotify(2)`): where they want to send something."""

from __future__ import annotations

import errno
import fcntl
import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, get_args

_RECEIVE, _RESPOND, _IS_VALID = 0xC0502100, 0xC0182101, 0x40082102
_GO_ON = 1  # SECCOMP_USER_NOTIF_FLAG_CONTINUE
_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
_RESPONSE = struct.Struct("=QqiI")
_VALID = struct.Struct("=Q")
_MESSAGE = struct.Struct("=QI")  # of a struct mmsghdr: its msg_name and msg_namelen
_MESSAGE_SIZE = 64
_MESSAGES = 16

Call = Literal["connect", "sendto", "sendmsg", "sendmmsg"]
_NAMES: tuple[Call, ...] = get_args(Call)
_NUMBERS = {
    0xC000003E: dict(zip((42, 44, 46, 307), _NAMES, strict=True)),  # x86_64
    0xC00000B7: dict(zip((203, 206, 211, 269), _NAMES, strict=True)),  # aarch64
}


@dataclass(frozen=True, slots=True)
class Held:
    """A call that waits for a response; `destinations` are those beyond the loopback."""

    number: int
    destinations: tuple[str, ...] = ()


def receive(listener: int) -> Held | None:
    """The next call that is held up, read from its process; None when that is gone."""
    notification = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, notification)
    except OSError:
        return None
    number, thread, _, nr, arch, _, *arguments = _NOTIFICATION.unpack(notification)
    call = _NUMBERS.get(arch, {}).get(nr)
    if call is None:
        return Held(number)
    try:
        with open(f"/proc/{thread}/mem", "rb", buffering=0) as memory:  # noqa: PTH123  # a hot path
            fcntl.ioctl(
                listener, _IS_VALID, _VALID.pack(number)
            )  # or the thread's number is another's by now
            addresses = list(_addresses(call, arguments, memory.fileno()))
    except (OSError, OverflowError):  # the latter for a pointer that is none
        return Held(number)  # what the kernel then refuses is counted
    found = (destination(address, unspecified=call != "connect") for address in addresses)
    return Held(number, tuple(dict.fromkeys(text for text in found if text)))


def respond(listener: int, held: Held) -> None:
    """Let the kernel do what it would, or say what it would say of an address that there is no way to."""
    error, flags = (-errno.ENETUNREACH, 0) if held.destinations else (0, _GO_ON)
    with suppress(OSError):  # it is gone
        fcntl.ioctl(listener, _RESPOND, _RESPONSE.pack(held.number, 0, error, flags))


def destination(address: bytes, *, unspecified: bool = False) -> str | None:
    """`HOST:PORT` of a `sockaddr`, None when it is on the loopback or no address of the internet's.

    With `unspecified` a family of zero means IPv4, as it does to the kernel when something is sent.
    """
    if len(address) < 2:
        return None
    family = int.from_bytes(address[:2], "little")
    if family == socket.AF_INET or (unspecified and family == socket.AF_UNSPEC):
        if len(address) < 16:
            return None
        ip: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.IPv4Address(address[4:8])
    elif family == socket.AF_INET6:
        if len(address) < 24:
            return None
        ip = ipaddress.IPv6Address(address[8:24])
        ip = ip.ipv4_mapped or ip
    else:
        return None
    if ip.is_loopback or ip.is_unspecified:
        return None
    port = int.from_bytes(address[2:4], "big")
    return f"[{ip}]:{port}" if ip.version == 6 else f"{ip}:{port}"


def _addresses(call: Call, arguments: list[int], memory: int) -> Iterator[bytes]:
    match call:
        case "connect":
            yield _read(memory, arguments[1], arguments[2])
        case "sendto":
            yield _read(memory, arguments[4], arguments[5])
        case "sendmsg":
            yield from _named(memory, arguments[1], 1)
        case "sendmmsg":
            yield from _named(memory, arguments[1], min(arguments[2], _MESSAGES))


def _named(memory: int, at: int, count: int) -> Iterator[bytes]:
    """The addresses that messages carry themselves."""
    headers = os.pread(memory, count * _MESSAGE_SIZE, at)
    for start in range(0, len(headers) - _MESSAGE.size + 1, _MESSAGE_SIZE):
        address, length = _MESSAGE.unpack_from(headers, start)
        if address:
            yield _read(memory, address, length)


def _read(memory: int, at: int, length: int) -> bytes:
    return os.pread(memory, min(length & 0xFFFFFFFF, 28), at)
