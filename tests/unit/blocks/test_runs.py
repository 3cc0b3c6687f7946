"""Results as people see them: tables as tables where Slack takes them, failures by their line, and what can be done next."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from handlers.blocks import modals, runs, tasks
from handlers.blocks.evidence import shown, written
from handlers.blocks.primitives import Message
from services.domain.entities import TaskKind, TaskStatus
from services.domain.values import (
    Failure,
    Frame,
    Outcome,
    Program,
    Table,
    Verdict,
)
from services.text.head_tail_buffer import HeadTailBuffer
from tests import builders

RULES = Rules()
TRACE = 'Traceback (most recent call last):\n  File "program.py", line 7, in work\nValueError: no shard\n'
CRASH = Failure(
    "ValueError",
    "no shard",
    (Frame(3, "<module>", "work()"), Frame(7, "work", "raise ValueError('no shard')")),
    traceback=TRACE,
)


def table(rows: int, columns: int = 3, *, text: str = "7", total: int = 0) -> Table:
    head = tuple(f"c{number}" for number in range(columns))
    return Table(head, ((text,) * columns,) * rows, total or rows, columns)


def tabular(**changes: Any) -> Outcome:
    return builders.passed(value="a repr", **changes)


def blocks_of(message: Message, kind: str) -> list[dict[str, Any]]:
    check.message_blocks(message.blocks, RULES)
    return [block for block in message.blocks if block["type"] == kind]


def labels(message: Message) -> list[str]:
    return [each["text"]["text"] for block in blocks_of(message, "actions") for each in block["elements"]]


def result(outcome: Outcome) -> Message:
    return runs.ended(builders.run(), builders.proposal(), outcome)


def test_a_table_is_a_table_in_the_result_and_in_the_evidence():
    outcome = tabular(table=table(50, total=1000))
    (shown_there,) = blocks_of(result(outcome), "table")
    assert len(shown_there["rows"]) == 51
    assert shown_there["column_settings"][0]["align"] == "right"
    assert "Showing 50 of 1,000 rows, 3 columns" in json.dumps(result(outcome).blocks)
    card = tasks.proposed(builders.card(builders.proposal(validation=outcome)))
    (shown_there,) = blocks_of(card, "table")
    assert len(shown_there["rows"]) == 21
    assert "Showing 20 of 1,000 rows" in json.dumps(card.blocks)
    assert "Value: " not in json.dumps(card.blocks)


def test_a_table_too_wide_for_slack_is_text():
    outcome = tabular(table=table(3, 20, text="x" * 200), stdout="line\n" * 5000)
    message = result(outcome)
    assert len(blocks_of(message, "table")[0]["rows"]) == 4
    outcome = tabular(table=table(1, 20, text="😀" * 200))
    full = builders.proposal(program=Program("t", "p" * 600, "x = 1\n" * 2000), validation=outcome)
    long = tasks.proposed(builders.card(full))
    assert blocks_of(long, "table") or "Value: `a repr`" in json.dumps(long.blocks)


@given(st.text(max_size=200), st.integers(0, 50), st.integers(1, 20), st.integers(0, 12_000))
@settings(max_examples=60)
def test_any_table_gives_messages_that_slack_accepts(text: str, rows: int, columns: int, length: int):
    outcome = tabular(table=table(rows, columns, text=text), stdout=text * 20 + "x" * length)
    code = Program(text, text, "x" * length)
    proposal = builders.proposal(program=code, validation=outcome)
    blocks_of(runs.ended(builders.run(), proposal, outcome), "table")
    blocks_of(
        tasks.proposed(
            builders.card(proposal, task=builders.task(status=TaskStatus.PROPOSED, summary=text * 9))
        ),
        "table",
    )
    blocks_of(runs.shared(builders.run(), proposal, outcome, "UADA", "https://slack/x"), "table")


NOTEBOOK = "Download as notebook"


def test_a_success_can_be_gone_on_from_and_a_failure_repaired():
    assert labels(result(tabular())) == ["Run again", "Change", "Share to channel", "Download code", NOTEBOOK]
    assert labels(result(Outcome(verdict=Verdict.FAILED, failure=CRASH))) == ["Fix it", "Details", NOTEBOOK]
    assert labels(result(Outcome(verdict=Verdict.STOPPED))) == []


def test_a_failure_is_its_words_and_its_line_and_the_rest_is_folded_away():
    outcome = Outcome(
        verdict=Verdict.FAILED,
        stdout="before\n" + TRACE + "at exit\n",
        failure=CRASH,
        exit_code=1,
        stderr="warned\n",
    )
    reported = json.dumps(result(outcome).blocks)
    assert '"text": "ValueError: no shard", "style": {"bold": true}' in reported
    assert "line 7, in work" in reported
    assert "line 3" not in reported
    assert "Traceback" not in reported
    assert shown(outcome) == "before\nat exit\n"
    assert "Traceback" in written(outcome), "the attached file is whole"
    assert "exit code 1" in reported
    view = modals.details(builders.proposal(), outcome)
    check.view(view, RULES, kind="modal")
    folded = json.dumps(view)
    for text in ("line 3", "Traceback", "before", "warned", "exit code 1"):
        assert text in folded


@pytest.mark.parametrize("text", ["", "x" * 100_000, "a\n" * 50_000, "<!channel>\x1b[0m", "😀" * 9000])
def test_details_of_anything_are_a_view_that_slack_accepts(text: str):
    crash = Failure(text[:200], text, (Frame(1, text, text),) * 30, text, text[:20_000])
    outcome = Outcome(verdict=Verdict.FAILED, stdout=text, stderr=text, failure=crash)
    check.view(
        modals.details(builders.proposal(program=Program(text, text, text)), outcome), RULES, kind="modal"
    )


def test_a_change_is_asked_for_in_one_field():
    view = modals.change(builders.proposal())
    check.view(view, RULES, kind="modal")
    assert [block["type"] for block in view["blocks"]] == ["context", "input"]
    message = tasks.asked(builders.task(kind=TaskKind.CHANGE, prompt="<!channel>\nuse 5"))
    check.message_blocks(message.blocks, RULES)
    assert "<!channel>" not in message.text


def test_a_draft_that_does_not_work_has_its_details_too():
    task = builders.task(status=TaskStatus.FAILED, summary="It did not work.")
    broken = builders.proposal(validation=Outcome(verdict=Verdict.FAILED, failure=CRASH))
    assert labels(tasks.concluded(task, builders.card(broken, task=task))) == ["Try again", "Edit", "Details"]


def test_what_is_missing_from_a_long_output_is_reported_once_and_whole():
    reported = words(flood("".join(f"line {n}\n" for n in range(1_000_000))))
    (missing,) = re.findall(r"… ([\d,]+) lines, [\d.]+ MB left out …", reported)
    assert int(missing.replace(",", "")) + len(re.findall(r"line \d+", reported)) == 1_000_000


@pytest.mark.parametrize(
    ("lines", "reported"), [(3000, "The full output is"), (9000, "More of the beginning and end is")]
)
def test_what_the_attached_file_holds_is_reported_as_it_is(lines: int, reported: str):
    card = json.dumps(result(flood("".join(f"line {n}\n" for n in range(lines)))).blocks)
    assert f"The middle isn't shown here. {reported} in the attached file." in card


def test_what_is_missing_from_a_progress_bar_is_reported_once_and_its_end_is_there():
    reported = words(flood("".join(f"\r{n} of 1000000" for n in range(1_000_001)) + "\n"))
    assert re.fullmatch(r"\d+ of 1000000… [\d.]+ MB left out …\n1000000 of 1000000", reported)


def flood(text: str) -> Outcome:
    kept = HeadTailBuffer(40_000)
    kept.add(text)
    stdout, gone = kept.all()
    return Outcome(verdict=Verdict.PASSED, stdout=stdout, truncated=True, gone=gone)


def words(outcome: Outcome) -> str:
    """What a result's message shows of the output."""
    (shown_there,) = blocks_of(result(outcome), "rich_text")
    return "".join(each["text"] for each in shown_there["elements"][0]["elements"])
