"""A package index on loopback, by the simple API in both of its forms, with wheels that tests make."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import re
import tarfile
import threading
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

JSON = "application/vnd.pypi.simple.v1+json"


def wheel(
    name: str,
    version: str = "1.0",
    files: Mapping[str, str | bytes] | None = None,
    *,
    requires: Sequence[str] = (),
    tag: str = "py3-none-any",
    extra_entries: Mapping[str, bytes] | None = None,
) -> tuple[str, bytes]:
    """A wheel's name and content; without `files` it has one module of its own name, with its version.

    `extra_entries` are in the archive and not in its record.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    inside = {path: text.encode() if isinstance(text, str) else text for path, text in (files or {}).items()}
    if files is None:
        inside[f"{name.replace('-', '_')}.py"] = f"VERSION = {version!r}\n".encode()
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {requirement}\n" for requirement in requires)
    inside[f"{stem}.dist-info/METADATA"] = metadata.encode()
    inside[f"{stem}.dist-info/WHEEL"] = f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n".encode()
    record = "".join(f"{path},sha256={_digest(content)},{len(content)}\n" for path, content in inside.items())
    inside[f"{stem}.dist-info/RECORD"] = f"{record}{stem}.dist-info/RECORD,,\n".encode()
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in {**inside, **(extra_entries or {})}.items():
            archive.writestr(path, content)
    return f"{stem}-{tag}.whl", body.getvalue()


def source(name: str, version: str, setup: str) -> tuple[str, bytes]:
    """A source distribution's name and content; `setup` is a build backend's module, which needs no other package."""
    stem = f"{name.replace('-', '_')}-{version}"
    files = {
        "PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": setup,
    }
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(f"{stem}/{path}")
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return f"{stem}.tar.gz", body.getvalue()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")


@dataclass(slots=True, kw_only=True)
class Entry:
    """A file of the index."""

    content: bytes
    sha256: str = ""
    """What the index says; by default the truth."""
    requires_python: str = ""
    yanked: bool = False
    sized: bool = True
    """Whether the index says how large it is."""
    url: str = ""
    """Where the index says that it is; by default in the index."""


@dataclass(slots=True)
class PackageIndex:
    """Use it as a context; `files` are by project and name."""

    files: dict[str, dict[str, Entry]] = field(default_factory=dict[str, dict[str, Entry]])
    login: str = ""
    """`user:password` that requests need."""
    status: int = 0
    """What it answers everything with, instead."""
    html: bool = False
    """Pages are HTML, without sizes."""
    pause: float = 0.0
    """Seconds between the two halves of each file."""
    requests: list[str] = field(default_factory=list[str])
    """The paths whose content was asked for."""
    authorizations: set[str] = field(default_factory=set[str])
    _server: ThreadingHTTPServer = field(init=False)

    def add(self, made: tuple[str, bytes], **entry: object) -> None:
        name, content = made
        project = re.sub(r"[-_.]+", "-", name.partition("-")[0]).lower()
        self.files.setdefault(project, {})[name] = Entry(content=content, **entry)  # type: ignore[arg-type]

    def downloads(self, part: str = "") -> list[str]:
        return [path for path in self.requests if path.startswith("/files/") and part in path]

    @property
    def port(self) -> int:
        return self._server.server_address[1]

    @property
    def url(self) -> str:
        login = f"{self.login}@" if self.login else ""
        return f"http://{login}127.0.0.1:{self.port}/simple"

    def __enter__(self) -> Self:
        index = self

        class Handler(_Handler):
            served = index

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, project: str, *, as_html: bool) -> bytes:
        files = self.files[project].items()
        if as_html:
            links = [
                f'<a href="{html.escape(entry.url or f"/files/{name}")}#sha256={_sha256(entry)}"'
                + (
                    f' data-requires-python="{html.escape(entry.requires_python)}"'
                    if entry.requires_python
                    else ""
                )
                + (' data-yanked=""' if entry.yanked else "")
                + f">{name}</a>"
                for name, entry in files
            ]
            return f"<!DOCTYPE html><html><body>{''.join(links)}</body></html>".encode()
        listed = [
            {
                "filename": name,
                "url": entry.url or f"/files/{name}",
                "hashes": {"sha256": _sha256(entry)},
                "requires-python": entry.requires_python or None,
                "yanked": entry.yanked,
                **({"size": len(entry.content)} if entry.sized else {}),
            }
            for name, entry in files
        ]
        return json.dumps({"meta": {"api-version": "1.1"}, "name": project, "files": listed}).encode()


def _sha256(entry: Entry) -> str:
    return entry.sha256 or hashlib.sha256(entry.content).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    served: PackageIndex
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        index = self.served
        if self.command == "GET":
            index.requests.append(self.path)
        authorization = self.headers.get("Authorization", "")
        index.authorizations.add(authorization)
        wanted = f"Basic {base64.b64encode(index.login.encode()).decode()}" if index.login else authorization
        if index.status or authorization != wanted:
            return self._send(index.status or 401, b"")
        kind, _, rest = self.path.lstrip("/").partition("/")
        if kind == "simple" and rest.strip("/") in index.files:
            as_html = index.html or JSON not in self.headers.get("Accept", "")
            body = index.page(rest.strip("/"), as_html=as_html)
            return self._send(200, body, "text/html" if as_html else JSON)
        if kind == "files":
            for files in index.files.values():
                if entry := files.get(rest):
                    return self._send(200, entry.content)
        return self._send(404, b"")

    def _send(self, status: int, body: bytes, media_type: str = "application/octet-stream") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        half = len(body) // 2
        self.wfile.write(body[:half])
        if self.served.pause and self.path.startswith("/files/"):
            time.sleep(self.served.pause)
        self.wfile.write(body[half:])

    def log_message(self, *_: object) -> None:
        """Says nothing."""
