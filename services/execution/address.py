"""Where a Ray cluster's Jobs API is, from what people write for it."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from services.domain.errors import BadRequest

PORT = 8265
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?\.?")
_LONGEST = 500


def jobs_address(written: str) -> str:
    """The address of the Jobs API: from an IP, a host, `host:port` or a whole `http(s)://` address.

    The port is 8265 where none is written, but for `https://`, which is a proxy's. Raises BadRequest.
    """
    text = written.strip()
    whole = text if "://" in text else f"http://{_bracketed(text)}"
    try:
        parts = urlsplit(whole)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise _wrong(written) from None
    if " " in text or not text.isprintable():  # which urlsplit overlooks
        raise _wrong(written)
    if parts.scheme not in {"http", "https"} or not _is_host(host):
        raise _wrong(written)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise _wrong(written)
    shown = f"[{host}]" if ":" in host else host
    if port is None and parts.scheme == "http":
        port = PORT
    return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{parts.path.rstrip('/')}"


def _bracketed(text: str) -> str:
    """An IPv6 address as it stands in a URL."""
    try:
        return f"[{ipaddress.IPv6Address(text)}]"
    except ValueError:
        return text


def _is_host(host: str) -> bool:
    if ":" in host:
        try:
            return bool(ipaddress.IPv6Address(host))
        except ValueError:
            return False
    return _HOST.fullmatch(host) is not None


def _wrong(written: str) -> BadRequest:
    shown = written[:_LONGEST]
    return BadRequest(
        f"{shown!r} isn't a Ray cluster address. Use an IP, a host, host:port or http(s)://host:port."
    )
