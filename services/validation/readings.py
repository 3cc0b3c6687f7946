"""What a process tree uses, read from /proc: members, memory and CPU time."""

from __future__ import annotations

import os

from services.isolation.processes import tree

__all__ = ["available", "processor_times", "proportional", "resident", "tree"]

_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK = os.sysconf("SC_CLK_TCK")


def available() -> int:
    """Bytes of memory that the machine can give to new processes without swapping."""
    for line in _read("/proc/meminfo").splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def resident(pids: list[int]) -> int:
    """Memory in bytes with what they share counted for each: quick, and never too little."""
    return sum(_resident(pid) for pid in pids)


def proportional(pids: list[int]) -> int:
    """Memory in bytes with what is shared counted once; slower, exact. Falls back to resident where it may not look."""
    return sum(_proportional(pid) for pid in pids)


def _resident(pid: int) -> int:
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * _PAGE if len(fields) > 1 else 0


def _proportional(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return _resident(pid)


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123  # a hot loop
            return file.read()
    except OSError:
        return ""


def processor_times(root: int) -> dict[int, float]:
    """Seconds of CPU time of each process of a tree so far, with those of its ended and collected children."""
    found: dict[int, float] = {}
    for pid in tree(root):
        fields = _read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if len(fields) > 14:
            found[pid] = sum(map(int, fields[11:15])) / _TICK
    return found
