"""What opens over a card for a closer look: the whole program, all changes, all that it touches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from handlers.blocks.changes import heading
from handlers.blocks.forms import look
from handlers.blocks.parts import context, mrkdwn, preformatted
from handlers.blocks.touched import everything
from handlers.escape import literal, plain
from services.changes import changes
from services.invisible import visible_code
from services.model import Artifact
from services.output import plural
from services.records import Proposal
from services.secrets import masked

# Slack takes views of 250 kB of JSON and 100 blocks; some of both is for what stands around the text.
_VIEW_BYTES = 220_000
_PIECES = 90
_PIECE = 3000


@dataclass(frozen=True, slots=True)
class Look:
    """A modal, and the whole as a file where the modal could not hold it."""

    view: dict[str, Any]
    file: Artifact | None = None


def program(proposal: Proposal) -> Look:
    """The whole program, without its secrets."""
    file = Artifact("program.py", "text/x-python", masked(proposal.program.code).encode(errors="replace"))
    what = f"{_title(proposal)} · sha256 `{proposal.program.sha256[:12]}`"
    return _whole("Program", what, visible_code(masked(proposal.program.code)), "python", file)


def compared(proposal: Proposal, before: Proposal) -> Look:
    """All that a proposal changes in another program."""
    found = changes(before.program, proposal.program)
    file = Artifact("changes.diff", "text/x-diff", found.text.encode(errors="replace"))
    return _whole("Changes", f"{_title(proposal)}\n{heading(before, found)}", found.text, "diff", file)


def touched(proposal: Proposal) -> Look:
    """All that a program touches, as far as it is known."""
    told = everything(proposal)
    file = Artifact("touches.txt", "text/plain", told.encode(errors="replace"))
    return _whole("All it touches", _title(proposal), told, None, file)


def _whole(name: str, what: str, text: str, language: str | None, file: Artifact) -> Look:
    pieces, whole = _pieces(plain(text))
    blocks = [mrkdwn(what), *(preformatted(piece, language) for piece in pieces)]
    if whole:
        return Look(look(name, blocks if text else blocks[:1]))
    shown = plural("".join(pieces).count("\n") + len(pieces), "line")
    note = f"Slack shows no more than the first {shown} here; the whole is in the file `{file.name}`, sent to you now."
    return Look(look(name, [blocks[0], context(note), *blocks[1:], context(note)]), file)


def _pieces(text: str) -> tuple[list[str], bool]:
    """The text in pieces between lines, where lines are short enough, and whether that is all of it."""
    pieces: list[str] = []
    size, at = 0, 0
    text = text.rstrip("\n")
    while at < len(text) or not pieces:
        end = at + _PIECE
        cut = text.rfind("\n", at, end) if end < len(text) else len(text)
        following = cut + 1 if cut > at else end
        piece = text[at : cut if cut > at else end]
        # As the client sends it; a block around it takes about 150 bytes.
        size += len(json.dumps(piece)) + 150
        if size > _VIEW_BYTES or len(pieces) == _PIECES:
            return pieces, False
        pieces.append(piece)
        at = following
    return pieces, True


def _title(proposal: Proposal) -> str:
    return f"*{literal(proposal.program.title, 120)}*"
