"""Snippets in CPython, each in a fresh process in the seal that validation uses: no network, files, or neighbours."""

from __future__ import annotations

import sys
from pathlib import Path

from services.domain.errors import SealUnavailable
from services.snippets.asked import ANSWER, ProcessRunner, request
from services.snippets.interface import MEMORY
from services.snippets.process import Process
from services.snippets.reading import Read
from services.validation.interface import ValidationLimits
from services.validation.seal import MIB, Seal, Spaces

_SOURCE = Path(__file__).with_name("inside.py").read_text(encoding="utf-8")
_SPACES = Spaces(shared_memory=MIB, tmp=MIB, home=MIB)
_PROCESSES = 8


class SealedRunner(ProcessRunner):
    """Implements SnippetRunner, where bubblewrap can be used."""

    def __init__(self) -> None:
        super().__init__("cpython", ValidationLimits(memory=MEMORY, processes=_PROCESSES))

    def _start(self, parsed: Read, limit: float) -> Process:  # noqa: ARG002  # it is ended from outside
        with Seal(_SPACES) as seal:
            command = seal.command(sys.executable, "-I", "-S", "-B", "-c", _SOURCE)
            try:
                return Process(command, seal.fds, request(parsed, memory=MEMORY), ANSWER)
            except OSError as error:
                raise SealUnavailable(f"bubblewrap can't be started ({error.strerror}).") from error
