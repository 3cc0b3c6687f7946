"""Which process has started which, as /proc shows it."""

from __future__ import annotations

import os
from pathlib import Path


def children(root: int) -> list[int]:
    """What `root` itself has started."""
    return by_parent().get(root, [])


def by_parent() -> dict[int, list[int]]:
    """The children of each process on this machine."""
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            found.setdefault(_parent(entry), []).append(int(entry))
    return found


def _parent(pid: str) -> int:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0
