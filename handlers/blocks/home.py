"""The home tab's blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers.blocks.help import usage
from handlers.blocks.parts import Block, context, mrkdwn
from handlers.blocks.targets import Found, sections
from handlers.escape import literal
from services.records import Task, TaskStatus

_WORDS = {
    TaskStatus.QUEUED: "waiting",
    TaskStatus.WORKING: "being worked on",
    TaskStatus.PROPOSED: "proposed",
    TaskStatus.ANSWERED: "answered",
    TaskStatus.FAILED: "did not work out",
    TaskStatus.CANCELLED: "stopped",
}


def home(
    tasks: Sequence[Task], found: Found = (), user: str = "", settings: Sequence[Block] = ()
) -> dict[str, Any]:
    """A view with the targets as they are, the person's settings and their latest tasks, newest first."""
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": "raygen"}},
        *usage().blocks,
        {"type": "divider"},
        *([mrkdwn("*Targets*"), *sections(found, user), {"type": "divider"}] if found else []),
        *([mrkdwn("*Your settings*"), *settings, {"type": "divider"}] if settings else []),
        mrkdwn("*Your latest requests*"),
    ]
    blocks += [mrkdwn(f"{_prompt(task)}\n_{_WORDS[task.status]}_") for task in tasks]
    if not tasks:
        blocks.append(context("None yet."))
    return {"type": "home", "blocks": blocks}


def _prompt(task: Task) -> str:
    return literal(" ".join(task.prompt.split()), 200)
