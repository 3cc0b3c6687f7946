"""Modals: forms to request a change or reject a program, and views of earlier attempts and of a failure."""

from __future__ import annotations

from typing import Any

from handlers.blocks import action_ids
from handlers.blocks.evidence import attempts as failed_before
from handlers.blocks.evidence import failure, said
from handlers.blocks.forms import field, form, paragraph, read_only
from handlers.blocks.mrkdwn import literal, plain
from handlers.blocks.primitives import Block, context, mrkdwn, preformatted
from services.domain.entities import Proposal
from services.domain.values import Attempt, Grade, Outcome
from services.security.redaction import masked
from services.text.formatting import clean, head_and_tail
from services.text.invisible_characters import visible_code

_VIEW_BLOCKS = 100
_CODE = 2500
_TAIL = 3000


def attempts(proposal: Proposal) -> dict[str, Any]:
    """The drafts before the one on the card: why and where each failed, its output and its code."""
    blocks = [
        block
        for number, attempt in enumerate(failed_before(proposal), 1)
        for block in _attempt(number, attempt)
    ]
    return read_only("Attempts", blocks[:_VIEW_BLOCKS] or [mrkdwn("There were no earlier attempts.")])


def change(proposal: Proposal) -> dict[str, Any]:
    """A form with one field, for what should be different."""
    title = literal(proposal.program.title, 120)
    blocks = [
        context(f"*{title}*: you'll get a new proposal in the thread. Nothing runs until it is approved."),
        field("change", "What should be different?", paragraph()),
    ]
    return form(action_ids.CHANGE_VIEW, "Change program", "Request change", blocks, proposal.id)


def reject(proposal: Proposal) -> dict[str, Any]:
    """A form with one field, for why a program should not run."""
    title = literal(proposal.program.title, 120)
    blocks = [
        context(f"*{title}*: the reason is shown in the thread and used for the next draft."),
        field("reject", "Why should it not run?", paragraph(1000)),
    ]
    return form(action_ids.REJECT_VIEW, "Reject program", "Reject", blocks, proposal.id)


def details(proposal: Proposal, outcome: Outcome) -> dict[str, Any]:
    """A failure in full: its message, frames, traceback, and the end of the output."""
    blocks = [mrkdwn(f"*{literal(proposal.program.title, 120)}*"), *failure(outcome, frames=20)]
    ended = [f"exit code {outcome.exit_code}"] if outcome.exit_code is not None else []
    blocks.append(context(" · ".join([f"Result: {outcome.verdict.replace('_', ' ')}", *ended])))
    texts = {
        "Traceback": outcome.failure.traceback if outcome.failure else "",
        "Standard error": outcome.stderr,
        "Output": outcome.stdout,
    }
    for name, text in texts.items():
        if clean(text).strip():
            blocks += [mrkdwn(f"*{name}* (end)"), preformatted(_end(plain(clean(text)[-2 * _TAIL :])))]
    return read_only("Details", blocks)


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
    warned = [each.located for each in attempt.policy.findings if each.grade is not Grade.NOTE]
    blocks = [mrkdwn(f"*Attempt {number}*"), *failure(outcome, frames=6)]
    blocks += [context(f"Policy: {literal(text, 300)}") for text in warned[:3]]
    blocks += said(outcome, limit=800)
    if attempt.code:
        blocks.append(
            preformatted(
                head_and_tail(visible_code(masked(attempt.code)), limit=_CODE).text.rstrip("\n"), "python"
            )
        )
    return [*blocks, {"type": "divider"}]
