"""A program in a form: in fields to edit or, where Slack's can't hold it, as a file to edit and upload.

Slack's text inputs end at 3,000 characters, so a longer program is spread over several.
"""

from __future__ import annotations

from collections.abc import Mapping

from handlers.blocks import action_ids
from handlers.blocks.card_modals import CardModal
from handlers.blocks.forms import FIELD_LIMIT, field, form, problem
from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import Block, context
from services.domain.entities import Proposal
from services.domain.values import Artifact, Grade, PolicyReport
from services.security.redaction import hidden, restored
from services.text import invisible_characters
from services.text.formatting import plural
from services.text.invisible_characters import editable

# The one field that holds a file.
FILE = "code_file"
_PROGRAM = "code_"
# Room to type in each field before it is full.
_CHUNK = 2400
_FIELDS = 40


def edit(proposal: Proposal) -> CardModal:
    """A form with the program's code, its secrets hidden; the program as a file where the form can't hold it."""
    code = hidden(proposal.program.code)
    fields, file = _fields(editable(code)), None
    if fields is None:
        file = Artifact("program.py", "text/x-python", code.encode(errors="replace"))
        note = f"*{literal(proposal.program.title, 120)}* has {_too_much(code)}. "
        note += f"It was sent to you as `{file.name}`. Edit that file and upload it here."
        fields = [context(note), _file_field("Edited program")]
    view = form(action_ids.EDIT_VIEW, "Edit program", "Validate", fields, proposal.id)
    return CardModal(view, file)


def program_fields(code: str) -> list[Block]:
    """A submitted program as fields to confirm or change, or as a file upload where they can't hold it."""
    note = f"That program has {_too_much(code)}. Upload it as a file."
    return _fields(code) or [context(note), _file_field("Program file")]


def of_program(fields: Mapping[str, str]) -> dict[str, str]:
    """Those text fields of a form that hold its program; none where it is in a file."""
    return {block: text for block, text in fields.items() if block.startswith(_PROGRAM) and block != FILE}


def joined(fields: Mapping[str, str], original: str = "") -> str:
    """The program as edited, with the secrets and the unseen characters of the one that it comes from in their places."""
    edited = "\n".join(fields.values()).rstrip() + "\n"
    return restored(invisible_characters.restored(edited, hidden(original)), original)


def problems(fields: Mapping[str, str], report: PolicyReport) -> dict[str, str]:
    """What the policy refuses, as one message per field; empty when the program may be validated."""
    found: dict[str, str] = {}
    for finding in report.findings:
        if finding.grade is Grade.REFUSE:
            block = _holding(fields, finding.line)
            line = f"Line {finding.line}: " if finding.line else ""
            found.setdefault(block, problem(line + finding.message))
    return found


def _holding(fields: Mapping[str, str], line: int) -> str:
    last = 0
    for block, text in fields.items():
        last += text.count("\n") + 1
        if line <= last:
            return block
    return list(fields)[-1]


def _fields(code: str) -> list[Block] | None:
    """None when it is too long for that."""
    chunks = _chunks(code)
    if len(chunks) > _FIELDS or any(len(chunk) > FIELD_LIMIT for chunk in chunks):
        return None
    return [_field(index, chunk, len(chunks)) for index, chunk in enumerate(chunks)]


def _field(index: int, chunk: str, count: int) -> Block:
    label = "Program" if count == 1 else f"Program, part {index + 1} of {count}"
    element: Block = {
        "type": "plain_text_input",
        "action_id": "code",
        "multiline": True,
        "initial_value": chunk,
        "max_length": FIELD_LIMIT,
    }
    return field(f"{_PROGRAM}{index}", label, element)


def _file_field(label: str) -> Block:
    element = {"type": "file_input", "action_id": "code", "filetypes": ["py", "txt"], "max_files": 1}
    return field(FILE, label, element)


def _too_much(code: str) -> str:
    """What of a program the fields can't hold."""
    lines = code.rstrip("\n").split("\n")
    if any(len(line) > FIELD_LIMIT for line in lines):
        return "a line too long for Slack's text fields"
    return f"{plural(len(lines), 'line')}, more than Slack's text fields can hold"


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
