"""What a proposal changes in the last approved program of its thread."""

from __future__ import annotations

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import (
    Block,
    button,
    context,
    mrkdwn,
    person,
    preformatted,
)
from services.domain.entities import Proposal
from services.proposals.cards import ProposalCard
from services.proposals.diff import Changes, changes
from services.proposals.given import difference
from services.text.formatting import plural

DIFF_LIMIT = 1500
_FILES = 5


def changed(card: ProposalCard) -> tuple[list[Block], list[Block]]:
    """How much has changed: with the diff folded behind a button, and with the diff itself, unless that is long."""
    proposal, before = card.proposal, card.approved_before
    if before is None:
        return [], []
    found = changes(before.program, proposal.program)
    files = _files(before, proposal) + _values(before, proposal)
    line = f"*Changed* since the version approved by {_approver(before)}: {_how_much(found)}{files}."
    if found.same and files:
        line = f"*Changed* since the version approved by {_approver(before)}: same code{files}."
    if files and not found.text:
        note = [context(line)]
        return note, note
    if found.same or not found.text:
        note = [context(f"{_unchanged(found)} approved by {_approver(before)}.")]
        return note, note
    opening = button("Show changes", action_ids.PROPOSAL_CHANGES, action_ids.proposal_value(proposal))
    folded = [mrkdwn(line) | {"accessory": opening}]
    whole = [mrkdwn(line), preformatted(found.text, "diff")]
    return folded, whole if len(found.text) <= DIFF_LIMIT else folded


def heading(before: Proposal, found: Changes) -> str:
    """What stands above the whole diff."""
    if not found.text:
        return f"{_unchanged(found)} approved by {_approver(before)}."
    return f"Since the version approved by {_approver(before)}: {_how_much(found)}."


def _files(before: Proposal, proposal: Proposal) -> str:
    """Which of the files beside the program differ, as the end of a sentence."""
    old, new = ({each.name: each.sha256 for each in it.inputs} for it in (before, proposal))
    differing = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    if not differing:
        return ""
    more = f" and {len(differing) - _FILES} more" if len(differing) > _FILES else ""
    return f"; other changed files: {', '.join(literal(name, 60) for name in differing[:_FILES])}{more}"


def _values(before: Proposal, proposal: Proposal) -> str:
    """Which of the values that it is given differ, as the end of a sentence."""
    differing = difference(before, proposal)
    return f"; values: {literal(differing, 600)}" if differing else ""


def _unchanged(found: Changes) -> str:
    if found.same:
        return "*Unchanged:* same code as the version"
    return "*Changed* only in line endings or masked secrets since the version"


def _how_much(found: Changes) -> str:
    return f"{plural(found.added, 'line')} added, {plural(found.removed, 'line')} removed"


def _approver(before: Proposal) -> str:
    return " and ".join(map(person, before.approved_by or (before.decided_by or "",)))
