"""The command line, as a job's entrypoint."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable

from .delivered import DELIVERED, Missing
from .driver import execute
from .text import Facts, encoded, flush


def main(arguments: list[str]) -> int:
    """Execute as a job's entrypoint; the exit status is the program's own."""
    nonce = None
    if arguments and arguments[0] == "--nonce":
        nonce, arguments = arguments[1], arguments[2:]
    frame = f"\x1eraygen:{nonce} " if nonce else None
    launcher = Launcher(os.environ.pop("RAYGEN_STARTED_FD", None))
    log = Log()

    def begin() -> None:
        launcher.tell(b"b")
        if frame:
            log.write(f"{frame}begin {time.time_ns() // 1_000_000}{launcher.watches}\n")

    facts = _executed(arguments, begin)
    if frame:
        log.write(f"{frame}{encoded(facts)}\n")
    if facts["exit_code"] == 0:
        launcher.tell(b"e")
    return int(facts["exit_code"])


def _executed(arguments: list[str], begin: Callable[[], None]) -> Facts:
    """The facts of the program, which has the secrets of its run; without these it isn't started."""
    try:
        DELIVERED.take()
    except Exception:  # noqa: BLE001  # whatever the cluster said of them, they are not there
        missing = Missing()
        begin()
        return {"exit_code": 1, "failure": {"kind": "SecretsMissing", "message": str(missing)}}
    try:
        return execute(arguments[0], [*_given(), *arguments[1:]], begin)
    finally:
        DELIVERED.forget()


class Launcher:
    """The process that watches this one from outside, by the descriptor of a pipe to it; there may be none."""

    def __init__(self, descriptor: str | None) -> None:
        self._pipe = int(descriptor) if descriptor else None
        if self._pipe is not None:
            os.set_inheritable(self._pipe, False)

    @property
    def watches(self) -> str:
        return " watched" if self._pipe is not None else ""

    def tell(self, word: bytes) -> None:
        """`b` as the program begins, `e` once it has passed; whatever became of the pipe meanwhile."""
        with contextlib.suppress(OSError):
            if self._pipe is not None:
                os.write(self._pipe, word)


class Log:
    """Where standard output goes at first, by two descriptors: the program may close or replace either."""

    def __init__(self) -> None:
        self._descriptors = (1, os.dup(1))
        self._file = _identity(1)

    def write(self, text: str) -> None:
        """Whatever the program did to `sys.stdout` does not matter; where neither is left, nothing is written."""
        flush()
        data = text.encode("utf-8", "replace")
        log = next((each for each in self._descriptors if _identity(each) == self._file), None)
        while data and log is not None:
            data = data[os.write(log, data) :]


def _identity(descriptor: int) -> tuple[int, int] | None:
    try:
        found = os.fstat(descriptor)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _given() -> list[str]:
    """What travels in a file beside the wrapper, so that no shell reads it."""
    try:
        with open(os.path.join(os.path.dirname(__file__), "arguments.json"), encoding="utf-8") as file:
            return [str(each) for each in json.load(file)]
    except OSError:
        return []


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.exit(status)
