"""Which object did not fit into the seal's object store, as the raylet has it in its log; Ray's exceptions don't say."""

from __future__ import annotations

import re
from pathlib import Path

from . import cluster

_LOG = cluster.LOGS / "raylet.out"
_READ = 1024**2
_FAILED = re.compile(rb"Out-of-(?:disk|memory): Failed to create object \w+ of size (\d{1,9})MB")


class StoreWatch:
    """The log from where it was last begun."""

    def __init__(self, log: Path = _LOG) -> None:
        self._log = log
        self._start = 0

    def begin(self) -> None:
        try:
            self._start = self._log.stat().st_size
        except OSError:
            self._start = 0

    def unstored(self) -> int | None:
        """The size of the last object that found no room, in MiB, rounded up; None where there was none."""
        try:
            with self._log.open("rb") as file:
                end = file.seek(0, 2)
                file.seek(max(self._start, end - _READ))
                found = _FAILED.findall(file.read(_READ))
        except OSError:
            return None
        return int(found[-1]) + 1 if found else None
