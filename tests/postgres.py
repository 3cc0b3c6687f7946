"""A PostgreSQL server for tests, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

# Debian keeps a server's programs out of PATH.
PATH = os.pathsep.join(
    [os.environ.get("PATH", ""), *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)]
)
needed = pytest.mark.skipif(
    shutil.which("initdb", path=PATH) is None, reason="PostgreSQL is not installed here"
)
_NOBODY = 65534


@contextmanager
def serving() -> Generator[str]:
    """A server of its own on a socket in a folder of its own, run by nobody, since it refuses root; its URL."""
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        root = Path(folder)
        if os.geteuid() == 0:
            os.chown(root, _NOBODY, _NOBODY)
        data = root / "data"
        _run("initdb", "-D", str(data), "-A", "trust", "-U", "raygen", "--no-sync")
        options = f"-c listen_addresses='' -c unix_socket_directories={root} -c fsync=off"
        log = str(root / "log")
        _run("pg_ctl", "start", "-w", "-t", "100", "-D", str(data), "-l", log, "-o", options)
        try:
            yield f"postgresql://raygen@/postgres?host={root}"
        finally:
            _run("pg_ctl", "stop", "-D", str(data), "-m", "immediate")


def _run(name: str, *arguments: str) -> None:
    program = shutil.which(name, path=PATH)
    assert program is not None, f"{name} is not there"
    user = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    # It stays behind as a server, so nothing of ours may be what it writes to.
    with tempfile.TemporaryFile() as reported:
        done = subprocess.run(
            [program, *arguments], stdout=reported, stderr=reported, cwd="/", check=False, **user
        )
        reported.seek(0)
        assert done.returncode == 0, reported.read().decode()
