"""Work under way: a plan of its steps with the model's words below, as a stream's chunks or as an ordinary message."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from slack_sdk.models.messages.chunk import (
    BlocksChunk,
    Chunk,
    MarkdownTextChunk,
    PlanUpdateChunk,
    TaskUpdateChunk,
)

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import escape, literal, plain, shorten
from handlers.blocks.primitives import (
    Block,
    Message,
    actions,
    button,
    mrkdwn,
    prose,
)
from services.domain.entities import Task, TaskKind
from services.domain.progress import Phase, Stage
from services.notifications.events import TaskProgress

_PHASES = {
    Phase.QUEUED: "Waiting",
    Phase.THINKING: "Reading the request",
    Phase.WRITING: "Writing the program",
    Phase.REPAIRING: "Fixing the program",
    Phase.INSTALLING: "Installing packages",
    Phase.SAMPLING: "Taking a sample",
    Phase.WAITING: "Waiting for a sealed cluster",
    Phase.COMPUTING: "Computing",
    Phase.VALIDATING: "Validating it in a sealed cluster",
}
_OPENINGS = {
    TaskKind.EDIT: "Checking your edit",
    TaskKind.PARAMETERS: "Checking the program with other values",
    TaskKind.AGAIN: "Checking the program again",
    TaskKind.RESUME: "Checking the program with its checkpoints in place",
    TaskKind.CHECK: "Checking the program",
    TaskKind.EXPLAIN: "Reading the message",
}
_WORDS = 6000
# What makes a link of the words before it: `[words](address)`, `[words][name]`, and `[name]: address`.
_JOINED = re.compile(r"\](?=[(\[:])")
_TITLE = 250
# How far an installation has come, which is no news once it is over.
_SHARE = re.compile(r", [0-9]+%$")


@dataclass(frozen=True, slots=True)
class Live:
    """What a card shows of work under way.

    `steps` are all begun, the last one is being done; `words` are Markdown that can do no harm; `still` shows the same
    without a stream; `controls` are the buttons, under the key that marks the message as this card.
    """

    steps: tuple[str, ...]
    words: str
    still: Message
    controls: tuple[Block, ...] = field(default=())


def live(key: str, task: Task, progress: TaskProgress) -> Live:
    """The card with this key, as far as the task has come."""
    steps = tuple(_steps(progress.stages)) or (_opening(task),)
    stop = {**actions(button("Stop", action_ids.TASK_STOP, task.id)), "block_id": key}
    done = [f":white_check_mark: {literal(step, 300)}" for step in steps[:-1]]
    lines = [*done, f":hourglass_flowing_sand: *{literal(steps[-1], 300)}* …"]
    said = [prose(progress.words)] if progress.words else []
    still = Message(f"Working: {escape(steps[-1])} …", [mrkdwn("\n".join(lines)), *said, stop])
    return Live(steps, harmless(progress.words)[:_WORDS], still, (stop,))


def harmless(text: str) -> str:
    """Markdown whose words stay words: no mentions, no links under another name."""
    return _JOINED.sub("] ", escape(text))


def beginning(now: Live) -> list[Chunk]:
    """All of it, for a stream that has just begun."""
    return _chunks(replace(now, steps=(), words="", controls=()), now)


def growth(shown: Live, now: Live) -> list[Chunk] | None:
    """What turns the one into the other; None when words were taken back, which a stream can't do."""
    if not now.words.startswith(shown.words) or len(now.steps) < len(shown.steps):
        return None
    return _chunks(shown, now)


def _chunks(shown: Live, now: Live) -> list[Chunk]:
    chunks: list[Chunk] = []
    if shown.steps != now.steps:
        chunks.append(PlanUpdateChunk(title=plain(now.steps[-1])[:_TITLE]))
        before = _states(shown.steps)
        states = _states(now.steps)
        for number, (title, status) in enumerate(states):
            if number >= len(before) or before[number] != (title, status):
                chunks.append(TaskUpdateChunk(id=str(number), title=plain(title)[:_TITLE], status=status))
    if now.controls and not shown.controls:
        blocks: Sequence[dict[str, Any]] = now.controls
        chunks.append(BlocksChunk(blocks=blocks))
    if more := now.words[len(shown.words) :]:
        chunks.append(MarkdownTextChunk(text=more))
    return chunks


def _states(steps: Sequence[str]) -> list[tuple[str, str]]:
    return [
        (step, "complete" if number < len(steps) else "in_progress") for number, step in enumerate(steps, 1)
    ]


def _opening(task: Task) -> str:
    return _OPENINGS.get(task.kind, "Reading the request")


def _steps(stages: Sequence[Stage]) -> list[str]:
    """One line per stage; the supervisor's thinking is shown only at the start and at the end."""
    lines: list[str] = []
    for index, stage in enumerate(stages):
        thinking_again = stage.phase is Phase.THINKING and index > 0
        line = "Summarizing" if thinking_again else _PHASES[stage.phase]
        if stage.where:
            line = f"Validating it {stage.where}"
        if stage.attempt > 1:
            line += f" (attempt {stage.attempt})"
        if stage.phase is Phase.INSTALLING and stage.note:
            over = index < len(stages) - 1
            line = shorten(_SHARE.sub("", stage.note) if over else stage.note, 200)
        elif stage.note:
            line += f": {shorten(stage.note, 200)}"
        lines.append(line)
    return lines
