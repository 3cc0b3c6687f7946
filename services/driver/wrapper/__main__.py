"""The command line, as a job's entrypoint."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time

from .driver import execute
from .text import encoded, flush


def main(arguments: list[str]) -> int:
    """Execute as a job's entrypoint; the exit status is the program's own."""
    nonce = None
    if arguments and arguments[0] == "--nonce":
        nonce, arguments = arguments[1], arguments[2:]
    frame = f"\x1eraygen:{nonce} " if nonce else None
    launcher = Launcher(os.environ.pop("RAYGEN_STARTED_FD", None))

    def begin() -> None:
        launcher.tell(b"b")
        if frame:
            _write(f"{frame}begin {time.time_ns() // 1_000_000}{launcher.watches}\n")

    facts = execute(arguments[0], [*_given(), *arguments[1:]], begin)
    if frame:
        _write(f"{frame}{encoded(facts)}\n")
    if facts["exit_code"] == 0:
        launcher.tell(b"e")
    return int(facts["exit_code"])


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


def _given() -> list[str]:
    """What travels in a file beside the wrapper, so that no shell reads it."""
    try:
        with open(os.path.join(os.path.dirname(__file__), "arguments.json"), encoding="utf-8") as file:
            return [str(each) for each in json.load(file)]
    except OSError:
        return []


def _write(text: str) -> None:
    """Straight to the file descriptor: whatever the program did to `sys.stdout` does not matter."""
    flush()
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.exit(status)
