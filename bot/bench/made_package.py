"""An index on loopback with one package in it: a few hundred modules and some data, as libraries have them."""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from services.environments.terms import Index

NAME = "raygen-bench-package"
_MODULE = "raygen_bench_package"
_MODULES, _FUNCTIONS = 300, 20
_DATA = 20 * 1000**2


@contextmanager
def serving_package(folder: Path) -> Generator[Index]:
    """The index, below `folder`, as long as the context lasts."""
    page = folder / "simple" / NAME / "index.html"
    page.parent.mkdir(parents=True)
    wheel = _wheel(folder)
    with wheel.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    page.write_text(f'<a href="/{wheel.name}#sha256={digest}">{wheel.name}</a>', encoding="utf-8")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield Index.parse(f"http://127.0.0.1:{server.server_address[1]}/simple")
        finally:
            server.shutdown()


def _wheel(folder: Path) -> Path:
    code = "".join(f"def f{n}(x):\n    return [x * {n} for _ in range({n})]\n\n\n" for n in range(_FUNCTIONS))
    metadata = f"{_MODULE}-1.0.dist-info"
    files = {
        **{f"{_MODULE}/m{n}.py": code.encode() for n in range(_MODULES)},
        f"{_MODULE}/__init__.py": b"",
        f"{_MODULE}/data.bin": os.urandom(_DATA),
        f"{metadata}/METADATA": f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\n".encode(),
        f"{metadata}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{metadata}/RECORD"] = "".join(f"{name},,\n" for name in [*files, f"{metadata}/RECORD"]).encode()
    wheel = folder / f"{_MODULE}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return wheel


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the base class
        """Say nothing."""
