"""The forms of the shortcuts: a request to write down, and a program from a message to confirm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from handlers.blocks import action_ids
from handlers.blocks.forms import field, form, paragraph
from handlers.blocks.mrkdwn import quoted
from handlers.blocks.parameters import arguments_field
from handlers.blocks.primitives import Block, context, option
from handlers.blocks.programs import program_fields
from services.domain.entities import Attachment
from services.domain.errors import BadRequest

_METADATA = 3000
PROMPT, CHANNEL, TARGET = "prompt", "channel", "target"


def ask(targets: Sequence[str]) -> dict[str, Any]:
    """A request, where its answer should go, and where it should run; `targets` begin with the person's own."""
    words = field(PROMPT, "What should run on Ray?", paragraph(placeholder="estimate pi with 100 tasks"))
    note = context(
        "You'll get a proposal with its validation results there. Nothing runs until it is approved."
    )
    return form(action_ids.ASK_VIEW, "Ask raygen", "Ask", [words, _channel(), _target(targets), note])


def run(
    code: str, targets: Sequence[str], channel: str, thread_ts: str, files: Sequence[Attachment] = ()
) -> dict[str, Any]:
    """The program as it stands in the message, to confirm or change, with the other `files` of the message.

    Raises BadRequest where those are more than a form can keep.
    """
    note = context("The program is validated in a sealed cluster first. It runs only after it is approved.")
    listed = [[file.name, file.size, file.url] for file in files]
    metadata = f"{channel} {thread_ts} {json.dumps(listed, separators=(',', ':'))}"
    if len(metadata) > _METADATA:
        raise BadRequest("That message has too many files. Share it again with fewer files.")
    with_files = (
        [context(f"With {', '.join(quoted(file.name, 60) for file in files[:10])}.")] if files else []
    )
    blocks = [
        note,
        *with_files,
        _target(targets),
        _channel(channel),
        *program_fields(code),
        *arguments_field(),
    ]
    return form(action_ids.RUN_VIEW, "Run with raygen", "Validate", blocks, metadata)


def origin(metadata: str) -> tuple[str, str, tuple[Attachment, ...]]:
    """Channel and thread of the message that `run` was opened on, and its other files."""
    channel, thread_ts, files = metadata.split(" ", 2)
    return channel, thread_ts, tuple(Attachment(*each) for each in json.loads(files))


def _channel(channel: str = "") -> Block:
    """Where the answer goes: the conversation that the form was opened in, unless another one is chosen."""
    chosen = {"initial_conversation": channel} if channel else {"default_to_current_conversation": True}
    hint = (
        "The thread of the message, or a new thread in another conversation."
        if channel
        else "Starts a new thread there. Invite raygen first if it isn't a member."
    )
    element: Block = {"type": "conversations_select", "action_id": "chosen", **chosen}
    return field(CHANNEL, "Where should the answer go?", element, hint)


def _target(targets: Sequence[str]) -> Block:
    options = [option(name, name) for name in targets]
    element: Block = {
        "type": "static_select",
        "action_id": "chosen",
        "options": options[:100],
        "initial_option": options[0],
    }
    return field(TARGET, "Where should it run?", element)
