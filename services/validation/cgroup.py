"""Control groups: limits that the kernel itself holds for a whole tree, where a group has been delegated to us.

That is so under systemd with `Delegate=yes`, and in a container whose own group is writable. Only version 2 is used,
as Documentation/admin-guide/cgroup-v2.rst has it. Elsewhere the watchdog alone holds the limits.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NEEDED = frozenset({"memory", "pids"})
_MOUNTS = (Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/unified"))
_PREFIX = "raygen-sealed-"
_BOT = "raygen-bot"
_ENTER = 'echo 0 >"$0" && exec "$@"'
_GOING = 2.0


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """The group of one sandbox."""

    path: Path

    def entering(self, command: list[str]) -> list[str]:
        """`command` as a command that first enters the group; its process ID stays the same."""
        return ["/bin/sh", "-c", _ENTER, str(self.path / "cgroup.procs"), *command]

    def add(self, pid: int) -> None:
        """Move a process that has not started anything yet into the group. Raises OSError."""
        (self.path / "cgroup.procs").write_text(str(pid))

    def limit(self, *, memory: int, threads: int) -> None:
        """Hold the tree to `memory` bytes, without swap, and to `threads`; a group over its limit is killed as a whole."""
        limits = {
            "memory.max": memory,
            "memory.swap.max": 0,
            "memory.oom.group": 1,
            "pids.max": threads,
        }
        for name, value in limits.items():
            knob = self.path / name
            if knob.exists():  # kernels without swap have none for it
                knob.write_text(str(value))

    @property
    def out_of_memory(self) -> bool:
        """Whether the kernel has ended something in it for want of memory."""
        try:
            events = (self.path / "memory.events").read_text()
        except OSError:
            return False
        return any(line.startswith("oom_kill ") and int(line.split()[1]) for line in events.splitlines())

    def destroy(self) -> None:
        """End everything in it, and the group; gives up after a moment, and leaves the rest to `sweep`."""
        with contextlib.suppress(OSError):
            (self.path / "cgroup.kill").write_text("1")
        limit = time.monotonic() + _GOING
        while time.monotonic() < limit:
            try:
                self.path.rmdir()
            except FileNotFoundError:
                return
            except OSError:
                time.sleep(0.01)
            else:
                return


@dataclass(frozen=True, slots=True)
class Delegated:
    """A group in which we may make others."""

    path: Path

    def make(self) -> ControlGroup:
        group = ControlGroup(self.path / f"{_PREFIX}{secrets.token_hex(6)}")
        group.path.mkdir()
        return group

    def sweep(self) -> None:
        """Remove the empty groups of a bot that was killed."""
        for path in self.path.glob(f"{_PREFIX}*"):
            with contextlib.suppress(OSError):
                path.rmdir()


def delegated() -> Delegated | None:
    """Our own group, made ready for others in it; None where it is not ours to divide.

    A group that has others has no processes of its own, so this process moves into a sibling of the sandboxes' groups.
    """
    with contextlib.suppress(OSError):
        own = _own()
        if own is not None and own.name == _BOT:  # moved before
            own = own.parent
        if own is not None and _ours(own) and _controllers(own / "cgroup.controllers") >= NEEDED:
            _divide(own)
            group = Delegated(own)
            group.sweep()
            return group
    return None


def _own() -> Path | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        if line.startswith("0::"):
            path = line.removeprefix("0::/")
            return next((mount / path for mount in _MOUNTS if (mount / "cgroup.controllers").exists()), None)
    return None


def _ours(group: Path) -> bool:
    """Whether it was delegated; root can write everywhere, and must not take that for a permission."""
    if not (group / "cgroup.events").exists() or not os.access(group / "cgroup.procs", os.W_OK):
        return False  # the machine's root group has no events
    in_a_namespace = group in _MOUNTS
    return in_a_namespace or os.getuid() != 0 or _marked(group)


def _marked(group: Path) -> bool:
    """Systemd marks what it delegates."""
    for attribute in ("trusted.delegate", "user.delegate"):
        with contextlib.suppress(OSError):
            if os.getxattr(group, attribute) == b"1":
                return True
    return False


def _divide(group: Path) -> None:
    control = group / "cgroup.subtree_control"
    if _controllers(control) >= NEEDED:
        return
    bot = group / _BOT
    bot.mkdir(exist_ok=True)
    for pid in _members(group):
        with contextlib.suppress(ProcessLookupError):
            (bot / "cgroup.procs").write_text(pid)
    control.write_text(" ".join(f"+{name}" for name in sorted(NEEDED)))


def _members(group: Path) -> Iterator[str]:
    yield from (group / "cgroup.procs").read_text().split()


def _controllers(file: Path) -> frozenset[str]:
    return frozenset(file.read_text().split())
