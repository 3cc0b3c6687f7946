"""Brings the workers' prints into the program's streams, where no log monitor of Ray's does."""

from __future__ import annotations

import contextlib
import io
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

_INTERVAL = 0.05
_INSTANT = 0.0002
PROGRESS_BAR = "__ray_tqdm_magic_token__"
"""What Ray writes into a worker's output for its driver to draw a bar from (`ray.experimental.tqdm_ray`)."""

_MARK = "\x1e"
_MARKED = re.compile(_MARK.encode() + rb":(?:job_id|actor_name|task_name):[^\n\x1e]*\n")


def mark_rays_lines() -> None:
    """Have this worker's notes to the log monitor, such as `:task_name:work`, begin with what no text of a program has.

    Ray writes them after whatever the program wrote last, in the middle of a line, too.
    """
    from ray._private import ray_constants

    for kind in ("JOB_ID", "ACTOR_NAME", "TASK_NAME"):
        name = f"LOG_PREFIX_{kind}"
        setattr(ray_constants, name, _MARK + getattr(ray_constants, name))


class Tail:
    """Brings the workers' prints into the program's streams from the files that Ray has them write.

    What a worker printed before a task ended is shown before anything that the program prints after it has the result.
    """

    def __init__(self, logs: str) -> None:
        self._logs = logs
        self._seen = 0
        self._files: dict[str, io.FileIO] = {}
        self._partial: dict[str, bytes] = {}
        self._writes: dict[str, Callable[[str], Any]] = {}
        self._busy = threading.Lock()
        self._ended = threading.Event()
        self._pumped = 0.0

    def begin(self) -> None:
        """Start to follow; what is in the files now is not this program's."""
        self._look_for_files()
        for file in self._files.values():
            file.seek(0, os.SEEK_END)
        for name, stream in ((".out", sys.stdout), (".err", sys.stderr)):
            self._writes[name] = stream.write
            stream.write = self._after_workers(stream.write)  # type: ignore[method-assign]
        threading.Thread(target=self._follow, name="ray_print_logs", daemon=True).start()

    def end(self) -> None:
        self._ended.set()
        self.pump(last=True)

    def pump(self, *, last: bool = False) -> None:
        """Show all whole lines that have been written so far, with `last` the half ones too."""
        with self._busy, contextlib.suppress(OSError):
            self._look_for_files()
            for name, file in self._files.items():
                data = file.read()
                if data or (last and name in self._partial):
                    self._show(name, data, last=last)
            self._pumped = time.monotonic()

    def _show(self, name: str, data: bytes, *, last: bool) -> None:
        data = self._partial.pop(name, b"") + data
        end = len(data) if last else data.rfind(b"\n") + 1
        if data[end:]:
            self._partial[name] = data[end:]
        whole = _MARKED.sub(b"", data[:end]).decode("utf-8", "replace")
        text = "".join(line for line in whole.splitlines(keepends=True) if PROGRESS_BAR not in line)
        if text:
            with contextlib.suppress(Exception):
                self._writes[name[-4:]](text)

    def _look_for_files(self) -> None:
        changed = os.stat(self._logs).st_mtime_ns
        if changed == self._seen:
            return
        self._seen = changed
        for name in sorted(os.listdir(self._logs)):
            if name.startswith("worker-") and name.endswith((".out", ".err")) and name not in self._files:
                self._files[name] = io.FileIO(os.path.join(self._logs, name))

    def _follow(self) -> None:
        while not self._ended.wait(_INTERVAL):
            self.pump()

    def _after_workers(self, write: Callable[[str], Any]) -> Callable[[str], Any]:
        def after(text: str) -> Any:
            # A program that only prints should not pay for each line; nothing can be fetched from a worker as quickly.
            if not self._ended.is_set() and time.monotonic() - self._pumped > _INSTANT:
                self.pump()
            return write(text)

        return after
