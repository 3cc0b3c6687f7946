"""Samples as folders on this machine, by the hash of their content: complete or not there at all, the oldest removed first.

A folder may be mounted in a sealed cluster after it was removed; the cluster keeps its files.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from services.data.interface import Samples
from services.domain.connections import Sample

# Samples have tens of megabytes.
_MOST = 40


class UnpackedSamples:
    """The folders below `root`, which several processes may share."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._one_at_a_time = asyncio.Lock()

    async def folder(self, sample: Sample, samples: Samples) -> Path:
        """Where the files of a sample are. Raises ArtifactsUnavailable, LookupError when files are gone, and OSError."""
        place = self._root / sample.sha256
        async with self._one_at_a_time:
            if await asyncio.to_thread(_touched, place):
                return place
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            making = Path(tempfile.mkdtemp(dir=self._root, prefix="."))
            try:
                await samples.write(sample, making)
                await asyncio.to_thread(_put, making, place)
            finally:
                await asyncio.to_thread(shutil.rmtree, making, ignore_errors=True)
            await asyncio.to_thread(self._let_go)
        return place

    def _let_go(self) -> None:
        """Remove the folders that were used longest ago, and what ended processes have left."""
        folders = sorted(self._root.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for folder in folders[_MOST:]:
            shutil.rmtree(folder, ignore_errors=True)


def _touched(place: Path) -> bool:
    try:
        os.utime(place)
    except OSError:
        return False
    return True


def _put(making: Path, place: Path) -> None:
    """Rename it into place, unless another process has been quicker."""
    for path in (making, *making.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    try:
        making.rename(place)
    except OSError:
        if not place.is_dir():
            raise
