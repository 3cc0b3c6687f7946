"""Messages about a run: that it goes, and how it ended."""

from __future__ import annotations

from handlers.blocks import action_ids
from handlers.blocks.evidence import failure, observed, said, shown, tasks_run
from handlers.blocks.mrkdwn import escape, literal
from handlers.blocks.parameters import buttons as choices
from handlers.blocks.parameters import facts as given
from handlers.blocks.primitives import (
    MESSAGE_LIMIT,
    OUTPUT_LIMIT,
    Block,
    Message,
    actions,
    button,
    context,
    feedback,
    mrkdwn,
    output,
    person,
    weight,
)
from handlers.blocks.table import table
from services.domain.entities import Proposal, Run
from services.domain.refusals import refusal
from services.domain.values import Outcome, TaskCount, Verdict
from services.driver.checkpoints import MOST, ROOM
from services.notifications.events import RunView
from services.supervisor.evidence import plain
from services.text.formatting import clean, head_and_tail, human_bytes, human_seconds, plural

_STATES = {"QUEUED": "Waiting", "PENDING": "Starting", "RUNNING": "Running"}
_BAR = 20
_NEWS = 5
_SHARED = 900
_SHARED_TABLE = 2500
_SHARED_ROWS = 10


def running(run: Run, proposal: Proposal, view: RunView | None = None, link: str = "") -> Message:
    """The live message: where the run stands, its tasks, and its output so far; `link` is its page on the dashboard."""
    state = _STATES.get(view.status, "Running") if view else "Starting"
    title = literal(proposal.program.title, 120)
    head = f":hourglass_flowing_sand: *{state}* {title} on *{literal(run.target, 100)}*"
    if view and view.elapsed >= 2:
        head += f" · {human_seconds(view.elapsed)}"
    blocks = [mrkdwn(head + (f" · <{link}|dashboard>" if link else ""))]
    if view and view.note:
        blocks.append(context(literal(view.note, 300)))
    if view and view.tasks:
        blocks.append(context(progress(view.tasks)))
    if view and view.output.strip():
        blocks += output(clean(view.output), gone=view.gone)
    if run.stopped_by:
        blocks.append(context(f"{person(run.stopped_by)} requested a stop; stopping …"))
    else:
        blocks.append(actions(button("Stop", action_ids.RUN_STOP, run.id, style="danger")))
    return Message(f"{state} {title} on {escape(run.target)} …", blocks)


def continues(run: Run, proposal: Proposal, view: RunView) -> Message:
    """That a long run is still going: for how long, how far it is, and how long it may still take."""
    title, target = literal(proposal.program.title, 120), literal(run.target, 100)
    state = "Still running" if view.status == "RUNNING" else "Still waiting to start"
    elapsed = human_seconds(view.elapsed)
    text = f":hourglass_flowing_sand: *{state} after {elapsed}* on *{target}*: {title}"
    facts = [progress(view.tasks)] if view.tasks else []
    wall = proposal.header.wall
    if wall is not None and view.status == "RUNNING":
        left = wall - view.elapsed
        facts.append(
            f"by its declared time of {human_seconds(wall)}, about {human_seconds(left)} left"
            if left > 0
            else f"longer than its declared time of {human_seconds(wall)}"
        )
    stop = actions(button("Stop", action_ids.RUN_STOP, run.id, style="danger"))
    return Message(text, [mrkdwn(text), *([context(" · ".join(facts))] if facts else []), stop])


