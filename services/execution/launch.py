"""Starts a job's driver: after Ray's own words in its log, and at most once in the life of a bot.

Runs by itself on the target (`python launch.py SUBMISSION CLAIM|- PROGRAM ARGUMENT…`), so it knows the standard
library only. It takes the claim that no other start can take, and then becomes the driver.
"""

from __future__ import annotations

import os
import sys
import time

ALREADY = 75
_PATIENCE = 3.0
_LINE = "Running entrypoint for job {}:"


def main(submission_id: str, claim: str, command: list[str]) -> None:
    if claim != "-":
        _take(claim)
    _await_preamble(_LINE.format(submission_id).encode())
    os.execv(sys.executable, [sys.executable, *command])  # noqa: S606  # no shell is wanted


def _take(claim: str) -> None:
    try:
        os.close(os.open(claim, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        sys.stdout.write("This run was started before and is not started again.\n")
        sys.exit(ALREADY)


def _await_preamble(line: bytes) -> None:
    """Ray starts us first and flushes its line about it later; what is printed before that would stand above it."""
    limit = time.monotonic() + _PATIENCE
    try:
        with open("/proc/self/fd/1", "rb") as log:  # noqa: PTH123  # no path, a descriptor
            seen = b""
            while line not in seen and time.monotonic() < limit:
                seen += log.read()
                time.sleep(0.005)
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
