"""A bot's hold on a cluster: a file that it touches, for the guard inside, and keeps locked, for other bots."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from pathlib import Path
from typing import BinaryIO


class ClusterLease:
    """The lock ends with the process, however it ends; the touches are what the guard counts from."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"bot-{os.getpid()}-{secrets.token_hex(4)}"
        self._file = self._path.open("xb")
        take(self._file)

    def renew(self) -> None:
        os.utime(self._file.fileno())

    def shared(self) -> bool:
        """Whether another living bot holds a lease on the same cluster."""
        return any(_held(path) for path in self._path.parent.iterdir() if path != self._path)

    def drop(self) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()


def take(file: BinaryIO) -> bool:
    """Lock a file unless another open of it holds the lock."""
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
        return not take(file)
    return False
