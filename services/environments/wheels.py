"""Downloaded files by their hash, so that another environment with the same package does not download it again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_NAME = re.compile(r"[0-9a-f]{64}")


class Wheels:
    """Files in a directory, each named by the SHA-256 of its content, which was compared before it was stored."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def find(self, sha256: str) -> Path | None:
        path = self._directory / sha256
        if not _NAME.fullmatch(sha256) or not path.is_file():
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return path

    @contextmanager
    def storing(self, sha256: str) -> Generator[Incoming]:
        """Takes a file's content, which is stored when the context is left if its hash is `sha256`."""
        if not _NAME.fullmatch(sha256):
            yield Incoming(None, sha256)
            return
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._directory, prefix=".")
        except OSError:  # it is downloaded all the same
            yield Incoming(None, sha256)
            return
        stored = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                incoming = Incoming(file, sha256)
                yield incoming
                if incoming.complete:
                    stored.replace(self._directory / sha256)
        finally:
            stored.unlink(missing_ok=True)


class Incoming:
    """The content of a file, piece by piece."""

    def __init__(self, file: BinaryIO | None, sha256: str) -> None:
        self._file, self._sha256, self._digest = file, sha256, hashlib.sha256()

    def write(self, piece: bytes) -> None:
        self._digest.update(piece)
        try:
            if self._file:
                self._file.write(piece)
        except OSError:  # the disk is full; the download goes on, and is not stored
            self._file = None

    @property
    def matches(self) -> bool:
        """Whether the content so far is what its hash says; true where there is no hash."""
        return not self._sha256 or self._digest.hexdigest() == self._sha256

    @property
    def complete(self) -> bool:
        """Whether it has been written as a whole."""
        if self._file is None or not self.matches:
            return False
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            return False
        return True
