"""A small Google Cloud Storage: the files of a folder as the objects of one bucket, listed and read by its JSON API.

It is a process of its own, since pyarrow keeps Python waiting while it opens a file.
"""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

BUCKET = "lake"
_OBJECTS = f"/storage/v1/b/{BUCKET}/o"


@contextmanager
def serving(folder: Path) -> Generator[str]:
    command = [sys.executable, "-m", __name__, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


class _Handler(http.server.BaseHTTPRequestHandler):
    root = Path()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        if parts.path == _OBJECTS:
            prefix = query.get("prefix", [""])[0]
            names = [
                path.relative_to(self.root).as_posix()
                for path in sorted(self.root.rglob("*"))
                if path.is_file()
            ]
            items = [self._described(name) for name in names if name.startswith(prefix)]
            return self._answer(json.dumps({"kind": "storage#objects", "items": items}).encode())
        name = unquote(parts.path.removeprefix(f"{_OBJECTS}/"))
        if not parts.path.startswith(f"{_OBJECTS}/") or not (self.root / name).is_file():
            return self._answer(b'{"error": {"code": 404, "message": "Not Found"}}', 404)
        if query.get("alt") != ["media"]:
            return self._answer(json.dumps(self._described(name)).encode())
        return self._content((self.root / name).read_bytes())

    def _described(self, name: str) -> dict[str, str]:
        size = str((self.root / name).stat().st_size)
        same = {"kind": "storage#object", "bucket": BUCKET, "generation": "1", "metageneration": "1"}
        return {**same, "name": name, "id": name, "size": size, "updated": "2026-01-01T00:00:00Z"}

    def _content(self, whole: bytes) -> None:
        first, _, last = self.headers.get("Range", "bytes=0-").removeprefix("bytes=").partition("-")
        part = whole[int(first) : int(last) + 1 if last else None]
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Range", f"bytes {first}-{int(first) + len(part) - 1}/{len(whole)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def _answer(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


if __name__ == "__main__":
    _Handler.root = Path(sys.argv[1])
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as opened:
        sys.stdout.write(f"{opened.server_port}\n")
        sys.stdout.flush()
        opened.serve_forever()
