"""Which object did not fit into the seal's object store, as the raylet has it in its log; Ray's exceptions don't say."""

from __future__ import annotations

import os
import re
from pathlib import Path

from . import cluster

_LOG = cluster.LOGS / "raylet.out"
_READ = 1024**2
_FAILED = re.compile(rb"Out-of-(?:disk|memory): Failed to create object \w+ of size (\d{1,9})MB")


class StoreWatch:
    """The log from where it was last begun. It is open from before the first program on, which could put another in its place."""

    def __init__(self, log: Path = _LOG) -> None:
        self._fd: int | None = None
        self._start = 0
        try:
            self._fd = os.open(log, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return

    def begin(self) -> None:
        self._start = self._end()

    def unstored(self) -> int | None:
        """The size of the last object that found no room, in MiB, rounded up; None where there was none."""
        if self._fd is None:
            return None
        found = _FAILED.findall(os.pread(self._fd, _READ, max(self._start, self._end() - _READ)))
        return int(found[-1]) + 1 if found else None

    def _end(self) -> int:
        return 0 if self._fd is None else os.fstat(self._fd).st_size
