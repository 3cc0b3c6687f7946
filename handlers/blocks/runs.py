"""Messages about a run: that it goes, and how it ended."""

from __future__ import annotations

from handlers import ids
from handlers.blocks.evidence import failure, shown, tasks_run
from handlers.blocks.parts import Block, Message, actions, button, context, mrkdwn, output, person
from handlers.escape import escape, escaped
from services.model import Outcome, TaskCount, Verdict
from services.narrator import RunView
from services.output import clean, head_and_tail, human_bytes, human_seconds, plural
from services.records import Proposal, Run
from services.supervisor.evidence import plain

_STATES = {"PENDING": "Starting", "RUNNING": "Running"}
_BAR = 20


def running(run: Run, proposal: Proposal, view: RunView | None = None) -> Message:
    """The live message: where the run stands, its tasks, and its output so far."""
    state = _STATES.get(view.status, "Running") if view else "Starting"
    title = escaped(proposal.program.title, 120)
    head = f":hourglass_flowing_sand: *{state}* {title} on *{escape(run.target)}*"
    if view and view.elapsed >= 2:
        head += f" · {human_seconds(view.elapsed)}"
    blocks = [mrkdwn(head)]
    if view and view.note:
        blocks.append(context(escaped(view.note, 300)))
    if view and view.tasks:
        blocks.append(context(progress(view.tasks)))
    if view and view.output.strip():
        blocks += output(clean(view.output))
    if run.stopped_by:
        blocks.append(context(f"{person(run.stopped_by)} asked to stop it …"))
    else:
        blocks.append(actions(button("Stop", ids.RUN_STOP, run.id, style="danger")))
    return Message(f"{state} {title} on {escape(run.target)} …", blocks)


def ended(run: Run, proposal: Proposal, outcome: Outcome) -> Message:
    """The result: the verdict first, then output and value, then the facts."""
    title = escaped(proposal.program.title, 120)
    headline = f"{_headline(outcome, run)}: *{title}*"
    blocks = [mrkdwn(headline)]
    if not outcome.passed and outcome.verdict is not Verdict.STOPPED:
        blocks += failure(outcome)
    blocks += [context(escaped(remark, 300)) for remark in outcome.remarks]
    blocks += _said(outcome)
    blocks.append(context(" · ".join(_facts(run, outcome))))
    if not outcome.passed and outcome.verdict is not Verdict.STOPPED:
        blocks.append(actions(button("Fix it", ids.RUN_FIX, proposal.id)))
    return Message(_text(headline, outcome), blocks)


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


def _said(outcome: Outcome) -> list[Block]:
    text = shown(outcome)
    blocks = output(text) if text.strip() else []
    if outcome.value is not None:
        blocks += [context("Value of the last expression:"), *output(clean(outcome.value), limit=1200)]
    if not blocks and outcome.passed:
        blocks.append(context("The program printed nothing."))
    if too_long(outcome):
        blocks.append(context("The middle is left out here; the whole output is in the attached file."))
    return blocks


def too_long(outcome: Outcome) -> bool:
    """Whether the output has to be attached as a file to be whole."""
    return not head_and_tail(shown(outcome).rstrip("\n"), limit=2600).whole


def _headline(outcome: Outcome, run: Run) -> str:
    match outcome.verdict:
        case Verdict.PASSED:
            return ":white_check_mark: *Result*"
        case Verdict.STOPPED:
            by = f" by {person(run.stopped_by)}" if run.stopped_by else ""
            return f":black_square_for_stop: *Stopped*{by}"
        case Verdict.TIMED_OUT:
            return ":x: *Stopped at its time limit*"
        case Verdict.UNAVAILABLE:
            return ":warning: *No result*"
        case _:
            return ":x: *Failed*"


def _facts(run: Run, outcome: Outcome) -> list[str]:
    facts = [f"{human_seconds(outcome.wall)} wall time"] if outcome.wall is not None else []
    if count := tasks_run(outcome.tasks):
        facts.append(plural(count, "task"))
    if outcome.peak_memory:
        facts.append(f"peak {human_bytes(outcome.peak_memory)}")
    if outcome.exit_code:
        facts.append(f"exit code {outcome.exit_code}")
    return [*facts, f"job `{escape(run.id)}` on {escape(run.target)}", f"approved by {person(run.approver)}"]


def _text(headline: str, outcome: Outcome) -> str:
    words = shown(outcome).strip()
    if not outcome.passed:
        words = f"{plain(outcome)}\n{words}" if outcome.verdict is not Verdict.STOPPED else words
    return f"{headline}\n{escape(head_and_tail(words, limit=2000).text)}"[:4000]
