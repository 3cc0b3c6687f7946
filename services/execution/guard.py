"""Process 1 of an embedded cluster: starts Ray, reaps, and ends everything when Ray died or no bot reconnected.

Runs by itself inside the sandbox (`python -I -S guard.py LEASES SECONDS COMMAND…`), so it knows the standard
library only. Signals from inside the namespace can't end or stop process 1; when it ends, all in there ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

_VITAL = frozenset({"gcs_server", "raylet"})
_TICK = 0.5
_START_LIMIT = 120.0


class LeaseFolder:
    """How long no bot has touched its lease, on a clock that stands still while the machine sleeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._newest = 0.0
        self._since = time.monotonic()

    def age(self) -> float:
        """Seconds since the newest touch was first seen."""
        newest = max((_touched(entry) for entry in os.scandir(self._folder)), default=0.0)
        if newest != self._newest:
            self._newest, self._since = newest, time.monotonic()
        return time.monotonic() - self._since


def main(arguments: list[str]) -> int:
    leases, orphan_limit, *command = arguments
    lease = LeaseFolder(Path(leases))
    starter = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  # the bot's own words
    code = _wait_for_start(starter.pid, lease, float(orphan_limit))
    if code != 0:
        _say(f"Ray did not start ({code})")
        return 1
    return _watch(lease, float(orphan_limit))


def _wait_for_start(pid: int, lease: LeaseFolder, orphan_limit: float) -> int:
    """The exit code of `ray start`, or 124 when it took too long or the bot is gone."""
    limit = time.monotonic() + _START_LIMIT
    while time.monotonic() < limit and lease.age() <= orphan_limit:
        for dead, status in _reap():
            if dead == pid:
                return os.waitstatus_to_exitcode(status)
        time.sleep(0.05)
    return 124


def _watch(lease: LeaseFolder, orphan_limit: float) -> int:
    while True:
        _reap()
        missing = _VITAL - running()
        if missing:
            _say(f"{', '.join(sorted(missing))} is gone")
            return 2
        if lease.age() > orphan_limit:
            _say("no bot reconnected")
            return 0
        time.sleep(_TICK)


def running() -> set[str]:
    """The command names of all living processes in this namespace."""
    return {name for entry in os.scandir("/proc") if entry.name.isdigit() and (name := _name(entry.path))}


def _say(sentence: str) -> None:
    sys.stdout.write(f"guard: {sentence}\n")
    sys.stdout.flush()


def _touched(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _name(process: str) -> str:
    try:
        with open(f"{process}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123  # hot loop
            line = file.read()
    except OSError:
        return ""
    name, _, rest = line.partition("(")[2].rpartition(")")
    return "" if rest.split()[0] == "Z" else name


def _reap() -> list[tuple[int, int]]:
    """Collect what has died, as process 1 must; (pid, wait status) of each."""
    dead: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return dead
        if pid == 0:
            return dead
        dead.append((pid, status))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
