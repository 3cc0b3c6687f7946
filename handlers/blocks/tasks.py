"""Messages about a task: its request, its proposal, its answer or its failure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from handlers.blocks import action_ids, packages, parameters, provisions
from handlers.blocks.approvals import overtaken
from handlers.blocks.changes import changed
from handlers.blocks.evidence import evidence, shown
from handlers.blocks.mrkdwn import escape, escaped, literal, quoted, shorten
from handlers.blocks.primitives import (
    CODE_LIMIT,
    MESSAGE_LIMIT,
    Block,
    Message,
    actions,
    button,
    code,
    context,
    feedback,
    mrkdwn,
    option,
    output,
    person,
    prose,
    select,
    weight,
)
from handlers.blocks.touched import requested
from services.approvals.authorizer import Needs
from services.domain.entities import Proposal, ProposalStatus, Task, TaskKind, TaskStatus
from services.domain.values import Spent, Verdict
from services.proposals.cards import ProposalCard
from services.text.formatting import human_bytes, human_seconds, plural

_FENCED = re.compile(r"^```\n(.*?)\n```$", re.DOTALL | re.MULTILINE)
# Room for the notes beside the code, and for a failed task's cost and next steps, in characters.
_NOTES = 500
_ACCOUNT = 800
_MODULES = 10
# What people ask about a message that is in the thread already.
_SHORTCUTS = {
    TaskKind.CHECK: "asked raygen to validate a program from this thread. It runs only after it is approved.",
    TaskKind.EXPLAIN: "asked raygen to explain a message in this thread.",
}
# What the evidence on the card says as well.
_REPEATED = re.compile(
    r"(?:Validation passed|The program passed validation|Your edit passed validation)\.(?: Output: “[^”]*”)?"
    r"|The program was validated in part\. The card says what is not proven\."
)
_VALIDATED = {Verdict.PASSED: "Validation passed", Verdict.PARTIAL: "Validated in part"}
_STATES = {
    ProposalStatus.DRAFT: "Awaiting approval",
    ProposalStatus.OPEN: "Awaiting approval",
    ProposalStatus.APPROVED: "Approved",
    ProposalStatus.DISMISSED: "Dismissed",
    ProposalStatus.SUPERSEDED: "Replaced",
    ProposalStatus.EXPIRED: "Expired",
}
_DECISIONS = {
    ProposalStatus.SUPERSEDED: "Replaced by the newer proposal below. This one can't run anymore.",
    ProposalStatus.EXPIRED: "Expired. Ask again for a new proposal.",
}


def root(task: Task) -> Message:
    """The message that starts a thread for a slash command."""
    asked = literal(task.prompt, 1500)
    quoted = "\n".join(f">{line}" for line in asked.splitlines())
    return Message(
        f"{person(task.user)} asked raygen: {asked}", [mrkdwn(f"{person(task.user)} asked:\n{quoted}")]
    )


def asked(task: Task) -> Message:
    """A request made by a form or a shortcut, so that the thread shows it."""
    if task.kind in _SHORTCUTS:
        words = f"{person(task.user)} {_SHORTCUTS[task.kind]}"
        return Message(words, [context(words)])
    words = literal(task.prompt, 1500)
    quoted = "\n".join(f">{line}" for line in words.splitlines())
    return Message(
        f"{person(task.user)} asked for a change: {words}",
        [mrkdwn(f"{person(task.user)} asked for a change:\n{quoted}")],
    )


def concluded(task: Task, card: ProposalCard | None, spent: Spent | None = None) -> Message:
    """The result of the task, and what it took."""
    match task.status:
        case TaskStatus.PROPOSED if card is not None:
            return proposed(card)
        case TaskStatus.CANCELLED:
            return Message("Stopped.", [mrkdwn("Stopped. Nothing was run."), actions(_retry(task))])
        case TaskStatus.ANSWERED:
            return Message(
                escaped(task.summary, 3000), [*_answer(task.summary), *_account(spent), feedback(task.id)]
            )
        case _:
            return failed(task, card, spent)


def proposed(card: ProposalCard, *, above: Sequence[Block] = ()) -> Message:
    """The proposal's card: its state and purpose, the evidence, the code, and the buttons while it can be decided.

    `above` goes first. The code takes what room the rest leaves, then the diff, then tables.
    """
    task, proposal, program = card.task, card.proposal, card.proposal.program
    title = f"*{state(proposal)}: {literal(program.title, 120)}*\n{literal(program.purpose, 600)}"
    head = [*above, mrkdwn(title), *_summary(task)]
    end = [context(" · ".join(_origin(task, proposal)))]
    if card.objection and proposal.status is ProposalStatus.OPEN:
        end.append(context(f":warning: *Warning:* {literal(card.objection, 300)}"))
    if proposal.runnable and proposal.status is ProposalStatus.OPEN:
        end += [*_void(proposal), *_approvals(proposal, card.needs)]
    if card.updates and proposal.status is ProposalStatus.OPEN:
        end.append(context(*overtaken(card.updates)))
    end += _decision(card)
    place = [_place(card)]
    if card.differences and proposal.status is ProposalStatus.OPEN:
        place.append(context(f":information_source: *Differences:* {literal(card.differences, 500)}"))
    folded, diff = changed(card)
    given = [*provisions.lines(proposal), *packages.lines(card), *parameters.lines(proposal)]
    room = MESSAGE_LIMIT - weight([*head, *evidence(card), *folded, *place, *given, *end])
    source = _code(proposal, room)
    room -= weight(source)
    diff = diff if weight(diff) - weight(folded) <= room else folded
    room -= weight(diff) - weight(folded)
    blocks = [*head, *evidence(card, room=room), *place, *given, *diff, *source, *end]
    output = shorten(escape(shown(proposal.validation)), 600).strip()
    validated = _VALIDATED.get(proposal.validation.verdict, "Not validated")
    return Message(f"{state(proposal)}: {escape(program.title)}. {validated}. Output: {output}", blocks)


def state(proposal: Proposal) -> str:
    """Such as `Awaiting approval`, for the headline."""
    if proposal.status is ProposalStatus.DISMISSED and proposal.reason:
        return "Rejected"
    if proposal.status in {ProposalStatus.OPEN, ProposalStatus.DRAFT} and not proposal.runnable:
        return "Spark program"
    return _STATES[proposal.status]


def _summary(task: Task) -> list[Block]:
    """The model's words, without what the evidence below them says as well."""
    text = "\n\n".join(part for part in task.summary.split("\n\n") if not _REPEATED.fullmatch(part.strip()))
    return [prose(text, 1200)] if text.strip() else []


