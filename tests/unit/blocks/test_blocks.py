"""Whatever people, models and programs write, the messages made of it are ones that Slack accepts and can't be forged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.models.messages.chunk import Chunk

from bot.playground.slack.blockkit import check
from bot.playground.slack.rules import Rules
from bot.playground.slack.state.streams import fold, rendered
from handlers.blocks import (
    card_modals,
    home,
    modals,
    programs,
    runs,
    shortcuts,
    tasks,
)
from handlers.blocks.live import beginning, live
from handlers.blocks.primitives import Message
from handlers.blocks.settings import menus
from services.approvals.authorizer import Needs
from services.domain.entities import Input, ProposalStatus, RunStatus, TaskKind, TaskStatus
from services.domain.preference import Preference
from services.domain.progress import Phase, Stage
from services.domain.summaries import RequestSummary, RunSummary
from services.domain.values import (
    Attempt,
    Failure,
    Finding,
    Frame,
    Grade,
    InputFile,
    Outcome,
    PolicyReport,
    Program,
    Spent,
    TaskCount,
    Touched,
    Verdict,
)
from services.execution.state import ClusterState
from services.notifications.events import RunView, TaskProgress
from services.proposals.thread_updates import ThreadUpdates
from services.targets.targets import ConfiguredTarget, TargetTerms
from services.text.invisible_characters import visible
from services.usecases.history import SHOWN as HISTORY
from services.usecases.inbox import SHOWN as WAITING
from services.usecases.inbox import Awaiting
from tests import builders
from tests.fakes import FakeTarget

RULES = Rules()
EVIL = "<!channel> <@UADMIN> <https://evil|ok> ``` *b* & \x1b[31m\u202e"
HUGE = (EVIL + "line\n") * 4000


def accepted(message: Message) -> str:
    """Slack takes it, and no markup in it is anyone's but ours; gives all of its markup."""
    check.message_blocks(message.blocks, RULES)
    assert message.text
    assert len(message.text.encode()) <= 4000, "an update may carry no more"
    assert "<!channel>" not in message.text
    assert "<@UADMIN>" not in message.text
    markup = json.dumps(marked(message.blocks))
    assert "<!channel>" not in markup
    assert "<@UADMIN>" not in markup
    assert "<https://evil" not in markup
    shown = message.text + seen(message.blocks)
    assert visible(shown) == shown, "nothing is hidden in it"
    return markup


def seen(node: Any) -> str:
    """Every text of a message or view, but for what its buttons and menus send back."""
    if isinstance(node, list):
        return "\n".join(map(seen, node))
    if isinstance(node, dict):
        return "\n".join(seen(child) for name, child in node.items() if name != "value")
    return node if isinstance(node, str) else ""


def marked(node: Any) -> list[str]:
    if isinstance(node, list):
        return [text for child in node for text in marked(child)]
    if isinstance(node, dict):
        own = [node["text"]] if node.get("type") == "mrkdwn" else []
        return own + [text for child in node.values() for text in marked(child)]
    return []


def outcome(text: str, verdict: Verdict = Verdict.FAILED) -> Outcome:
    return Outcome(
        verdict=verdict,
        stdout=text,
        stderr=text,
        value=text,
        failure=None
        if verdict is Verdict.PASSED
        else Failure(text[:300], text, (Frame(1, text, text),) * 30, text),
        detail=text,
        exit_code=1,
        wall=1.0,
        peak_memory=10**9,
        tasks=(TaskCount(text[:50], "FINISHED", 10**6),),
        resources={text[:50]: 4.0},
        touched=Touched(
            files=(text,) * 9,
            hosts=(text,) * 9,
            processes=(text,) * 9,
            environment=(text,) * 9,
            refused=(text,) * 9,
        ),
    )


def proposal(text: str, **changes: Any):
    findings = tuple(Finding("r", Grade.WARN, 1, text) for _ in range(20))
    return builders.proposal(
        program=Program(text, text, text),
        policy=PolicyReport(findings=findings, files=(text,)),
        validation=outcome(text, Verdict.PASSED),
        **changes,
    )


@given(st.text(max_size=300))
@settings(max_examples=60)
def test_any_text_gives_messages_that_slack_accepts(text: str):
    every_message_is_accepted(text)


@pytest.mark.parametrize("text", [EVIL, HUGE, "", "`" * 9000, "x" * 200_000, "\n" * 9000, "😀" * 9000])
def test_extreme_text_gives_messages_that_slack_accepts(text: str):
    every_message_is_accepted(text)


