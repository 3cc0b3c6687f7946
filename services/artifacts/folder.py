"""Artifacts as files of a folder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from pathlib import Path

from services.artifacts.interface import key_of
from services.domain.errors import ArtifactsUnavailable


class FolderStore:
    """Keeps each file below `root`, which is made when it is first needed."""

    def __init__(self, root: Path) -> None:
        self._root = root

    async def put(self, owner: str, name: str, content: bytes) -> None:
        try:
            await asyncio.to_thread(_write, self._root / key_of(owner, name), content)
        except OSError as error:
            raise ArtifactsUnavailable from error

    async def get(self, owner: str, name: str) -> bytes:
        try:
            return await asyncio.to_thread((self._root / key_of(owner, name)).read_bytes)
        except FileNotFoundError:
            raise LookupError(name) from None
        except OSError as error:
            raise ArtifactsUnavailable from error

    async def delete(self, owner: str, name: str) -> None:
        try:
            await asyncio.to_thread(_remove, self._root / key_of(owner, name))
        except OSError as error:
            raise ArtifactsUnavailable from error


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, whenever the process or the machine ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    # The folder of an owner goes with its last file.
    with contextlib.suppress(OSError):
        path.parent.rmdir()