def _place(card: ProposalCard) -> Block:
    """Where it would run, with which resources and input files, and what that would cost."""
    proposal = card.proposal
    if not proposal.runnable:
        facts = ["For your own Spark cluster; raygen runs only Ray programs"]
    else:
        facts = [f"*Runs on* {literal(proposal.target, 100)}"]
    facts += requested(proposal.validation, card.facts)
    if card.network:
        facts.append(f"network access: {literal(card.network, 20)}")
    if hosts := proposal.header.hosts:
        names = ", ".join(quoted(host, 100) for host in hosts[:5])
        more = f" and {len(hosts) - 5} more" if len(hosts) > 5 else ""
        facts.append(f"calls {names}{more} (declared; not enforced on this target)")
    if data := [file for file in proposal.inputs if not file.is_code]:
        names = ", ".join(f"{literal(file.name, 60)} ({human_bytes(file.size)})" for file in data[:5])
        more = f" and {len(data) - 5} more" if len(data) > 5 else ""
        facts.append(f"with {names}{more}")
    if found := proposal.checkpoints:
        facts.append(
            f"resumes run `{escape(found.run)}` from its checkpoints: {plural(found.count, 'file')}, {human_bytes(found.size)}, "
            f"sha256 `{found.sha256[:12]}`"
        )
    if card.cost:
        facts.append(f"estimated cost {literal(card.cost.sentence(), 500)}")
    return context(" · ".join(facts))


def _origin(task: Task, proposal: Proposal) -> list[str]:
    """Who or what wrote the program, what that took, and its hash."""
    origin: list[str] = []
    if task.kind is TaskKind.EDIT:
        origin.append(f"Edited by {person(task.user)}")
    elif task.kind is TaskKind.PARAMETERS:
        origin.append(f"Parameters changed by {person(task.user)}")
    elif proposal.model:
        took = f" ({', '.join(_cost(proposal.spent))})" if proposal.spent.calls else ""
        origin.append(f"Written by {literal(proposal.model, 100)}{took}")
    return [*origin, f"sha256 `{proposal.program.sha256[:12]}`"]


