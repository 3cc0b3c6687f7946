"""Replays runs of a cluster that has ended from their saved log, last job table entry and claim."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from services.domain.checkpoints import NOTHING_LEFT
from services.driver.checkpoints import read_checkpoints
from services.execution.cluster_directory import ClusterDirectory
from services.execution.interface import Event, Finished, Output
from services.execution.transcript import Transcript
from services.execution.verdict import conclude, unavailable

_PORTION = 1024**2
_LOST = (
    "The cluster stopped during this run, so its outcome is unknown."
    " It was not restarted, because part of its work may be done."
)


class EndedCluster:
    """What `home` remembers; a run that began is never begun again."""

    def __init__(self, home: ClusterDirectory) -> None:
        self._home = home

    def began(self, submission_id: str) -> bool:
        return self._home.started(submission_id) or self._home.end(submission_id) is not None

    async def replay(self, submission_id: str, transcript: Transcript) -> AsyncGenerator[Event]:
        """The rest of the output that `transcript` has not seen, and the end as far as it is known."""
        while data := await asyncio.to_thread(self._portion, submission_id, transcript.offset):
            if text := transcript.feed(data):
                yield Output(text)
        if text := transcript.close():
            yield Output(text)
        details = self._home.end(submission_id)
        self._home.drop_job(submission_id)
        if details is None and transcript.facts is None:
            yield Finished(unavailable(_LOST, transcript))
        else:
            outcome = conclude(details, transcript)
            left = await asyncio.to_thread(read_checkpoints, transcript.checkpoints)
            yield Finished(outcome, NOTHING_LEFT if outcome.passed else left)

    def _portion(self, submission_id: str, offset: int) -> bytes:
        path = self._home.log(submission_id)
        if path is None:
            return b""
        with path.open("rb") as file:
            file.seek(offset)
            return file.read(_PORTION)