def ended(run: Run, proposal: Proposal, outcome: Outcome, link: str = "") -> Message:
    """The result: the verdict first, then output and value, then the facts, then what can be done with it."""
    headline = f"{_headline(outcome, run)}: *{literal(proposal.program.title, 120)}*"
    failed = not outcome.passed and outcome.verdict is not Verdict.STOPPED
    why = failure(outcome) if failed else []
    remarks = [context(literal(remark, 300)) for remark in outcome.remarks]
    head = [mrkdwn(headline), *why, *remarks, *_said(outcome), *_unsaid(outcome), *_news(proposal, outcome)]
    facts = context(" · ".join([*_facts(run, proposal, outcome), *([f"<{link}|dashboard>"] if link else [])]))
    vote = [feedback(run.id)] if outcome.verdict is not Verdict.STOPPED else []
    end = [*_left_behind(outcome), *_checkpoints(run), facts, *_buttons(run, proposal, outcome), *vote]
    value = _value(outcome, room=MESSAGE_LIMIT - weight([*head, *end]))
    return Message(_text(headline, outcome), [*head, *value, *end])


def ended_elsewhere(run: Run, proposal: Proposal, outcome: Outcome, link: str) -> Message:
    """The end of a run, as a direct message."""
    thread = f" · <{link}|View thread>" if link else ""
    text = f"{_headline(outcome, run)}: *{literal(proposal.program.title, 120)}*{thread}"
    return Message(text, [mrkdwn(text)])


def shared(run: Run, proposal: Proposal, outcome: Outcome, user: str, link: str) -> Message:
    """A result for a whole channel: its headline and the beginning of its output, in the name of who shared it."""
    title = literal(proposal.program.title, 120)
    thread = f" · <{link}|View thread>" if link else ""
    blocks = [mrkdwn(f"{person(user)} shared a result: *{title}*")]
    blocks += said(outcome, limit=_SHARED)
    blocks += _value(outcome, room=_SHARED_TABLE, rows=_SHARED_ROWS)
    blocks.append(context(" · ".join(_facts(run, proposal, outcome)) + thread))
    words = escape(head_and_tail(shown(outcome).strip(), limit=600).text)
    return Message(f"{person(user)} shared a result: {title}\n{words}", blocks)


def progress(tasks: tuple[TaskCount, ...]) -> str:
    """Such as `▰▰▰▱▱ 60 of 100 tasks done, 4 running`."""
    total = tasks_run(tasks)
    done = sum(task.count for task in tasks if task.state == "FINISHED")
    running_now = sum(task.count for task in tasks if task.state == "RUNNING")
    lost = sum(task.count for task in tasks if task.state == "FAILED")
    filled = _BAR * done // total if total else 0
    text = f"{'▰' * filled}{'▱' * (_BAR - filled)} {done:,} of {plural(total, 'task')} done"
    text += f", {running_now:,} running" if running_now else ""
    return text + (f", {lost:,} failed" if lost else "")


def _buttons(run: Run, proposal: Proposal, outcome: Outcome) -> list[Block]:
    resume = [button("Resume", action_ids.RUN_RESUME, proposal.id)] if run.checkpoints else []
    if outcome.verdict is Verdict.STOPPED:
        return [actions(*resume)] if resume else []
    notebook = button("Download as notebook", action_ids.RUN_NOTEBOOK, proposal.id)
    if not outcome.passed:
        fix = button("Fix it", action_ids.RUN_FIX, proposal.id)
        details = button("Details", action_ids.RUN_DETAILS, proposal.id)
        return [actions(*resume, *_again(proposal, outcome), fix, *choices(proposal), details, notebook)]
    return [
        actions(
            button("Run again", action_ids.RUN_AGAIN, proposal.id),
            *choices(proposal),
            button("Change", action_ids.RUN_CHANGE, proposal.id),
            button("Share to channel", action_ids.RUN_SHARE, proposal.id),
            button("Download code", action_ids.RUN_CODE, proposal.id),
            notebook,
        )
    ]


def _again(proposal: Proposal, outcome: Outcome) -> list[Block]:
    """Where not the program but its secrets or data were the reason, it can be run as it is once that is mended."""
    mended = outcome.verdict is Verdict.UNAVAILABLE or refusal(proposal.provisions, outcome)
    return [button("Run again", action_ids.RUN_AGAIN, proposal.id)] if proposal.provisions and mended else []


