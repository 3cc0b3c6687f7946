"""Snippets in CPython compiled to WebAssembly (`pyeryx`), for where no sandbox of the kernel's can be had, as in Lambda.

Each has a fresh process with an empty environment, and in it an interpreter that has no host to reach: no files but
its own library, no network, no processes. What the process says is read up to a cap. Python 3.12 or later.
"""

from __future__ import annotations

import importlib.util
import os
import stat
import sys
import tempfile
from pathlib import Path

from services.domain.errors import SealUnavailable
from services.snippets.asked import ANSWER, ProcessRunner, request
from services.snippets.process import Process
from services.snippets.reading import Read
from services.validation.interface import ValidationLimits

MEMORY = 256 * 1024**2
"""What a snippet may take, in bytes; the interpreter itself takes about as much again."""

_FOLDER = Path(__file__).parent
_INSIDE = (_FOLDER / "inside.py").read_text(encoding="utf-8")
_WORKER = (_FOLDER / "wasm.py").read_text(encoding="utf-8")
_PROCESSES = 2


def lacking() -> str:
    """What is missing for it, as a sentence; empty when nothing is."""
    if importlib.util.find_spec("eryx") is None:
        return "The package `pyeryx` is not installed here; it needs Python 3.12 or later."
    return ""


class EryxRunner(ProcessRunner):
    """Implements SnippetRunner, where `pyeryx` is installed."""

    def __init__(self) -> None:
        super().__init__("eryx", ValidationLimits(memory=3 * MEMORY, processes=_PROCESSES))

    def _start(self, parsed: Read, limit: float) -> Process:
        if missing := lacking():
            raise SealUnavailable(missing)
        data = request(parsed, memory=MEMORY, seconds=limit, inside=_INSIDE, folder=_folder())
        try:
            return Process([sys.executable, "-I", "-B", "-c", _WORKER], (), data, ANSWER)
        except OSError as error:
            raise SealUnavailable(f"Snippets can't start a process ({error.strerror}).") from error


def _folder() -> str:
    """Where the package unpacks itself, machine code among it: no other user may write there."""
    folder = Path(tempfile.gettempdir()) / f"raygen-eryx-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) != 0o700:
        raise SealUnavailable(
            f"{folder} belongs to another user, and snippets need their own directory there."
        )
    return str(folder)
