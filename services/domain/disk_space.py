"""How much room a disk has left, and errors that mean that it has none."""

from __future__ import annotations

import errno
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from services.domain.errors import StorageFull

_log = logging.getLogger(__name__)

# Finishes what has been taken: records, output and small files. What is new is refused below it.
RESERVE = 32 * 1024**2
# SQLite needs this much for its next page and its index of the log; with less it reports many other errors.
_NEEDED = 256 * 1024
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk below `folder`; None stands for a database server's disk, whose free space is unknown."""

    folder: Path | None

    @property
    def free(self) -> int | None:
        """Bytes that can still be written, None where that is not known."""
        if self.folder is None:
            return None
        try:
            found = os.statvfs(self.folder)
        except OSError:
            return None
        return found.f_bavail * found.f_frsize

    @property
    def writable(self) -> bool:
        """Whether anything can be written, as far as that is known."""
        free = self.free
        return free is None or free >= _NEEDED

    def check(self) -> None:
        """Raises StorageFull where there is no room for new work."""
        free = self.free
        if free is not None and free < RESERVE:
            _log.error("%s has %d bytes free; new work is refused below %d", self.folder, free, RESERVE)
            raise StorageFull


def no_room(error: OSError) -> bool:
    """Whether a system call failed because the disk is full, or the user's share of it."""
    return error.errno in _NO_ROOM