def _said(outcome: Outcome) -> list[Block]:
    if blocks := said(outcome):
        return blocks
    silent = outcome.passed and outcome.value is None and outcome.table is None
    return [context("The program printed no output.")] if silent else []


def _value(outcome: Outcome, *, room: int, rows: int = 50) -> list[Block]:
    """What the last expression gave, or what was shown last: as a table where it is one."""
    if outcome.table is not None:
        return table(outcome.table, room=room, rows=rows, instead=outcome.value or "")
    if outcome.value is None:
        return []
    return [context("Value of the last expression:"), *output(clean(outcome.value), limit=1200)]


def _news(proposal: Proposal, outcome: Outcome) -> list[Block]:
    """Warnings of what this run did, and neither its code nor its validation showed."""
    known = observed(proposal, proposal.validation)
    found = [sentence for sentence in observed(proposal, outcome) if sentence not in known]
    return [
        context(f":warning: Observed in this run only: {literal(sentence, 330)}")
        for sentence in found[:_NEWS]
    ]


def _unsaid(outcome: Outcome) -> list[Block]:
    if not too_long(outcome):
        return []
    more = "More of the beginning and end is" if outcome.gone.size else "The full output is"
    return [context(f"The middle isn't shown here. {more} in the attached file.")]


def _left_behind(outcome: Outcome) -> list[Block]:
    """A success's warning, such as of files that were too large to attach."""
    warned = outcome.passed and outcome.detail
    return [context(f":warning: *Warning:* {literal(outcome.detail or '', 600)}")] if warned else []


def _checkpoints(run: Run) -> list[Block]:
    """What a run that has not passed left to go on from, and what was too much to keep."""
    left, said = run.checkpoints, list[str]()
    if left:
        said.append(f"Its checkpoints are kept: {plural(left.count, 'file')}, {human_bytes(left.size)}.")
    if left.left_out:
        more = "more " if left else ""
        said.append(
            f"{plural(left.left_out, f'{more}checkpoint file')} ({human_bytes(left.left_out_size)}) "
            f"{'is' if left.left_out == 1 else 'are'} not kept. The limit is {MOST:,} files and {ROOM // 1024**2} MB."
        )
    return [context(" ".join(said))] if said else []


def too_long(outcome: Outcome) -> bool:
    """Whether the output has to be attached as a file to be whole."""
    return not head_and_tail(shown(outcome).rstrip("\n"), limit=OUTPUT_LIMIT).whole


def _headline(outcome: Outcome, run: Run) -> str:
    match outcome.verdict:
        case Verdict.PASSED:
            return ":white_check_mark: *Run succeeded*"
        case Verdict.STOPPED:
            by = f" by {person(run.stopped_by)}" if run.stopped_by else ""
            return f":black_square_for_stop: *Run stopped*{by}"
        case Verdict.TIMED_OUT:
            return ":x: *Run timed out*"
        case Verdict.UNAVAILABLE:
            return ":warning: *Run result unknown*"
        case _:
            return ":x: *Run failed*"


def _facts(run: Run, proposal: Proposal, outcome: Outcome) -> list[str]:
    facts = [human_seconds(outcome.wall)] if outcome.wall is not None else []
    if count := tasks_run(outcome.tasks):
        facts.append(plural(count, "task"))
    if outcome.peak_memory:
        facts.append(f"peak memory {human_bytes(outcome.peak_memory)}")
    if outcome.exit_code:
        facts.append(f"exit code {outcome.exit_code}")
    return [
        *facts,
        *given(proposal),
        f"on {literal(run.target, 100)}",
        f"approved by {person(run.approver)}",
        f"job `{escape(run.id)}`",
    ]


def _text(headline: str, outcome: Outcome) -> str:
    words = shown(outcome).strip()
    if not outcome.passed:
        words = f"{plain(outcome)}\n{words}" if outcome.verdict is not Verdict.STOPPED else words
    return f"{headline}\n{escape(head_and_tail(words, limit=2000).text)}"[:4000]