def failed(task: Task, card: ProposalCard | None, spent: Spent | None = None) -> Message:
    """What went wrong, the best draft if there is one, and the next steps."""
    said = prose(task.summary or "This request failed.", 1200)
    blocks = [said]
    buttons = [_retry(task)]
    if card is not None:
        proposal = card.proposal
        blocks = [mrkdwn(f"*{literal(proposal.program.title, 120)}*"), said, *evidence(card)]
        blocks += parameters.lines(proposal)
        blocks += _code(proposal, MESSAGE_LIMIT - weight(blocks) - _ACCOUNT)
        buttons.append(button("Edit", action_ids.PROPOSAL_EDIT, action_ids.proposal_value(proposal)))
        buttons += parameters.buttons(proposal)
        if proposal.validation.failure is not None or proposal.validation.stderr:
            buttons.append(button("Details", action_ids.RUN_DETAILS, proposal.id))
    blocks += [*_account(spent), actions(*buttons)]
    return Message(escaped(task.summary, 1000) or "This request failed.", blocks)


def _code(proposal: Proposal, room: int) -> list[Block]:
    """The program, shortened to the `room` that there is, and its modules by name, with a button that opens all of both."""
    button_of_all = button("Show all code", action_ids.PROPOSAL_CODE, action_ids.proposal_value(proposal))
    own = _modules(proposal)
    limit = max(0, min(CODE_LIMIT, room - weight(own) - _NOTES))
    if not own:
        return code(proposal.program.code, limit=limit, whole=button_of_all)
    return [*code(proposal.program.code, limit=limit), own[0] | {"accessory": button_of_all}]


def _modules(proposal: Proposal) -> list[Block]:
    """The Python files that belong to the program; nothing where there are none."""
    files = [file for file in proposal.inputs if file.is_code]
    if not files:
        return []
    lines = [
        f"{quoted(file.name, 100)} · {human_bytes(file.size)} · sha256 `{file.sha256[:12]}`"
        for file in files[:_MODULES]
    ]
    more = [f"and {len(files) - _MODULES} more"] if len(files) > _MODULES else []
    heading = f"*Includes {plural(len(files), 'Python file')}:*"
    return [mrkdwn("\n".join([heading, *lines, *more]))]


def _approvals(proposal: Proposal, needs: Needs) -> list[Block]:
    """How many people have approved and must; nothing where one is enough."""
    if needs.needed < 2:
        return []
    because = f", because it {literal(' and '.join(needs.reasons), 300)}" if needs.reasons else ""
    if not proposal.approved_by:
        return [
            context(f":busts_in_silhouette: Needs {needs.needed} approvals from different people{because}.")
        ]
    names = " and ".join(map(person, proposal.approved_by))
    count = f"*{len(proposal.approved_by)} of {needs.needed} approvals*, by {names}"
    return [context(f":busts_in_silhouette: {count}. Someone else must also approve it{because}.")]


def _void(proposal: Proposal) -> list[Block]:
    """Whose approvals became void when another target was chosen."""
    users = [person(user) for user in proposal.voided if user not in proposal.approved_by]
    if not users:
        return []
    given = (
        "approval by {} was for another target"
        if len(users) == 1
        else "approvals by {} were for another target"
    )
    names = " and ".join(users[:5]) + (f" and {len(users) - 5} more" if len(users) > 5 else "")
    end = "it no longer counts" if len(users) == 1 else "they no longer count"
    return [context(f"The {given.format(names)}, so {end}.")]


def _rejected(proposal: Proposal) -> list[Block]:
    """Who rejected it and why, and a button for another draft that follows the reason."""
    why = f"Rejected by {person(proposal.decided_by or '')}. It was not run. Reason: {literal(proposal.reason, 1000)}"
    again = button("Write another", action_ids.PROPOSAL_REGENERATE, action_ids.proposal_value(proposal))
    return [context(why), actions(again)]


def _approved(proposal: Proposal) -> Block:
    names = " and ".join(map(person, proposal.approved_by or (proposal.decided_by or "",)))
    how = "Covered by the approval for this thread by" if proposal.grant else "Approved by"
    return context(f":white_check_mark: {how} {names}. The run is below.")


