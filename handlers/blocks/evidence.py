"""The evidence on a proposal's card: what was observed in validation, most important first."""

from __future__ import annotations

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import literal, quoted, shorten
from handlers.blocks.mrkdwn import plain as unhidden
from handlers.blocks.parameters import validated
from handlers.blocks.primitives import (
    OUTPUT_LIMIT,
    Block,
    button,
    context,
    mrkdwn,
    output,
    preformatted,
    prose,
)
from handlers.blocks.table import table
from handlers.blocks.touched import made, touches
from services.domain.entities import Proposal
from services.domain.values import (
    Attempt,
    Engine,
    Grade,
    Outcome,
    TaskCount,
    Verdict,
)
from services.policy.observed import warnings
from services.proposals.cards import ProposalCard
from services.supervisor.evidence import plain
from services.text.formatting import (
    clean,
    head_and_tail,
    human_bytes,
    human_seconds,
    left_out,
    plural,
)

_REMARKS = 4
_TABLE = 3000
_TABLE_ROWS = 20
_WARNINGS = 5
_UNSEEN = {"bidi-control", "invisible-character"}


def evidence(card: ProposalCard, *, room: int = 0) -> list[Block]:
    """Verdict, output, value, and what the program accesses and creates.

    A table is shown as one where there is `room` for so many characters more.
    """
    proposal, outcome = card.proposal, card.proposal.validation
    verdict = mrkdwn(verdict_line(proposal))
    if attempts(proposal):
        verdict["accessory"] = button(
            "Attempts", action_ids.PROPOSAL_ATTEMPTS, action_ids.proposal_value(proposal)
        )
    blocks = [verdict, *unproven(outcome), *validated(proposal)]
    if not outcome.proposable:
        blocks += failure(outcome)
    blocks += [
        context(f":information_source: {literal(remark, 300)}") for remark in outcome.remarks[:_REMARKS]
    ]
    blocks += said(outcome, limit=1500)
    tabular = table(outcome.table, room=min(room, _TABLE), rows=_TABLE_ROWS) if outcome.table else []
    blocks += tabular
    if outcome.value is not None and not tabular:
        blocks.append(context(f"Value: {quoted(clean(outcome.value), 300)}"))
    blocks += [*touches(proposal), *made(outcome)]
    return [*blocks, *_warnings(proposal)]


def unproven(outcome: Outcome) -> list[Block]:
    """What a validation in part has not shown."""
    if outcome.verdict is not Verdict.PARTIAL:
        return []
    return [prose(f"Not proven: {literal(sentence, 400)}", 500) for sentence in outcome.unproven[:_REMARKS]]


def _warnings(proposal: Proposal) -> list[Block]:
    """Policy warnings: first of code that differs from what people see, then by line; then of what was observed besides."""
    found = [finding for finding in proposal.policy.findings if finding.grade is Grade.WARN]
    found.sort(key=lambda finding: finding.rule not in _UNSEEN)
    lines = [f"Policy: {literal(finding.located, 330)}" for finding in found]
    lines += [f"Observed: {literal(sentence, 330)}" for sentence in observed(proposal, proposal.validation)]
    more = [f"Policy: and {plural(len(lines) - _WARNINGS, 'more warning')}"] if len(lines) > _WARNINGS else []
    return [context(line) for line in [*lines[:_WARNINGS], *more]]


def observed(proposal: Proposal, outcome: Outcome) -> list[str]:
    """Warnings of what `outcome` shows that the policy has not read in the code."""
    read = {finding.message for finding in proposal.policy.findings}
    return [sentence for sentence in warnings(outcome.touched) if sentence not in read]


def attempts(proposal: Proposal) -> tuple[Attempt, ...]:
    """The failed drafts, without the one that the card itself shows."""
    return proposal.failed if proposal.validation.proposable else proposal.failed[:-1]


def verdict_line(proposal: Proposal) -> str:
    """Such as `*Validation passed* in a sealed Ray cluster · 0.42 s · 100 tasks`."""
    outcome = proposal.validation
    facts = [human_seconds(outcome.wall)] if outcome.wall is not None else []
    if count := tasks_run(outcome.tasks):
        facts.append(plural(count, "task"))
    if outcome.peak_memory:
        facts.append(f"peak memory {human_bytes(outcome.peak_memory)}")
    if proposal.attempts > 1:
        facts.append(f"fixed on attempt {proposal.attempts}")
    if outcome.approvable:
        sealed = (
            "in a sealed Ray cluster"
            if proposal.program.engine is Engine.RAY
            else "in a sealed Spark session"
        )
        where = f":warning: *{literal(outcome.where, 100)}*" if outcome.where else sealed
        said = ":white_check_mark: *Validation passed*" if outcome.passed else ":warning: *Validated in part*"
        return f"{said} {where} · " + " · ".join(facts)
    if outcome.proposable:
        return f":warning: *Not validated:* {literal(outcome.detail or '', 300)}"
    return f":x: *Validation failed* after {plural(proposal.attempts, 'attempt')}"


def failure(outcome: Outcome, *, frames: int = 1) -> list[Block]:
    """Why it failed in plain words, then the line that failed, or so many `frames` on the way to it."""
    blocks = [prose(clean(plain(outcome)), 600, bold=True)]
    if outcome.failure and outcome.failure.frames:
        lines = "\n".join(f"{frame.place}\n    {frame.source}" for frame in outcome.failure.frames[-frames:])
        blocks.append(preformatted(shorten(unhidden(clean(lines)), 1200)))
    return blocks


def written(outcome: Outcome) -> str:
    """Everything it wrote: standard output, and standard error where that explains a failure."""
    text = clean(outcome.stdout)
    if outcome.verdict is Verdict.PASSED or outcome.failure is not None or not outcome.stderr:
        return text
    return text + clean(outcome.stderr)


def shown(outcome: Outcome) -> str:
    """The part that a message shows: without the traceback, which `failure` summarizes."""
    text = written(outcome)
    trace = clean(outcome.failure.traceback) if outcome.failure else ""
    before, found, after = text.rpartition(trace) if trace.strip() else ("", "", "")
    return before + after if found else text


def said(outcome: Outcome, *, limit: int = OUTPUT_LIMIT) -> list[Block]:
    """The output as blocks, if there is any: head and tail of a long one, and how much is missing between them."""
    text = shown(outcome)
    words = f"{left_out(outcome.gone)}\n"
    if not outcome.gone.size or words in head_and_tail(text, limit=limit).text:
        return output(text, limit=limit) if text.strip() else []
    return output(text.replace(words, "", 1), limit=limit, gone=outcome.gone)


def tasks_run(tasks: tuple[TaskCount, ...]) -> int:
    return sum(count.count for count in tasks)
