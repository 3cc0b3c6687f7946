"""What opens over the conversation: the edit form, and a look at the attempts.

Slack's text inputs end at 3,000 characters, so a longer program is spread over several.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers import ids
from handlers.blocks.evidence import attempts as failed_before
from handlers.blocks.evidence import failure, said
from handlers.blocks.parts import Block, context, mrkdwn, preformatted
from handlers.escape import literal, shorten
from services.errors import BadRequest
from services.model import Attempt, Grade, Outcome, PolicyReport
from services.output import clean, head_and_tail
from services.records import Proposal
from services.secrets import hidden, masked, restored

FIELD_LIMIT = 3000
_PROGRAM = "code_"
# Room to type in each field before it is full.
_CHUNK = 2400
_FIELDS = 40
_VIEW_BLOCKS = 100
_CODE = 2500
_TAIL = 3000


def edit(proposal: Proposal) -> dict[str, Any]:
    """A form with the program's code, its secrets hidden. Raises BadRequest when it is too long to be edited in Slack."""
    fields = program_fields(hidden(proposal.program.code))
    if fields is None:
        raise BadRequest("That program is too long to be edited here; tell me in the thread what to change.")
    return {
        "type": "modal",
        "callback_id": ids.EDIT_VIEW,
        "private_metadata": proposal.id,
        "title": {"type": "plain_text", "text": "Edit program"},
        "submit": {"type": "plain_text", "text": "Validate"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": fields,
    }


def program_fields(code: str) -> list[Block] | None:
    """A program as fields to edit; None when it is too long for that."""
    chunks = _chunks(code)
    if len(chunks) > _FIELDS or any(len(chunk) > FIELD_LIMIT for chunk in chunks):
        return None
    return [_field(index, chunk, len(chunks)) for index, chunk in enumerate(chunks)]


def of_program(fields: Mapping[str, str]) -> dict[str, str]:
    """Those fields of a form that hold its program."""
    return {block: text for block, text in fields.items() if block.startswith(_PROGRAM)}


def attempts(proposal: Proposal) -> dict[str, Any]:
    """The drafts before the one on the card: why each failed, where, what it printed, and its code."""
    blocks = [
        block
        for number, attempt in enumerate(failed_before(proposal), 1)
        for block in _attempt(number, attempt)
    ]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Attempts"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks[:_VIEW_BLOCKS] or [mrkdwn("There were no attempts before this one.")],
    }


def change(proposal: Proposal) -> dict[str, Any]:
    """A form with one field, for what should be different."""
    title = literal(proposal.program.title, 120)
    return {
        "type": "modal",
        "callback_id": ids.CHANGE_VIEW,
        "private_metadata": proposal.id,
        "title": {"type": "plain_text", "text": "Change program"},
        "submit": {"type": "plain_text", "text": "Ask for it"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            context(f"*{title}*: you get a new proposal in the thread; nothing runs until it is approved."),
            {
                "type": "input",
                "block_id": "change",
                "label": {"type": "plain_text", "text": "What should be different?"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "text",
                    "multiline": True,
                    "max_length": FIELD_LIMIT,
                },
            },
        ],
    }


def reject(proposal: Proposal) -> dict[str, Any]:
    """A form with one field, for why a program shall not run."""
    title = literal(proposal.program.title, 120)
    return {
        "type": "modal",
        "callback_id": ids.REJECT_VIEW,
        "private_metadata": proposal.id,
        "title": {"type": "plain_text", "text": "Reject program"},
        "submit": {"type": "plain_text", "text": "Reject"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [
            context(f"*{title}*: the reason is shown in the thread, and the next draft heeds it."),
            {
                "type": "input",
                "block_id": "reject",
                "label": {"type": "plain_text", "text": "Why should it not run?"},
                "element": {
                    "type": "plain_text_input",
                    "action_id": "text",
                    "multiline": True,
                    "max_length": 1000,
                },
            },
        ],
    }


def details(proposal: Proposal, outcome: Outcome) -> dict[str, Any]:
    """All that is known of a failure: its words, the lines on the way to it, the traceback, and the output's end."""
    blocks = [mrkdwn(f"*{literal(proposal.program.title, 120)}*"), *failure(outcome, frames=20)]
    ended = [f"exit code {outcome.exit_code}"] if outcome.exit_code is not None else []
    blocks.append(context(" · ".join([f"verdict {outcome.verdict.replace('_', ' ')}", *ended])))
    told = {
        "Traceback": outcome.failure.traceback if outcome.failure else "",
        "Standard error": outcome.stderr,
        "Output": outcome.stdout,
    }
    for name, text in told.items():
        if clean(text).strip():
            blocks += [mrkdwn(f"*{name}*, its end"), preformatted(_end(clean(text)))]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Details"},
        "close": {"type": "plain_text", "text": "Close"},
        "blocks": blocks,
    }


def _end(text: str) -> str:
    """The last of a text, from a line's beginning where one is near."""
    text = text.rstrip("\n")
    if len(text) <= _TAIL:
        return text
    tail = text[-_TAIL:]
    first, found, rest = tail.partition("\n")
    return "…\n" + (rest if found and len(first) < _TAIL // 2 else tail)


def _attempt(number: int, attempt: Attempt) -> list[Block]:
    outcome = attempt.outcome
    warned = [
        f"line {each.line}: {each.message}"
        for each in attempt.policy.findings
        if each.grade is not Grade.NOTE
    ]
    blocks = [mrkdwn(f"*Attempt {number}*"), *failure(outcome, frames=6)]
    blocks += [context(f"Policy: {literal(text, 300)}") for text in warned[:3]]
    blocks += said(outcome, limit=800)
    if attempt.code:
        blocks.append(
            preformatted(head_and_tail(masked(attempt.code), limit=_CODE).text.rstrip("\n"), "python")
        )
    return [*blocks, {"type": "divider"}]


def joined(fields: Mapping[str, str], original: str = "") -> str:
    """The program as edited, with the secrets of the one that it comes from in their places again."""
    return restored("\n".join(fields.values()).rstrip() + "\n", original)


def problems(fields: Mapping[str, str], report: PolicyReport) -> dict[str, str]:
    """What the policy refuses, as one message per field; empty when the program may be validated."""
    found: dict[str, str] = {}
    for finding in report.findings:
        if finding.grade is Grade.REFUSE:
            block = _holding(fields, finding.line)
            found.setdefault(block, shorten(f"Line {finding.line}: {finding.message}", 1000))
    return found


def _holding(fields: Mapping[str, str], line: int) -> str:
    last = 0
    for block, text in fields.items():
        last += text.count("\n") + 1
        if line <= last:
            return block
    return list(fields)[-1]


def _field(index: int, chunk: str, count: int) -> Block:
    label = "Program" if count == 1 else f"Program, part {index + 1} of {count}"
    return {
        "type": "input",
        "block_id": f"{_PROGRAM}{index}",
        "label": {"type": "plain_text", "text": label},
        "element": {
            "type": "plain_text_input",
            "action_id": "code",
            "multiline": True,
            "initial_value": chunk,
            "max_length": FIELD_LIMIT,
        },
    }


def _chunks(code: str) -> list[str]:
    """Whole lines, as many as fit each field; the line break between two chunks belongs to neither."""
    chunks, lines, size = list[str](), list[str](), 0
    for line in code.rstrip().split("\n"):
        if lines and size + len(line) > _CHUNK:
            chunks.append("\n".join(lines))
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    return [*chunks, "\n".join(lines)]