def streamed(chunks: list[Chunk]) -> Message:
    """What these chunks look like in Slack."""
    stream: dict[str, Any] = {"display": "plan", "plan": None, "parts": []}
    for chunk in chunks:
        fold(stream, chunk.to_dict())
    return Message("x", rendered(stream))


def target(name: str) -> FakeTarget:
    """RAYGEN_TARGETS takes names of one line only."""
    return FakeTarget(name="".join(name.splitlines()))


def full_tab(text: str) -> home.Tab:
    """The fullest home tab that there can be, with this text wherever somebody's words stand."""
    program = Program(text, text, text.encode(errors="replace").decode())
    newer = ThreadUpdates("UAPPROVER", TaskKind.EDIT, (text,) * 9, (text,) * 9)
    waiting = Awaiting(builders.card(replace(proposal(text), program=program), needs=Needs(2), updates=newer))
    ran = RunSummary("raygen-1", text, "UAPPROVER", RunStatus.RUNNING, None, 1.0)
    entry = RequestSummary(
        "t_1", TaskKind.PROMPT, text, "UENGINEER", TaskStatus.PROPOSED, 1.0, "s_1", "CRAY", "1.1", ran=ran
    )
    place = ConfiguredTarget(target(text), TargetTerms(limits={text[:50]: 1.0}))
    found = [(place, ClusterState(problem=text)), (place, ClusterState(version=text, nodes=1))] * 40
    own = menus(Preference(text, model=text), ["embedded"], ["claude-sonnet-5-5", "claude-opus-5-5"])
    return home.Tab(
        "UENGINEER",
        [waiting, replace(waiting, refusal=text)] * (WAITING // 2),
        more=True,
        entries=[entry] * 2 * HISTORY,
        found=found,
        settings=own,
    )


def every_message_is_accepted(text: str) -> None:
    task = builders.task(prompt=text, summary=text)
    accepted(tasks.root(task))
    now = live("t_1:card", task, TaskProgress(tuple(Stage(phase, 2, text) for phase in Phase), text))
    accepted(now.still)
    accepted(streamed(beginning(now)))
    for status in TaskStatus:
        if status not in {TaskStatus.QUEUED, TaskStatus.WORKING}:
            ended = builders.task(prompt=text, summary=text, status=status)
            accepted(tasks.concluded(ended, builders.card(proposal(text), task=ended)))
            accepted(tasks.concluded(ended, None, Spent(calls=2, input=9, models=(text,), money=0.5)))
    run = builders.run(stopped_by="UAPPROVER")
    for verdict in Verdict:
        accepted(runs.ended(run, proposal(text), outcome(text, verdict)))
    view = RunView("PENDING", text, 9.0, outcome(text).tasks, text)
    accepted(runs.running(builders.run(), proposal(text), view))
    tab = home.home(full_tab(text))
    check.view(tab, RULES, kind="home")
    assert visible(seen(tab)) == seen(tab)


def every_view(text: str) -> Iterator[dict[str, Any]]:
    """What opens over cards, with this text in it."""
    program = Program(text, text, text)
    failed = (Attempt(text, outcome(text), PolicyReport(findings=(Finding("r", Grade.WARN, 1, text),))),) * 2
    module = InputFile(f"{text[:40]}.py", text.encode(errors="replace"))
    kept = Input(module.name, module.sha256, len(module.content))
    one, other = (
        proposal(text, failed=failed, inputs=(kept,)),
        replace(builders.proposal(), id="p_2", program=program),
    )
    yield modals.attempts(one)
    yield modals.change(one)
    yield modals.reject(one)
    yield modals.details(one, outcome(text))
    for look in (
        card_modals.program(one, [module]),
        card_modals.compared(one, other),
        card_modals.compared(other, builders.proposal()),
    ):
        yield look.view
    yield card_modals.touched(one).view
    yield shortcuts.ask([text.strip() or "blue"])


@pytest.mark.parametrize("status", list(ProposalStatus))
def test_only_an_undecided_proposal_has_buttons(status: ProposalStatus):
    card = tasks.proposed(builders.card(builders.proposal(status=status, decided_by="UAPPROVER")))
    buttons = [block for block in card.blocks if block["type"] == "actions"]
    assert bool(buttons) == (status in {ProposalStatus.OPEN, ProposalStatus.DRAFT})


def test_an_edited_program_names_its_editor():
    markup = accepted(
        tasks.proposed(builders.card(builders.proposal(), task=builders.proposed_task(kind=TaskKind.EDIT)))
    )
    assert "Edited by <@UENGINEER>" in markup


@pytest.mark.parametrize("verdict", [verdict for verdict in Verdict if verdict is not Verdict.PASSED])
def test_only_a_pass_is_a_result(verdict: Verdict):
    message = runs.ended(builders.run(), builders.proposal(), outcome("before\n", verdict))
    assert "*Run succeeded*" not in message.text
    assert "before" in json.dumps(message.blocks)


@given(
    st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_characters="\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
            | st.sampled_from("\r\u202e\u200b\ufe0f⚠"),
            max_size=90,
        ),
        min_size=1,
        max_size=400,
    )
)
@settings(max_examples=60)
def test_an_unchanged_edit_gives_the_same_program(lines: list[str]):
    code = "\n".join(lines).rstrip() + "\n"
    look = programs.edit(builders.proposal(program=Program("t", "p", code)))
    if look.file is not None:
        assert [look.file.content.decode(errors="replace")] == [code.encode(errors="replace").decode()]
        assert look.view["blocks"][-1]["block_id"] == programs.FILE
        return
    fields = {block["block_id"]: block["element"]["initial_value"] for block in look.view["blocks"]}
    assert programs.joined(fields, code) == code
    shown = "".join(fields.values())
    assert visible(shown) == shown


