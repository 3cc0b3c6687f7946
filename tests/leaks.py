"""Where a planted secret could be found: in files, and on the pages of Ray's dashboard."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from urllib.parse import quote

from services.execution.api import RayApi

_APIS = (
    "/api/jobs/",
    "/api/version",
    "/api/cluster_status",
    "/api/serve/applications/",
    "/nodes?view=summary",
    "/api/v0/logs",
    *(
        f"/api/v0/{what}?detail=1&limit=1000"
        for what in (
            "tasks",
            "actors",
            "workers",
            "runtime_envs",
            "objects",
            "nodes",
            "jobs",
            "placement_groups",
            "cluster_events",
        )
    ),
    "/api/v0/tasks/summarize",
    "/logical/actors",
    "/events",
)


def planted(name: str) -> str:
    """A value of which no part is anywhere by chance."""
    return f"{hashlib.sha256(name.encode()).hexdigest()}/+ é\n{name}-end"


def forms(value: str) -> list[bytes]:
    """As it could be written somewhere; the first part alone as well."""
    texts = [
        value,
        value[:64],
        quote(value),
        json.dumps(value)[1:-1],
        json.dumps(value, ensure_ascii=False)[1:-1],
    ]
    return [
        *(text.encode() for text in texts),
        base64.b64encode(value.encode())[:80],
        value[:64].encode().hex().encode(),
    ]


def where(value: str, root: Path) -> list[str]:
    """Files below a directory that hold it in their name or content."""
    words, found = forms(value), list[str]()
    for path in root.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes() + str(path).encode()
            found += [str(path)] if any(word in content for word in words) else []
    return found


async def shown(value: str, api: RayApi) -> list[str]:
    """Pages of the dashboard that hold it."""
    words, found = forms(value), list[str]()
    answered = 0
    for page in _APIS:
        async with api._call("GET", page) as response:
            answered += response.status == 200
            body = await response.read()
        found += [page] if any(word in body for word in words) else []
    assert answered >= 12, "most pages are there"
    return found
