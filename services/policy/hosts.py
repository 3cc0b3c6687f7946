"""The hosts that text names, without user, password, port or path."""

from __future__ import annotations

import re

_URL = re.compile(r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.-]{0,19})://([^\s/?#'\"<>\\`{}|,;)]{1,255})")
_HERE = {"file", "memory", "local", "sqlite", "data"}
_BUCKETS = {"s3", "s3a", "s3n", "gs", "gcs", "abfs", "abfss", "hdfs", "az", "wasb", "wasbs"}


def named_in(text: str) -> list[str]:
    """The hosts of all URLs in `text`, in order; a bucket keeps its scheme (`s3://logs`)."""
    if "://" not in text:
        return []
    found = (_host(scheme.lower(), rest) for scheme, rest in _URL.findall(text))
    return [host for host in found if host]


def _host(scheme: str, rest: str) -> str:
    if scheme in _HERE:
        return ""
    host = rest.rpartition("@")[2]
    if scheme in _BUCKETS:
        return f"{scheme}://{host.lower()}"
    return without_port(host)


def without_port(address: str) -> str:
    """`db.example:5432` -> `db.example`; `[::1]:80` -> `::1`."""
    if address.startswith("["):
        return address[1:].partition("]")[0].lower()
    return address.lower() if address.count(":") > 1 else address.partition(":")[0].lower()


def is_url(text: str) -> bool:
    """Whether `text` as a whole points at another machine or an object store."""
    match = _URL.match(text)
    return bool(match) and match.group(1).lower() not in _HERE