def test_an_edit_form_is_one_that_slack_takes_whatever_the_length():
    for lines in (1, 2000, 11_000):
        look = programs.edit(builders.proposal(program=Program("t", "p", "print(1)\n" * lines)))
        check.view(look.view, RULES, kind="modal")
        assert (look.file is None) == (lines < 11_000)
    unbroken = programs.edit(builders.proposal(program=Program("t", "p", f"text = '{'x' * 3000}'")))
    assert unbroken.file is not None
    assert "has a line too long for Slack's text fields." in str(unbroken.view)
    assert "11,000 lines, more than Slack's text fields can hold" in str(look.view)


def test_a_refusal_is_shown_at_the_part_that_holds_its_line():
    fields = {"code_0": "a\nb", "code_1": "c\nd"}
    report = PolicyReport(findings=(Finding("ray-stop", Grade.REFUSE, 4, "stops Ray"),))
    assert list(programs.problems(fields, report)) == ["code_1"]


def test_an_answer_shows_what_was_computed_as_code():
    summary = "That gives 427.05.\n\n```\n2847 * 0.15\n```\n```\n427.05\n<!channel>\n```"
    message = tasks.concluded(builders.task(status=TaskStatus.ANSWERED, summary=summary), None)
    kinds = [block["elements"][0]["type"] for block in message.blocks]
    assert kinds == [
        "rich_text_section",
        "rich_text_preformatted",
        "rich_text_preformatted",
        "feedback_buttons",
    ]
    assert "```" not in str(message.blocks)
    assert "<!channel>" not in message.text


@pytest.mark.parametrize("summary", ["", "```", "```\n```", "a ``` b", "```\nx\n```\n" * 50])
def test_any_answer_has_blocks(summary: str):
    message = tasks.concluded(builders.task(status=TaskStatus.ANSWERED, summary=summary), None)
    assert 2 <= len(message.blocks) <= 21, "with the votes"


def test_a_run_says_what_it_waits_for_and_what_went_on_around_it():
    view = RunView("RUNNING", "", 9.0, note="waiting for 4 GPUs; the cluster has 2")
    assert "waiting for 4 GPUs" in accepted(runs.running(builders.run(), builders.proposal(), view))
    lost = replace(outcome("done\n"), remarks=("A node of the cluster was lost while this ran.",))
    assert "A node of the cluster was lost" in accepted(runs.ended(builders.run(), builders.proposal(), lost))


def test_the_line_of_a_failure_is_shown_as_it_is():
    error = replace(outcome("", Verdict.FAILED), failure=Failure("TypeError", "Mean.__init__() takes *none*"))
    block = runs.ended(builders.run(), builders.proposal(), error).blocks[1]
    words = {"type": "text", "text": "TypeError: Mean.__init__() takes *none*", "style": {"bold": True}}
    assert block == {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [words]}],
    }


def test_a_title_amid_our_markup_is_shown_as_it_is():
    card = runs.running(builders.run(), builders.proposal(program=Program("Why __init__ fails", "p", "1\n")))
    assert "*Starting* `Why __init__ fails` on" in accepted(card)
