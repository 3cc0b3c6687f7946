"""The checkpoints of runs, beside their artifacts: one archive for each run."""

from __future__ import annotations

import asyncio

from services.domain.checkpoints import (
    NO_CHECKPOINTS,
    CheckpointFile,
    Checkpoints,
    LeftFiles,
    digest,
    packed,
    unpacked,
)
from services.domain.values import Artifact
from services.store.artifacts import Artifacts

_ARCHIVE, _MEDIA_TYPE = "checkpoints.tar", "application/x-tar"


class CheckpointFiles:
    """Contents of checkpoints, which are never shown, by the run that left them."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts

    async def keep(self, run_id: str, left: LeftFiles) -> Checkpoints:
        """In place of what the run had before; what is known of it from now on."""
        if not left.files:
            return left.of(run_id) if left.left_out else NO_CHECKPOINTS
        archive = await asyncio.to_thread(packed, left.files)
        await self._artifacts.keep(owner(run_id), (Artifact(_ARCHIVE, _MEDIA_TYPE, archive),))
        return await asyncio.to_thread(left.of, run_id)

    async def exactly(self, wanted: Checkpoints) -> tuple[CheckpointFile, ...]:
        """These files. Raises LookupError where they are gone, or no longer what they were."""
        whole = await self._artifacts.whole(owner(wanted.run))
        try:
            files = await asyncio.to_thread(unpacked, whole.artifacts[0].content)
        except (IndexError, ValueError):
            raise LookupError(wanted.run) from None
        if await asyncio.to_thread(digest, files) != wanted.sha256:
            raise LookupError(wanted.run)
        return files


def owner(run_id: str) -> str:
    """By which the artifacts know the checkpoints of a run, beside its own."""
    return f"{run_id}-checkpoints"
