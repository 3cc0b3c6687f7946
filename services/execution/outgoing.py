"""Where the programs on an embedded cluster can connect to: nowhere, or out as the machine itself can, but not to it."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import re
import shutil
from enum import StrEnum
from pathlib import Path

from services.domain.errors import TargetUnavailable

_PASTA = "pasta"
_TUN = Path("/dev/net/tun")
_RESOLVER = "198.18.0.53"  # in a range that is routed nowhere (RFC 2544)
_RESOLVER_6 = "2001:db8::53"
_SHUT = (
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "fe80::/10",
    "ff00::/8",
    # Metadata services of clouds that are not link-local: Alibaba, Azure, Oracle, AWS, Google.
    "100.100.100.200/32",
    "168.63.129.16/32",
    "192.0.0.192/32",
    "fd00:ec2::/32",
    "fd20:ce::254/128",
    # IPv4 addresses as a NAT64 or 6to4 gateway takes them: link-local and loopback.
    "64:ff9b::a9fe:0/112",
    "64:ff9b::7f00:0/104",
    "64:ff9b::a83f:8110/128",
    "64:ff9b::6464:64c8/128",
    "2002:a9fe::/32",
    "2002:7f00::/24",
)


class Outgoing(StrEnum):
    """The way out of a cluster's network."""

    NONE = "none"
    INTERNET = "internet"


def default() -> Outgoing:
    """`internet` where pasta is installed and can work: with a TUN device and a default route on this machine."""
    return Outgoing.NONE if obstacle() else Outgoing.INTERNET


def obstacle() -> str:
    """What stands in the way of `internet`, as a sentence; empty when nothing does."""
    if shutil.which(_PASTA) is None:
        return "pasta is not installed: `apt-get install passt` (or your distribution's package)."
    if not os.access(_TUN, os.R_OK | os.W_OK):
        return f"this user can't open {_TUN}; in a container: `docker run --device {_TUN}`."
    if not _default_route():
        return "this machine has no default route."
    return ""


def pasta(outgoing: Outgoing, resolv: str) -> list[str]:
    """Pasta's command line without its target, nothing for `none`; `resolv` is the host's resolv.conf.

    Raises TargetUnavailable where pasta is not installed.
    """
    if outgoing is Outgoing.NONE:
        return []
    found = shutil.which(_PASTA)
    if found is None:
        raise TargetUnavailable(
            "The embedded cluster's network is set to `internet`, which needs pasta (the package `passt`);"
            " it is not installed."
        )
    as_root = ("--runas", "0:0") if os.geteuid() == 0 else ()
    resolver = _resolver(resolv)
    return [
        *(found, "--foreground", "--quiet", *as_root, "--config-net", "--no-map-gw"),
        *("-t", "none", "-u", "none", "-T", "none", "-U", "none"),
        *(("--dns-forward", resolver) if resolver else ()),
    ]


def resolv_conf(outgoing: Outgoing, resolv: str) -> str:
    """The cluster's resolv.conf: pasta's address for the resolver that the host asks, and the host's search list."""
    resolver = _resolver(resolv)
    if outgoing is Outgoing.NONE or not resolver:
        return ""
    kept = [line for line in resolv.splitlines() if line.startswith(("search ", "domain ", "options "))]
    return "\n".join([f"nameserver {resolver}", *kept, ""])


def host_resolv_conf() -> str:
    with contextlib.suppress(OSError):
        return Path("/etc/resolv.conf").read_text(encoding="utf-8", errors="replace")
    return ""


def shut(outgoing: Outgoing) -> list[str]:
    """Networks that stay out of reach, in CIDR notation: the fixed ones, and this machine's own addresses."""
    return [] if outgoing is Outgoing.NONE else [*_SHUT, *sorted(_own_addresses())]


def _own_addresses() -> set[str]:
    found: set[str] = set()
    with contextlib.suppress(OSError):
        table = Path("/proc/net/fib_trie").read_text(encoding="ascii")
        found |= {f"{address}/32" for address in re.findall(r"-- ([0-9.]+)\n\s+/32 host LOCAL", table)}
    with contextlib.suppress(OSError):
        lines = Path("/proc/net/if_inet6").read_text(encoding="ascii").split("\n")
        words = [bytes.fromhex(line.split()[0]) for line in lines if line]
        found |= {f"{ipaddress.IPv6Address(word)}/128" for word in words}
    return found - {"::1/128"}


def _resolver(resolv: str) -> str:
    """IPv4 unless the host asks IPv6 resolvers only; empty when it asks none."""
    named = re.findall(r"^nameserver\s+(\S+)", resolv, re.MULTILINE)
    if not named:
        return ""
    return _RESOLVER if any(":" not in address for address in named) else _RESOLVER_6


def _default_route() -> bool:
    with contextlib.suppress(OSError):
        rows = Path("/proc/net/route").read_text(encoding="ascii").splitlines()[1:]
        if any(row.split()[1] == "00000000" and row.split()[7] == "00000000" for row in rows):
            return True
    with contextlib.suppress(OSError):
        rows = Path("/proc/net/ipv6_route").read_text(encoding="ascii").splitlines()
        return any(row.startswith(f"{'0' * 32} 00 ") and row.split()[-1] != "lo" for row in rows)
    return False
