"""The forms of the shortcuts: a request to write down, and a program from a message to confirm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from handlers import ids
from handlers.blocks.modals import FIELD_LIMIT, program_fields
from handlers.blocks.parts import Block, context, option
from services.errors import BadRequest

PROMPT, CHANNEL, TARGET = "prompt", "channel", "target"


def ask(targets: Sequence[str]) -> dict[str, Any]:
    """What shall be computed, where the answer shall stand, and where it would run; `targets` begin with the person's own."""
    words: Block = {
        "type": "input",
        "block_id": PROMPT,
        "label": {"type": "plain_text", "text": "What should run on Ray?"},
        "element": {
            "type": "plain_text_input",
            "action_id": "text",
            "multiline": True,
            "max_length": FIELD_LIMIT,
            "placeholder": {"type": "plain_text", "text": "estimate pi with 100 tasks"},
        },
    }
    note = context("You get a proposal with its evidence there; nothing runs until it is approved.")
    return _form(ids.ASK_VIEW, "Ask raygen", "Ask", [words, _channel(), _target(targets), note])


def run(code: str, targets: Sequence[str], channel: str, thread_ts: str) -> dict[str, Any]:
    """The program as it stands in the message, to confirm or change. Raises BadRequest when it is too long for a form."""
    fields = program_fields(code)
    if fields is None:
        raise BadRequest(
            "That program is too long for a form; ask for it in the thread, with the program as a file."
        )
    note = context("It is checked in a sealed cluster first, and runs once it is approved.")
    view = _form(
        ids.RUN_VIEW, "Run with raygen", "Check it", [note, _target(targets), _channel(channel), *fields]
    )
    return {**view, "private_metadata": f"{channel} {thread_ts}"}


def _form(callback_id: str, title: str, submit: str, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": {"type": "plain_text", "text": title},
        "submit": {"type": "plain_text", "text": submit},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": blocks,
    }


def _channel(channel: str = "") -> Block:
    """Where the answer stands: the conversation that the form was opened in, unless the person chooses another one."""
    chosen = {"initial_conversation": channel} if channel else {"default_to_current_conversation": True}
    return {
        "type": "input",
        "block_id": CHANNEL,
        "label": {"type": "plain_text", "text": "Where should the answer go?"},
        "hint": {
            "type": "plain_text",
            "text": "In the thread of the message, or in a new thread of another conversation.",
        }
        if channel
        else {"type": "plain_text", "text": "It begins a thread there; invite me where I am not a member."},
        "element": {"type": "conversations_select", "action_id": "chosen", **chosen},
    }


def _target(targets: Sequence[str]) -> Block:
    options = [option(name, name) for name in targets]
    return {
        "type": "input",
        "block_id": TARGET,
        "label": {"type": "plain_text", "text": "Where should it run?"},
        "element": {
            "type": "static_select",
            "action_id": "chosen",
            "options": options[:100],
            "initial_option": options[0],
        },
    }
