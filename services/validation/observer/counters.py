"""The kernel's own counts for a network namespace, which nothing sealed can change."""

from __future__ import annotations

import socket
import struct
from pathlib import Path

_SO_MEMINFO = 55
_DROPS = 8
_MEMINFO = struct.Struct("=9I")


def without_a_route() -> int:
    """How often something was to be sent to where no way leads, over IPv4 and IPv6 (`OutNoRoutes`)."""
    return _v4(_read("snmp")) + _v6(_read("snmp6"))


def dropped(sockets: list[socket.socket]) -> int:
    """Packets that there was no more room for."""
    found = 0
    for each in sockets:
        info = each.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, _MEMINFO.size)
        found += _MEMINFO.unpack(info)[_DROPS] if len(info) == _MEMINFO.size else 0
    return found


def _v4(text: str) -> int:
    lines = [line.split() for line in text.splitlines() if line.startswith("Ip:")]
    if len(lines) != 2 or "OutNoRoutes" not in lines[0]:
        return 0
    return int(lines[1][lines[0].index("OutNoRoutes")])


def _v6(text: str) -> int:
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Ip6OutNoRoutes")), 0)


def _read(name: str) -> str:
    try:
        return Path("/proc/self/net", name).read_text(encoding="ascii")
    except OSError:  # a kernel without IPv6
        return ""
