"""Starts a job's driver: after Ray's own words in its log, at most once in the life of a bot, and not for ever.

Runs by itself on the target (`python launch.py SUBMISSION CLAIM|- LIMIT PROGRAM ARGUMENT…`), so it knows the standard
library only, and the driver's package beside it. It takes the claim that no other start can take, leaves a process that enforces
the wall limit and hands over the checkpoints of a program that has not passed, and then becomes the driver.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ALREADY = 75
GRACE = 4.0
"""Seconds beyond the wall limit for those who stop a run more gently, from outside."""

STARTED = "RAYGEN_STARTED_FD"
_CLAIM_LIMIT = 3.0
_LONGEST = 86_400.0
_KILLED = 10.0
_LINE = "Running entrypoint for job {}:"


def main(submission_id: str, claim: str, limit: float, command: list[str]) -> None:
    if claim != "-":
        _take(claim)
    _await_preamble(_LINE.format(submission_id).encode())
    _keep(limit + GRACE, _hand_over(command), _forget())
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  # no shell is wanted


def _take(claim: str) -> None:
    try:
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        sys.stdout.write("This run has already been started, so it was not started again.\n")
        sys.exit(ALREADY)


def _await_preamble(line: bytes) -> None:
    """Ray starts us first and flushes its line about it later; what is printed before that would stand above it."""
    limit = time.monotonic() + _CLAIM_LIMIT
    try:
        with open("/proc/self/fd/1", "rb") as log:  # noqa: PTH123  # no path, a descriptor
            seen = b""
            while line not in seen and time.monotonic() < limit:
                seen += log.read()
                time.sleep(0.005)
    except OSError:
        return


def _hand_over(command: list[str]) -> Callable[[int], None]:
    """What writes the checkpoints into the log, once the driver with this command line has ended.

    What it takes is loaded now, before the program can change it.
    """
    here = str(Path.cwd())
    try:
        checkpoints: Any = importlib.import_module("raygen_driver.checkpoints")  # its name on the target
        nonce = command[command.index("--nonce") + 1]
    except (ImportError, ValueError):
        return lambda _: None

    def hand_over(log: int) -> None:
        found = json.dumps(checkpoints.collect(here))
        data = f"\x1eraygen:{nonce} checkpoints {found}\n".encode()
        while data:
            data = data[os.write(log, data) :]

    return hand_over


def _forget() -> Callable[[], None]:
    """What removes the secrets of the run from the cluster, where its driver had no time for that."""
    try:
        delivered: Any = importlib.import_module("raygen_driver.delivered")
    except ImportError:
        return lambda: None
    name = delivered.workers_name()
    return (lambda: delivered.forget(name)) if name else lambda: None


def _keep(limit: float, hand_over: Callable[[int], None], forget: Callable[[], None]) -> None:
    """Leave a process behind that kills this one after `limit` seconds of the program; it ends after this one, too.

    It is an orphan and in no process group of the driver, so that nothing that ends those ends it before. Where the
    kernel has no descriptors of processes there is none: a process ID alone may have been reused by then.
    """
    driver = os.getpid()
    try:
        alive = os.pidfd_open(driver)
    except (AttributeError, OSError):
        return
    started, program = os.pipe()
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        os.close(alive)
        os.close(started)
        os.set_inheritable(program, True)
        os.environ[STARTED] = str(program)
        return
    try:
        os.setsid()
        if os.fork() == 0:
            os.close(program)
            log = os.dup(1)
            _leave_streams()
            _within(limit, started, alive)
            if not _within(limit, alive):
                _kill(driver, alive)
                _within(_KILLED, alive)
            if not _has_passed(started):
                hand_over(log)
                forget()
    finally:
        os._exit(0)


def _has_passed(started: int) -> bool:
    """Whether the driver has said so, in all that is in the pipe from it."""
    os.set_blocking(started, False)
    with contextlib.suppress(OSError):
        return b"e" in os.read(started, 64)
    return False


def _leave_streams() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nowhere, stream)
    os.chdir("/")


def _within(limit: float, *descriptors: int) -> bool:
    """Whether one of them has come to its end within `limit` seconds."""
    poll = select.poll()
    for each in descriptors:
        poll.register(each, select.POLLIN | select.POLLHUP)
    end = time.monotonic() + limit
    while (left := end - time.monotonic()) > 0:
        if poll.poll(min(left, _LONGEST) * 1000):
            return True
    return False


def _kill(driver: int, alive: int) -> None:
    """The whole group where it is the driver's own, as in each of Ray's jobs."""
    if os.getpgid(driver) == driver:
        os.killpg(driver, signal.SIGKILL)
    else:
        signal.pidfd_send_signal(alive, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), sys.argv[4:])
