"""Messages about approvals: requests for them, approvals for a thread, and the rules that apply."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import escaped, literal
from handlers.blocks.primitives import (
    Block,
    Message,
    actions,
    button,
    context,
    mrkdwn,
    person,
)
from services.approvals import ApprovalRule
from services.approvals.decision import Decision
from services.domain.entities import TaskKind
from services.domain.program_facts import Grant
from services.notifications.events import ApprovalRequested
from services.proposals.thread_updates import ThreadUpdates
from services.text.formatting import human_seconds, plural

_IN_PROGRESS = {
    TaskKind.EDIT: "an edit",
    TaskKind.PARAMETERS: "other values, chosen",
    TaskKind.RESUME: "a resumed run, requested",
    TaskKind.REGENERATE: "another draft, requested",
}


@dataclass(frozen=True, slots=True)
class Ruled:
    """Which rule decides on a target, and what it says of a person's own requests and of those of others."""

    target: str
    rule: ApprovalRule | None
    own: Decision
    others: Decision


def heading(request: ApprovalRequested, link: str) -> list[Block]:
    """The line above the card in an approver's direct messages."""
    thread = f" <{link}|View thread>" if link else ""
    if request.by:
        return [mrkdwn(f"{person(request.by)} asked you to approve this program.{thread}")]
    requester = person(request.card.proposal.requester)
    return [mrkdwn(f"A program requested by {requester} is still waiting for your approval.{thread}")]


def requested(request: ApprovalRequested) -> Message:
    """The note in the thread: who was asked to approve."""
    title = literal(request.card.proposal.program.title, 120)
    names = ", ".join(map(person, request.users))
    if request.users and request.by:
        text = f"{person(request.by)} asked {names} to approve *{title}*."
    elif request.users:
        text = f"{names}: *{title}* is still waiting for your approval."
    elif request.by:
        text = f"{person(request.by)} asked for approval of *{title}* by {request.card.approvers}."
    else:
        text = f"*{title}* is still waiting for approval by {request.card.approvers}."
    return Message(text, [mrkdwn(text)])


def overtaken(since: ThreadUpdates) -> list[str]:
    """What is newer in the thread of a card awaiting approval, and what that means for its buttons."""
    lines: list[str] = []
    if since.kind is not None:
        lines.append(
            f"*In progress:* {_IN_PROGRESS.get(since.kind, 'a newer request')} by {person(since.user)}. Until its proposal is "
            "posted, the buttons here still apply to this program."
        )
    if since.changed:
        have, version = (
            ("a newer", "version") if len(since.changed) == 1 else ("newer versions of", "versions")
        )
        lines.append(
            f"*Newer input:* the thread has {have} {_names(since.changed)}. This program uses the earlier {version}."
        )
    if since.added:
        was, it = ("was", "it") if len(since.added) == 1 else ("were", "them")
        lines.append(
            f"*Newer input:* {_names(since.added)} {was} added to the thread. This program doesn't use {it}."
        )
    return lines


def _names(files: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return ", ".join(f"`{escaped(name.replace('`', 'ˋ'), 60)}`" for name in files[:3]) + more


def granted(grant: Grant) -> Message:
    """An approval for a thread, with the button that ends it."""
    who, target = person(grant.user), literal(grant.target, 100)
    if grant.ended_by:
        text = f"{person(grant.ended_by)} ended the approval for this thread. Every run needs its own approval again."
        return Message(text, [context(text)])
    fallback = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(grant.expires_at))
    until = f"<!date^{int(grant.expires_at)}^{{date_short_pretty}} {{time}}|{fallback}>"
    text = (
        f"{who} approved this program for this thread until {until}. Until then it runs on *{target}* without another approval "
        f"when {person(grant.requester)} asks for it with the same inputs, packages and resources, {_numbers(grant.exact)}. "
        "Any other change needs a new approval."
    )
    end = button("End this approval", action_ids.GRANT_END, grant.id, style="danger")
    return Message(text, [mrkdwn(text), actions(end)])


def _numbers(exact: str) -> str:
    """Whether other numbers are covered, and why not."""
    if not exact:
        return "even with other numbers"
    return f"and the same numbers (because of {literal(exact, 100)})"


def policy(found: Sequence[Ruled]) -> Message:
    """What `/raygen policy` answers: for each target the rule that decides here, and what it says of this person."""
    return Message(
        "Who can approve runs here.",
        [mrkdwn("*Who can approve runs here*"), *[mrkdwn(_ruled(each)) for each in found]],
    )


def _ruled(each: Ruled) -> str:
    head = f"*{literal(each.target, 100)}*"
    if each.rule is None:
        return f"{head}: no rule applies here, so nobody can approve runs."
    lines = [f"{head}: rule `{literal(each.rule.name, 64)}` applies."]
    if each.own.sentence == each.others.sentence:
        lines.append(f"• {each.own.sentence}")
    else:
        lines += [
            f"• Your requests: {each.own.sentence}",
            f"• Others' requests: {each.others.sentence}",
        ]
    if each.rule.approvals > 1:
        lines.append(f"• Every run needs {plural(each.rule.approvals, 'approval')} from different people.")
    if terms := each.rule.second.terms():
        lines.append(f"• A program needs two approvals if it {literal(', or '.join(terms), 500)}.")
    if not each.rule.partial:
        lines.append("• A program that was validated only in part can't be approved.")
    lines += [
        f"• A program that {literal(term, 300)} can't be approved." for term in each.rule.allowed.terms()
    ]
    if each.rule.thread:
        lines.append(f"• An approval can cover a thread for {human_seconds(each.rule.thread)}.")
    return "\n".join(lines)