def _decision(card: ProposalCard) -> list[Block]:
    proposal = card.proposal
    value = action_ids.proposal_value(proposal)
    match proposal.status:
        case ProposalStatus.OPEN | ProposalStatus.DRAFT:
            approve = [] if card.objection else [_approve(proposal, value)]
            return [
                actions(
                    *(approve if proposal.runnable else []),
                    button("Edit", action_ids.PROPOSAL_EDIT, value),
                    *parameters.buttons(proposal),
                    button("Regenerate", action_ids.PROPOSAL_REGENERATE, value),
                    *(_more(value, card.needs) if proposal.runnable else []),
                    *(_targets(proposal, card.targets) if proposal.runnable else []),
                ),
                actions(
                    button("Reject with reason", action_ids.PROPOSAL_REJECT, value),
                    button("Dismiss", action_ids.PROPOSAL_DISMISS, value),
                    button("Download as notebook", action_ids.RUN_NOTEBOOK, proposal.id),
                ),
            ]
        case ProposalStatus.APPROVED:
            return [_approved(proposal)]
        case ProposalStatus.DISMISSED if proposal.reason:
            return _rejected(proposal)
        case ProposalStatus.DISMISSED:
            return [context(f"Dismissed by {person(proposal.decided_by or '')}. It was not run.")]
        case status:
            return [context(_DECISIONS[status])]


def _approve(proposal: Proposal, value: str) -> Block:
    """What a validation in part has not shown is said once more before it is pressed."""
    confirm = None
    if proposal.validation.verdict is Verdict.PARTIAL:
        unproven = literal(shorten(" ".join(proposal.validation.unproven), 230), 260)
        confirm = (f"It was validated only in part. {unproven}", "Approve & run")
    return button("Approve & run", action_ids.PROPOSAL_APPROVE, value, style="primary", confirm=confirm)


def _more(value: str, needs: Needs) -> list[Block]:
    """Buttons of some policies: ask approvers, and approve for the whole thread."""
    ask = [button("Ask approvers", action_ids.PROPOSAL_ASK, value)] if needs.askable else []
    if not needs.thread:
        return ask
    question = (
        f"For {human_seconds(needs.thread)}, this program can run in this thread without another approval if the same person "
        "asks for it with the same inputs, packages, target and resources. If it only calculates, its numbers may change. "
        "Anything else needs a new approval."
    )
    confirm = (question, "Approve")
    return [
        *ask,
        button("Approve for this thread", action_ids.PROPOSAL_APPROVE_THREAD, value, confirm=confirm),
    ]


def _targets(proposal: Proposal, names: Sequence[str]) -> list[dict[str, object]]:
    """The choice of a target, where there is one."""
    if len({*names, proposal.target}) < 2:
        return []
    options = {
        name: option(f"Run on {name}", f"{proposal.id} - {name}") for name in (*names, proposal.target)
    }
    return [select(action_ids.PROPOSAL_TARGET, list(options.values()), options[proposal.target])]


def _answer(summary: str) -> list[dict[str, object]]:
    """Prose, and fenced parts as code; an answer's first fenced part is the code that was computed."""
    blocks: list[dict[str, object]] = []
    for number, part in enumerate(_FENCED.split(shorten(summary, 6000))):
        if number % 2 == 0 and part.strip():
            blocks.append(prose(part.strip()))
        elif number % 2:
            blocks += code(part) if number == 1 else output(part)
    return blocks[:20] or [prose(" ")]


def _account(spent: Spent | None) -> list[dict[str, object]]:
    """Which models answered, and what that took; nothing where none was asked."""
    if spent is None or not spent.calls:
        return []
    names = " and ".join(literal(name, 100) for name in spent.models)
    return [context(" · ".join([f"Answered by {names}", *_cost(spent)]))]


def _cost(spent: Spent) -> list[str]:
    """Tokens, money and time; nothing where no model was asked."""
    if not spent.calls:
        return []
    money = [f"{spent.money:.2f} USD" if spent.money >= 0.01 else "under 0.01 USD"] if spent.money else []
    return [f"{spent.tokens:,} tokens", *money, human_seconds(spent.seconds)]


def _retry(task: Task) -> dict[str, object]:
    return button("Try again", action_ids.TASK_RETRY, task.id)
