"""The forms of the shortcuts: a request to write down, and a program from a message to confirm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.blocks import action_ids
from handlers.blocks.forms import field, form, paragraph
from handlers.blocks.mrkdwn import literal, quoted
from handlers.blocks.parameters import arguments_field
from handlers.blocks.primitives import Block, context, option
from handlers.blocks.programs import program_fields
from services.domain.entities import Attachment
from services.domain.errors import BadRequest

_METADATA = 3000
_NOTE = 600
PROMPT, CHANNEL, TARGET, PROGRAM = "prompt", "channel", "target", "program"


@dataclass(frozen=True, slots=True)
class Origin:
    """The message that a form was opened on: its channel and thread, its other files, and what was done to its program."""

    channel: str
    thread_ts: str
    files: tuple[Attachment, ...] = ()
    note: str = ""


def ask(targets: Sequence[str]) -> dict[str, Any]:
    """A request, where its answer should go, and where it should run; `targets` begin with the person's own."""
    words = field(PROMPT, "What should run on Ray?", paragraph(placeholder="estimate pi with 100 tasks"))
    note = context(
        "You'll get a proposal with its validation results there. Nothing runs until it is approved."
    )
    return form(action_ids.ASK_VIEW, "Ask raygen", "Ask", [words, _channel(), _target(targets), note])


def run(code: str, targets: Sequence[str], place: Origin) -> dict[str, Any]:
    """The program as it stands in the message, to confirm or change, with the other files of the message.

    Raises BadRequest where those are more than a form can keep.
    """
    note = context("The program is validated in a sealed cluster first. It runs only after it is approved.")
    files = place.files
    above = [context(literal(place.note, _NOTE))] if place.note else []
    if files:
        above.append(context(f"With {', '.join(quoted(file.name, 60) for file in files[:10])}."))
    blocks = [
        note,
        *above,
        _target(targets),
        _channel(place.channel),
        *program_fields(code),
        *arguments_field(),
    ]
    return form(action_ids.RUN_VIEW, "Run with raygen", "Validate", blocks, _metadata(place))


def choose(names: Sequence[str], place: Origin) -> dict[str, Any]:
    """Which of several files is the program, chosen by its number among `names`; raises what `run` does."""
    options = [option(name, str(number)) for number, name in enumerate(names[:100])]
    element: Block = {"type": "static_select", "action_id": "chosen", "options": options}
    blocks = [field(PROGRAM, "Which file is the program?", element, "It can import the others.")]
    return form(action_ids.RUN_CHOICE, "Run with raygen", "Next", blocks, _metadata(place))


def origin(metadata: str) -> Origin:
    """Where `run` or `choose` was opened."""
    channel, thread_ts, rest = metadata.split(" ", 2)
    files, note = json.loads(rest)
    return Origin(channel, thread_ts, tuple(Attachment(*each) for each in files), note)


def _metadata(place: Origin) -> str:
    listed = [[file.name, file.size, file.url] for file in place.files]
    rest = json.dumps([listed, place.note[:_NOTE]], separators=(",", ":"), ensure_ascii=False)
    metadata = f"{place.channel} {place.thread_ts} {rest}"
    if len(metadata) > _METADATA:
        raise BadRequest("That message has too many files. Share it again with fewer files.")
    return metadata


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
