"""Modals opened from a card: the whole program, all changes, everything that it accesses."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from handlers.blocks.changes import heading
from handlers.blocks.forms import read_only
from handlers.blocks.mrkdwn import literal, plain, quoted
from handlers.blocks.primitives import Block, context, mrkdwn, preformatted
from handlers.blocks.touched import everything
from services.domain import command_words, modules
from services.domain.entities import Proposal
from services.domain.values import Artifact, InputFile
from services.proposals.diff import changes
from services.proposals.given import difference
from services.security.redaction import masked
from services.text.formatting import plural
from services.text.invisible_characters import visible_code

# Slack takes views of 250 kB of JSON and 100 blocks; some of both is for what stands around the text.
_VIEW_BYTES = 220_000
_PIECES = 90
_PIECE = 3000


@dataclass(frozen=True, slots=True)
class CardModal:
    """A modal, and the whole as a file where the modal could not hold it."""

    view: dict[str, Any]
    file: Artifact | None = None


def program(proposal: Proposal, files: Sequence[InputFile]) -> CardModal:
    """The whole program and, below it, the Python files among its inputs, each under its name, without their secrets.

    A file that is no longer stored is still named.
    """
    stored = {
        (file.name, file.sha256): file.content.decode("utf-8-sig", "replace")
        for file in modules.modules(files)
    }
    own = [each for each in proposal.inputs if each.is_code]
    what = f"{_title(proposal)} · sha256 `{proposal.program.sha256[:12]}`"
    if own:
        what += f"\nWith {plural(len(own), 'Python file')}, shown below."
    texts = [masked(proposal.program.code)]
    headings = [what]
    for each in own:
        text = stored.get((each.name, each.sha256), "# This file is no longer stored.")
        headings.append(f"{quoted(each.name, 250)} · sha256 `{each.sha256[:12]}`")
        texts.append(masked(text))
    whole = texts[0]
    for each, text in zip(own, texts[1:], strict=True):
        whole += f"\n\n# ===== {each.name}, sha256 {each.sha256} =====\n\n{text}"
    file = Artifact("program.py", "text/x-python", whole.encode(errors="replace"))
    sections = list(zip(headings, map(visible_code, texts), strict=True))
    if proposal.command_line:
        words = masked(command_words.joined(proposal.command_line))
        sections[:1] = [(f"{what}\n*Arguments of a run:*", words), ("*Program:*", sections[0][1])]
    return _whole("Program", sections, "python", file)


def compared(proposal: Proposal, before: Proposal) -> CardModal:
    """All that a proposal changes in another program."""
    found = changes(before.program, proposal.program)
    given = difference(before, proposal)
    values = f"\nValues: {literal(given, 900)}." if given else ""
    file = Artifact("changes.diff", "text/x-diff", found.text.encode(errors="replace"))
    return _whole(
        "Changes", [(f"{_title(proposal)}\n{heading(before, found)}{values}", found.text)], "diff", file
    )


def touched(proposal: Proposal) -> CardModal:
    """Everything that a program accesses, as far as it is known."""
    text = everything(proposal)
    file = Artifact("touches.txt", "text/plain", text.encode(errors="replace"))
    return _whole("Show all access", [(_title(proposal), text)], None, file)


def _whole(name: str, sections: Sequence[tuple[str, str]], language: str | None, file: Artifact) -> CardModal:
    """Each section's heading, and its text, as far as Slack takes it."""
    blocks: list[Block] = []
    room, lines = _Room(), 0
    for what, text in sections:
        pieces = room.pieces(plain(text)) if not room.full else []
        lines += "".join(pieces).count("\n") + len(pieces)
        if pieces or not room.full:
            shown = [preformatted(piece, language) for piece in pieces] if text else []
            blocks += [mrkdwn(what), *shown]
    if not room.full:
        return CardModal(read_only(name, blocks))
    note = f"Slack can show only the first {plural(lines, 'line')} here. The full text was sent to you as `{file.name}`."
    return CardModal(read_only(name, [blocks[0], context(note), *blocks[1:], context(note)]), file)


@dataclass(slots=True)
class _Room:
    """What a view still takes; `full` once something did not fit."""

    size: int = 0
    count: int = 0
    full: bool = False

    def pieces(self, text: str) -> list[str]:
        """The text in pieces between lines, where lines are short enough, up to what fits."""
        pieces: list[str] = []
        at = 0
        text = text.rstrip("\n")
        self.count += 1  # the heading's own block
        while at < len(text) or not pieces:
            end = at + _PIECE
            cut = text.rfind("\n", at, end) if end < len(text) else len(text)
            following = cut + 1 if cut > at else end
            piece = text[at : cut if cut > at else end]
            # As the client sends it; a block around it takes about 150 bytes.
            self.size += len(json.dumps(piece)) + 150
            if self.size > _VIEW_BYTES or self.count > _PIECES:
                self.full = True
                return pieces
            pieces.append(piece)
            self.count += 1
            at = following
        return pieces


def _title(proposal: Proposal) -> str:
    return f"*{literal(proposal.program.title, 120)}*"
