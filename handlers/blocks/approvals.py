"""Messages about approvals themselves: that they are wanted, that one holds for a thread, and which rule decides where."""

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
from services.domain.entities import Proposal, TaskKind
from services.domain.program_facts import Grant
from services.notifications.notifier import ApprovalRequest
from services.proposals.thread_updates import ThreadUpdates
from services.text.formatting import human_seconds, plural

_BEGUN = {TaskKind.EDIT: "an edit", TaskKind.REGENERATE: "another draft, asked for"}


@dataclass(frozen=True, slots=True)
class Ruled:
    """Which rule decides on a target, and what it says of a person's own requests and of those of others."""

    target: str
    rule: ApprovalRule | None
    own: Decision
    others: Decision


def wanted(proposal: Proposal, wish: ApprovalRequest, link: str) -> list[Block]:
    """What stands above the card in an approver's own messages."""
    title = f"<{link}|in its thread>" if link else "in its thread"
    if wish.by:
        return [mrkdwn(f"{person(wish.by)} asks you to approve this program; it is {title}.")]
    asked = person(proposal.requester)
    return [mrkdwn(f"A program that {asked} asked for still awaits your approval; it is {title}.")]


def told(proposal: Proposal, wish: ApprovalRequest) -> Message:
    """The same for the thread: who has been asked, or who is to be asked."""
    title = literal(proposal.program.title, 120)
    names = ", ".join(map(person, wish.users))
    if wish.users and wish.by:
        text = f"{person(wish.by)} has asked {names} to approve *{title}*."
    elif wish.users:
        text = f"{names}: *{title}* still awaits your approval."
    elif wish.by:
        text = f"{person(wish.by)} asks for an approval of *{title}* by {wish.whom}."
    else:
        text = f"*{title}* still awaits an approval by {wish.whom}."
    return Message(text, [mrkdwn(text)])


def overtaken(since: ThreadUpdates) -> list[str]:
    """What has come up in the thread of a card that awaits its decision, and what that means for its buttons."""
    told: list[str] = []
    if since.kind is not None:
        told.append(
            f"*Under way:* {_BEGUN.get(since.kind, 'a newer request')} by {person(since.user)}; until that becomes a proposal, "
            "this card's buttons are for the program as it is here."
        )
    if since.changed:
        have, one = ("has a newer", "one") if len(since.changed) == 1 else ("has newer versions of", "ones")
        told.append(
            f"*Newer input:* the thread {have} {_names(since.changed)}; this runs with the earlier {one}."
        )
    if since.added:
        without = "it" if len(since.added) == 1 else "them"
        told.append(
            f"*Newer input:* the thread has {_names(since.added)} by now; this runs without {without}."
        )
    return told


def _names(files: Sequence[str]) -> str:
    """The first of them, and how many more there are."""
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return ", ".join(f"`{escaped(name.replace('`', 'ˋ'), 60)}`" for name in files[:3]) + more


def granted(grant: Grant) -> Message:
    """An approval for a thread, with the button that ends it."""
    who, target = person(grant.user), literal(grant.target, 100)
    if grant.ended_by:
        text = f"The approval for this thread was ended by {person(grant.ended_by)}; every run takes a decision again."
        return Message(text, [context(text)])
    fallback = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(grant.expires_at))
    until = f"<!date^{int(grant.expires_at)}^{{date_short_pretty}} {{time}}|{fallback}>"
    text = (
        f"{who} approved this program for this thread until {until}: when {person(grant.requester)} asks for the same program "
        f"on *{target}*, {_numbers(grant.exact)} the same inputs, packages and resources, it runs without another approval; "
        "any other change needs one."
    )
    end = button("End this approval", action_ids.GRANT_END, grant.id, style="danger")
    return Message(text, [mrkdwn(text), actions(end)])


def _numbers(exact: str) -> str:
    """Whether other numbers are covered, and why not."""
    if not exact:
        return "with the same or other numbers and"
    return f"with the same numbers (because of {literal(exact, 100)}),"


def policy(found: Sequence[Ruled]) -> Message:
    """What `/raygen policy` answers: for each target the rule that decides here, and what it says of this person."""
    return Message(
        "Who may approve runs here.",
        [mrkdwn("*Who may approve runs here*"), *[mrkdwn(_ruled(each)) for each in found]],
    )


def _ruled(each: Ruled) -> str:
    head = f"*{literal(each.target, 100)}*"
    if each.rule is None:
        return f"{head}: no rule holds here, so nobody may approve."
    lines = [f"{head}: the rule `{literal(each.rule.name, 64)}` decides."]
    if each.own.sentence == each.others.sentence:
        lines.append(f"• {each.own.sentence}")
    else:
        lines += [
            f"• What you ask for: {each.own.sentence}",
            f"• What others ask for: {each.others.sentence}",
        ]
    if each.rule.approvals > 1:
        lines.append(f"• Every run takes {plural(each.rule.approvals, 'approval')} by different people.")
    if terms := each.rule.second.terms():
        lines.append(f"• A program takes two approvals when it {literal(', or '.join(terms), 500)}.")
    if each.rule.thread:
        lines.append(f"• An approval can be given for a thread, for {human_seconds(each.rule.thread)}.")
    return "\n".join(lines)
