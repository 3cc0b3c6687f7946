"""What is masked in a run's output before anything of it is shown, stored or given to a model."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from services.domain.checkpoints import NOTHING_LEFT, LeftFiles
from services.domain.values import Outcome, TaskCount
from services.runs.data_masks import DataMasks
from services.security.known_secrets import KnownSecrets
from services.security.redaction import masked, without_secrets

_WITHHELD = "The output of this run isn't shown, since raygen restarted meanwhile and can no longer mask secrets in it. {}"


class Masking(Protocol):
    """Takes texts of one run, in their order."""

    def output(self, text: str) -> str:
        """More of its output, as far as it is certain to be without secrets."""
        ...

    def note(self, text: str) -> str: ...

    def tasks(self, tasks: tuple[TaskCount, ...]) -> tuple[TaskCount, ...]: ...

    def outcome(self, outcome: Outcome) -> Outcome: ...

    def left(self, left: LeftFiles) -> LeftFiles: ...


class Masked:
    """Masks the known secrets of a run, what looks like one, and what the masks of its data hide."""

    def __init__(self, known: KnownSecrets, data: DataMasks) -> None:
        self._known = known
        self._data = data
        self._stream = known.stream()

    def output(self, text: str) -> str:
        return self._data.feed(self._stream.feed(text))

    def note(self, text: str) -> str:
        return masked(self._known.masked(text))

    def tasks(self, tasks: tuple[TaskCount, ...]) -> tuple[TaskCount, ...]:
        return tuple(replace(task, name=self.note(task.name)) for task in tasks) if self._known else tasks

    def outcome(self, outcome: Outcome) -> Outcome:
        return without_secrets(self._data.outcome(self._known.outcome(outcome)))

    def left(self, left: LeftFiles) -> LeftFiles:
        return self._known.left(left)


class Withheld:
    """For a run whose secrets can't be read any more: nothing that its program has written gets through."""

    def __init__(self, reason: str) -> None:
        self._reason = _WITHHELD.format(reason)

    def output(self, text: str) -> str:
        del text
        return ""

    def note(self, text: str) -> str:
        del text
        return ""

    def tasks(self, tasks: tuple[TaskCount, ...]) -> tuple[TaskCount, ...]:
        del tasks
        return ()

    def outcome(self, outcome: Outcome) -> Outcome:
        return Outcome(
            verdict=outcome.verdict,
            detail=self._reason,
            exit_code=outcome.exit_code,
            wall=outcome.wall,
            cpu=outcome.cpu,
            peak_memory=outcome.peak_memory,
        )

    def left(self, left: LeftFiles) -> LeftFiles:
        del left
        return NOTHING_LEFT
