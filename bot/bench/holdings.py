"""What this process holds of the machine at one moment: the things that must not grow."""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path

from services.validation.readings import resident, tree

# Where something of Ray's or ours would turn up if it got out of the sandbox, or was put down and forgotten.
_SHARED = (("/tmp", "ray*"), ("/tmp", "raygen*"), ("/dev/shm", "*"))  # noqa: S108  # looked at, not written to


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts, and memory in bytes; `processes` are this one's children: of a whole sandbox, the one that holds it."""

    processes: int
    descriptors: int
    mounts: int
    files: int
    threads: int
    memory: int

    def since(self, before: Holdings) -> dict[str, int]:
        """By how much each has grown."""
        return {
            field.name: getattr(self, field.name) - getattr(before, field.name) for field in fields(Holdings)
        }


def take_stock(scratch: Path) -> Holdings:
    """`scratch` is the directory for temporary files that belongs to this process."""
    gc.collect()
    return Holdings(
        processes=_children(),
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        mounts=len(Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()),
        files=sum(1 for _ in _files(scratch)),
        threads=threading.active_count(),
        memory=resident([os.getpid()]),
    )


def _children() -> int:
    """Those that have died and were not collected count, too."""
    own = os.getpid()
    return sum(1 for pid in tree(own) if _parent(pid) == own)


def _parent(pid: int) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def _files(scratch: Path) -> Iterator[Path]:
    assert Path(tempfile.gettempdir()) == scratch
    yield from scratch.rglob("*")
    for folder, pattern in _SHARED:
        yield from Path(folder).glob(pattern)
