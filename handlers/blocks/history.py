"""Answers to one person: their requests and runs, one run, what is active, and their usage."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from handlers.blocks import action_ids
from handlers.blocks.evidence import failure, said
from handlers.blocks.mrkdwn import escape, literal
from handlers.blocks.parameters import facts as given
from handlers.blocks.primitives import (
    Block,
    Message,
    actions,
    button,
    context,
    mrkdwn,
    output,
    person,
    preformatted,
)
from services.domain.entities import ProposalStatus, RunStatus, TaskStatus
from services.domain.summaries import RequestSummary, RunSummary, Sum
from services.domain.values import Outcome, Verdict
from services.security.redaction import masked
from services.text.formatting import clean, head_and_tail, human_seconds, plural
from services.text.invisible_characters import visible_code
from services.usecases.history import USAGE_DAYS, Past

_CODE_SHOWN = 2500
_MOST = 20
_REQUESTS = {
    TaskStatus.QUEUED: ":hourglass: queued",
    TaskStatus.WORKING: ":hourglass_flowing_sand: in progress",
    TaskStatus.ANSWERED: ":speech_balloon: answered",
    TaskStatus.FAILED: ":x: failed",
    TaskStatus.CANCELLED: ":black_square_for_stop: stopped",
}
_DECISIONS = {
    ProposalStatus.DRAFT: ":memo: proposed",
    ProposalStatus.OPEN: ":memo: awaiting approval",
    ProposalStatus.APPROVED: ":white_check_mark: approved",
    ProposalStatus.DISMISSED: ":wastebasket: dismissed",
    ProposalStatus.SUPERSEDED: ":wastebasket: replaced",
    ProposalStatus.EXPIRED: ":wastebasket: expired",
}
_VERDICTS = {
    Verdict.PASSED: ":white_check_mark: succeeded",
    Verdict.PARTIAL: ":warning: validated in part",
    Verdict.STOPPED: ":black_square_for_stop: stopped",
    Verdict.TIMED_OUT: ":x: timed out",
    Verdict.UNAVAILABLE: ":warning: result unknown",
}


def latest(entries: Sequence[RequestSummary], links: Mapping[str, str]) -> Message:
    """A line for each request: its title, what came of it, when, how long, its run and its thread."""
    if not entries:
        return _nothing("You have no requests yet. Try `/raygen estimate pi with 100 tasks`.")
    blocks = [mrkdwn("*Your latest requests and runs*")]
    blocks += [mrkdwn(line(entry, links.get(entry.session_id, ""))) for entry in entries]
    blocks.append(
        context(
            "`/raygen show &lt;run&gt;` shows a run, `/raygen rerun &lt;run&gt;` proposes it again. The first few characters of its ID are enough."
        )
    )
    return Message("Your latest requests and runs", blocks)


def under_way(entries: Sequence[RequestSummary], links: Mapping[str, str]) -> Message:
    """Active requests and runs, each with its Stop button."""
    if not entries:
        return _nothing("You have no active requests or runs.")
    blocks: list[Block] = [mrkdwn("*Your active requests and runs*")]
    blocks += [stoppable(entry, links.get(entry.session_id, "")) for entry in entries[:_MOST]]
    if len(entries) > _MOST:
        blocks.append(context(f"and {len(entries) - _MOST} more"))
    return Message(f"{plural(len(entries), 'active request or run', 'active requests and runs')}", blocks)


def card(entry: RequestSummary, link: str) -> list[Block]:
    """A run in short, beside a link to it. No user is named, so that a link notifies nobody."""
    assert entry.ran is not None
    facts = [f"on {literal(entry.ran.target, 100)}"]
    facts += [f"sha256 `{entry.program.sha256[:12]}`"] if entry.program else []
    return [mrkdwn(line(entry, link)), context(" · ".join([*facts, "status when the link was posted"]))]


def stoppable(entry: RequestSummary, link: str) -> Block:
    """One active request or run, with its Stop button."""
    return mrkdwn(line(entry, link)) | {"accessory": stop(entry)}


def cancelled(entry: RequestSummary, link: str) -> Message:
    """A request or run is being stopped."""
    text = f"Stopping *{literal(_name(entry), 150)}*{_at(link)}"
    return Message(text, [mrkdwn(text)])


def run(past: Past, link: str) -> Message:
    """One run: code, result, who asked and approved, and exactly what was approved."""
    entry, proposal, ran = past.entry, past.proposal, past.run
    title = f"*{literal(proposal.program.title, 120)}* · {_state(entry)}"
    code = head_and_tail(visible_code(masked(proposal.program.code)), limit=_CODE_SHOWN)
    blocks = [mrkdwn(title + _at(link)), preformatted(code.text.rstrip("\n"), "python")]
    blocks += _result(ran.outcome) if ran.outcome else [context("Still running.")]
    blocks.append(
        context(
            f"requested by {person(proposal.requester)} · approved by {person(ran.approver)} · {_when(ran.created_at)}",
            f"run `{escape(ran.id)}` on {literal(ran.target, 100)} · sha256 `{proposal.program.sha256}`",
            *given(proposal),
        )
    )
    if ran.status is not RunStatus.ENDED:
        blocks.append(actions(button("Stop", action_ids.RUN_STOP, ran.id, style="danger")))
    return Message(f"{escape(proposal.program.title)}: {_state(entry)}", blocks)


def proposed_again(past: Past, link: str) -> Message:
    """That a run is proposed once more, and where."""
    title = literal(past.proposal.program.title, 120)
    where = f"<{link}|its thread>" if link else "its thread"
    text = f"*{title}* was proposed again in {where}. It runs only after it is approved."
    return Message(text, [mrkdwn(text)])


def usage(sums: Sequence[Sum]) -> Message:
    """What a person's requests took, all together and by model."""
    if not sums:
        return _nothing(f"You have no finished requests in the last {USAGE_DAYS} days.")
    whole = (
        f"*Your last {USAGE_DAYS} days:* {plural(sum(each.tasks for each in sums), 'request')}, "
        f"{plural(sum(each.attempts for each in sums), 'draft')}, {_spent(sums)}{_votes(sums)}"
    )
    lines = [
        f"• {literal(each.name, 120) or 'no model'}: {plural(each.tasks, 'request')}, {_spent([each])}{_votes([each])}"
        for each in sums[:_MOST]
    ]
    return Message(whole, [mrkdwn(whole), mrkdwn("\n".join(lines))])


