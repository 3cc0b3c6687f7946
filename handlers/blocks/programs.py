"""A program with its modules in a form: in fields to edit or, where Slack's can't hold them, as a file to edit and upload.

Slack's text inputs end at 3,000 characters, so a longer program is spread over several.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence

from handlers.blocks import action_ids
from handlers.blocks.card_modals import CardModal
from handlers.blocks.forms import FIELD_LIMIT, field, form, problem
from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import Block, context
from services.domain.entities import Proposal
from services.domain.values import Artifact, Grade, InputFile, PolicyReport
from services.security.redaction import hidden, restored
from services.text import invisible_characters
from services.text.formatting import plural
from services.text.invisible_characters import editable

# The one field that holds a file.
FILE = "code_file"
MAIN = "main.py"
"""What the program itself is called beside its modules."""
_PROGRAM = "code_"
_MODULE = "module_"
# Room to type in each field before it is full.
_CHUNK = 2400
_FIELDS = 40


def edit(proposal: Proposal, files: Sequence[InputFile] = ()) -> CardModal:
    """A form with the code of the program and of those of its modules that are stored, their secrets hidden.

    Where it can't hold them, they are a file, or an archive of them.
    """
    code = hidden(proposal.program.code)
    modules = [(place, file.name, hidden(module_text(file))) for place, file in _numbered(proposal, files)]
    fields = _all_fields([(_PROGRAM, MAIN if modules else "Program", code), *modules])
    title, file = literal(proposal.program.title, 120), None
    if fields is None and modules:
        file = Artifact("program.zip", "application/zip", _archive(code, modules))
        note = (
            f"*{title}* and its {plural(len(modules), 'module')} are more than Slack's text fields can hold. "
        )
        note += f"They were sent to you as `{file.name}`. Edit the files in it and upload it here."
        fields = [context(note), _file_field("Edited program", "zip")]
    elif fields is None:
        file = Artifact("program.py", "text/x-python", code.encode(errors="replace"))
        note = f"*{title}* has {_too_much(code)}. "
        note += f"It was sent to you as `{file.name}`. Edit that file and upload it here."
        fields = [context(note), _file_field("Edited program")]
    view = form(action_ids.EDIT_VIEW, "Edit program", "Validate", fields, proposal.id)
    return CardModal(view, file)


def module_text(file: InputFile) -> str:
    """A module as it is edited."""
    return file.content.decode("utf-8-sig", "replace")


def edited_modules(
    fields: Mapping[str, str], proposal: Proposal, files: Sequence[InputFile]
) -> dict[str, InputFile]:
    """The modules as a form of `edit` has them, by the beginning of their fields' names.

    What nobody changed stays as it is, byte for byte.
    """
    found: dict[str, InputFile] = {}
    for place, file in _numbered(proposal, files):
        before = module_text(file)
        own = of_module(fields, place)
        after = joined(own, before) if any(text.strip() for text in own.values()) else before
        untouched = joined({place: editable(hidden(before))}, before)
        found[place] = file if after in {before, untouched} else InputFile(file.name, after.encode())
    return found


def of_module(fields: Mapping[str, str], place: str) -> dict[str, str]:
    """Those fields whose names begin with `place`."""
    return {block: text for block, text in fields.items() if block.startswith(place)}


def program_fields(code: str) -> list[Block]:
    """A submitted program as fields to confirm or change, or as a file upload where they can't hold it."""
    note = f"That program has {_too_much(code)}. Upload it as a file."
    return _fields(code, _PROGRAM, "Program") or [context(note), _file_field("Program file")]


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


def _numbered(proposal: Proposal, files: Sequence[InputFile]) -> Iterator[tuple[str, InputFile]]:
    """The modules of a proposal that are stored, each with the beginning of its fields' names."""
    stored = {(file.name, file.sha256): file for file in files}
    for number, each in enumerate(each for each in proposal.inputs if each.is_code):
        if file := stored.get((each.name, each.sha256)):
            yield f"{_MODULE}{number}_", file


def _archive(code: str, modules: Sequence[tuple[str, str, str]]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in [(MAIN, code), *((name, text) for _, name, text in modules)]:
            archive.writestr(zipfile.ZipInfo(name), text.encode(errors="replace"))
    return written.getvalue()


def _all_fields(parts: Sequence[tuple[str, str, str]]) -> list[Block] | None:
    """The fields of files, each given by the beginning of its fields' names, its label and its text."""
    blocks: list[Block] = []
    for place, label, text in parts:
        fields = _fields(editable(text), place, label)
        if fields is None:
            return None
        blocks += fields
    return blocks if len(blocks) <= _FIELDS else None


def _fields(code: str, place: str, label: str) -> list[Block] | None:
    """None when it is too long for that."""
    chunks = _chunks(code)
    if len(chunks) > _FIELDS or any(len(chunk) > FIELD_LIMIT for chunk in chunks):
        return None
    count = len(chunks)
    labels = [label] if count == 1 else [f"{label}, part {part} of {count}" for part in range(1, count + 1)]
    return [_field(f"{place}{index}", *each) for index, each in enumerate(zip(labels, chunks, strict=True))]


def _field(block_id: str, label: str, chunk: str) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": "code",
        "multiline": True,
        "initial_value": chunk,
        "max_length": FIELD_LIMIT,
    }
    if chunk or block_id.startswith(_PROGRAM):
        return field(block_id, label, element)
    # A module may be empty.
    del element["initial_value"]
    return field(block_id, label, element) | {"optional": True}


def _file_field(label: str, *more: str) -> Block:
    element = {"type": "file_input", "action_id": "code", "filetypes": ["py", "txt", *more], "max_files": 1}
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
