"""Whether a request over HTTP comes from a program on this machine: what every server asks that has no tokens."""

from __future__ import annotations

import re
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

REFUSAL = "Without RAYGEN_API_TOKENS, only programs on this machine can use this address."

_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+))(?::[0-9]{1,5})?")
# What proxies add to a request that they pass on.
_FORWARDED = re.compile(
    r"forwarded|x-forwarded(?:-.*)?|x-original(?:-.*)?|x-(?:real|client|cluster-client|proxyuser|remote)-(?:ip|addr)"
    r"|via|x-host|x-rewrite-url|true-client-ip|client-ip|(?:cf-connecting|fastly-client|fly-client)-ip(?:v6)?"
    r"|x-envoy-external-address|x-appengine-user-ip|x-azure-clientip"
)
_SAME = frozenset({"same-origin", "none"})


def on_this_machine(host: str) -> bool:
    """Whether a host name or address can only mean this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_local(scope: Scope) -> bool:
    """Neither by way of a proxy, nor by another name for this machine, nor in the name of a web page that a browser here
    has open.
    """
    headers = Headers(scope=scope)
    hosts = headers.getlist("host")
    match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
    peer = scope.get("client")
    return (
        match is not None
        and on_this_machine(match[1] or match[2])
        and (peer is None or on_this_machine(peer[0]))
        and not any(_FORWARDED.fullmatch(name.replace("_", "-")) for name in headers)
        and all(origin.lower() == f"http://{hosts[0].lower()}" for origin in headers.getlist("origin"))
        and all(site in _SAME for site in headers.getlist("sec-fetch-site"))
    )