def _nothing(text: str) -> Message:
    return Message(text, [mrkdwn(text)])


def line(entry: RequestSummary, link: str) -> str:
    """Title, thread, state, time and run of a request, as markup."""
    facts = [_state(entry), _when(entry.ran.created_at if entry.ran else entry.asked_at)]
    if entry.ran:
        facts += [_took(entry.ran), f"`{escape(_short(entry.ran.id))}`"]
    return f"*{literal(_name(entry), 150)}*{_at(link)}\n" + " · ".join(filter(None, facts))


def _name(entry: RequestSummary) -> str:
    """The program's title, or what was asked, on one line and without the fences of what was pasted."""
    return entry.program.title if entry.program else " ".join(entry.prompt.replace("```", " ").split())


def _state(entry: RequestSummary) -> str:
    if entry.ran is None:
        decision = _DECISIONS[entry.decision] if entry.decision else ":memo: proposed"
        if entry.rejected and entry.decision is ProposalStatus.DISMISSED:
            decision = ":wastebasket: rejected"
        return _REQUESTS.get(entry.status, decision)
    if entry.ran.outcome is None:
        return ":hourglass_flowing_sand: running"
    return _VERDICTS.get(entry.ran.outcome.verdict, ":x: failed")


def goes_on(entry: RequestSummary) -> bool:
    """Whether it is active, so that it can be stopped."""
    if entry.ran is not None:
        return entry.ran.status is not RunStatus.ENDED
    return entry.status in {TaskStatus.QUEUED, TaskStatus.WORKING}


def _took(ran: RunSummary) -> str:
    """How long the program took, or has been running."""
    if ran.outcome is not None:
        return human_seconds(ran.outcome.wall) if ran.outcome.wall is not None else ""
    return f"for {human_seconds(max(time.time() - (ran.turn_at or ran.created_at), 0))}"


def _result(outcome: Outcome) -> list[Block]:
    blocks = [] if outcome.passed or outcome.verdict is Verdict.STOPPED else failure(outcome)
    blocks += said(outcome, limit=1500)
    if outcome.value is not None:
        blocks += [context("Value of the last expression:"), *output(clean(outcome.value), limit=600)]
    return blocks or [context("The program printed no output.")]


def _spent(sums: Sequence[Sum]) -> str:
    tokens = sum(each.input + each.output + each.cached for each in sums)
    money = [each.money for each in sums if each.money is not None]
    price = f", {sum(money):.2f} USD" if money else ""
    return f"{tokens:,} tokens{price}, {human_seconds(sum(each.seconds for each in sums))} of processing"


def _votes(sums: Sequence[Sum]) -> str:
    """Votes; empty where there are none."""
    helpful, unhelpful = sum(each.helpful for each in sums), sum(each.unhelpful for each in sums)
    return (
        f", rated helpful in {helpful:,} of {plural(helpful + unhelpful, 'vote')}"
        if helpful + unhelpful
        else ""
    )


def stop(entry: RequestSummary) -> Block:
    """The button that ends it."""
    if entry.ran is not None:
        return button("Stop", action_ids.RUN_STOP, entry.ran.id, style="danger")
    return button("Stop", action_ids.TASK_STOP, entry.task_id, style="danger")


def _at(link: str) -> str:
    return f" · <{link}|thread>" if link else ""


def _when(at: float) -> str:
    """A time in the reader's own zone; in UTC where that can't be shown."""
    spelled = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(at))
    return f"<!date^{int(at)}^{{date_short_pretty}} {{time}}|{spelled}>"


def _short(run_id: str) -> str:
    """Enough of an ID to name the run by."""
    return run_id.removeprefix("raygen-")[:8]
