"""The home tab's blocks: what waits for a person, what is theirs, the targets, their settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from handlers.blocks import action_ids, history
from handlers.blocks.approvals import overtaken
from handlers.blocks.evidence import verdict_line
from handlers.blocks.help import usage
from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import (
    Block,
    actions,
    button,
    context,
    mrkdwn,
    person,
)
from handlers.blocks.targets import Found, sections
from services.domain.summaries import RequestSummary
from services.usecases.inbox import Awaiting

_TARGETS = 10
_DIVIDER: Block = {"type": "divider"}


@dataclass(frozen=True, slots=True)
class Tab:
    """All that one person's home tab shows.

    `cards` are the addresses of what waits, by proposal; `threads` those of requests, by session. `more` is whether more
    may wait than is shown.
    """

    user: str
    waiting: Sequence[Awaiting] = ()
    more: bool = False
    cards: Mapping[str, str] = field(default_factory=dict[str, str])
    entries: Sequence[RequestSummary] = ()
    threads: Mapping[str, str] = field(default_factory=dict[str, str])
    found: Found = ()
    settings: Sequence[Block] = ()


def home(tab: Tab) -> dict[str, Any]:
    """A view of at most 80 blocks, where Slack takes 100."""
    parts = [_waiting(tab), _requests(tab), _targets(tab), _settings(tab), _help()]
    blocks: list[Block] = []
    for part in filter(None, parts):
        blocks += [*part, _DIVIDER]
    return {"type": "home", "blocks": blocks[:-1]}


def _title(text: str) -> Block:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


def _help() -> list[Block]:
    return [_title("How to use raygen"), *usage().blocks]


def _waiting(tab: Tab) -> list[Block]:
    blocks: list[Block] = [_title("Waiting for your approval")]
    for each in tab.waiting:
        blocks += _proposal(each, tab)
    if not tab.waiting:
        blocks.append(context("Nothing is waiting for your approval."))
    if tab.more:
        blocks.append(context("There may be more in their threads."))
    return blocks


def _proposal(awaiting: Awaiting, tab: Tab) -> list[Block]:
    """What would run, its validation, where and for whom; Approve is for exactly the code and target named here."""
    card, proposal = awaiting.card, awaiting.card.proposal
    link = tab.cards.get(proposal.id, "")
    facts = [
        "requested by you"
        if proposal.requester == tab.user
        else f"requested by {person(proposal.requester)}",
        f"runs on *{literal(proposal.target, 100)}*",
        f"sha256 `{proposal.program.sha256[:12]}`",
        *(
            [f"*{len(proposal.approved_by)} of {card.needs.needed}* approvals"]
            if card.needs.needed > 1
            else []
        ),
        *([f"<{link}|View card>"] if link else []),
    ]
    title = f"*{literal(proposal.program.title, 100)}*\n{literal(proposal.program.purpose, 200)}\n{verdict_line(proposal)}"
    value = action_ids.proposal_value(proposal)
    code = button("Show all code", action_ids.PROPOSAL_CODE, value)
    if awaiting.refusal:
        return [mrkdwn(title), context(" · ".join(facts), literal(awaiting.refusal, 150)), actions(code)]
    approve = button("Approve & run", action_ids.PROPOSAL_APPROVE, value, style="primary")
    return [
        mrkdwn(title),
        context(" · ".join(facts), *overtaken(card.updates)),
        actions(approve, code),
    ]


def _requests(tab: Tab) -> list[Block]:
    blocks: list[Block] = [_title("Your requests and runs")]
    for entry in tab.entries:
        link = tab.threads.get(entry.session_id, "")
        goes_on = history.goes_on(entry)
        blocks.append(history.stoppable(entry, link) if goes_on else mrkdwn(history.line(entry, link)))
    if not tab.entries:
        blocks.append(context("You have no requests yet."))
    return blocks


def _targets(tab: Tab) -> list[Block]:
    if not tab.found:
        return []
    left = len(tab.found) - _TARGETS
    more = [context(f"and {left} more. `/raygen targets` lists all.")] if left > 0 else []
    return [_title("Targets"), *sections(tab.found[:_TARGETS], tab.user), *more]


def _settings(tab: Tab) -> list[Block]:
    return [_title("Your settings"), *tab.settings] if tab.settings else []
