"""Ends what bubblewrap has started, at whatever stage it is."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from services.isolation.processes import children

_STOPS_WITHIN = 1.0
_OFTEN = 0.001


def end(root: int, descendants: Sequence[int] = ()) -> None:
    """Kill the bwrap `root`, an unreaped child of this process, and all that is sealed by it.

    Who is sealed dies with bwrap only once it has asked the kernel for that, as the last step of its start. Before, it
    waits for bwrap: killed by itself, that leaves a process behind which never ends and holds the pipes open. So its
    children go first: process 1 inside, and the observer of its network where it has one.

    `descendants` are known ones of many: what is killed starts no more of them until process 1 has had its turn to end.
    """
    for pid in descendants:
        _kill(pid, signal.SIGKILL)
    _kill(root, signal.SIGSTOP)  # or it could start a child between the look and the kill
    _await_stop(root)
    for pid in (*children(root), root):
        _kill(pid, signal.SIGKILL)


def _kill(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)


def _await_stop(pid: int) -> None:
    until = time.monotonic() + _STOPS_WITHIN
    while _state(pid) not in {"T", "Z", "X", ""} and time.monotonic() < until:
        time.sleep(_OFTEN)


def _state(pid: int) -> str:
    """The kernel's letter for what it does, or nothing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]
