"""Which process has started which, as /proc shows it."""

from __future__ import annotations

import os

# The kernel lists them where it is built so, as those of the distributions are.
_LISTED = os.path.exists("/proc/thread-self/children")  # noqa: PTH110  # a constant


def children(root: int) -> list[int]:
    """What `root` itself has started; nothing of a process that is gone."""
    if not _LISTED:
        return _by_parent().get(root, [])
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{root}/task"):
            found += map(int, _read(f"/proc/{root}/task/{thread}/children").split())
    except OSError:
        return found
    return found


def tree(root: int, most: int | None = None) -> list[int]:
    """`root` and its descendants; not many more than `most`, so that a look at those of a fork bomb comes to an end."""
    below = None if _LISTED else _by_parent()
    found, at = [root], 0
    while at < len(found) and (most is None or len(found) <= most):
        found += children(found[at]) if below is None else below.get(found[at], [])
        at += 1
    return found


def _by_parent() -> dict[int, list[int]]:
    """The children of each process on this machine."""
    found: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            found.setdefault(_parent(entry), []).append(int(entry))
    return found


def _parent(pid: str) -> int:
    try:
        stat = _read(f"/proc/{pid}/stat")
    except OSError:
        return 0
    fields = stat.rpartition(b")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(path: str) -> bytes:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123  # a hot loop
        return file.read()
