"""The evidence on a card: most important first, twice seen, never pushed out of sight; and what opens over it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.playground.slack.blockkit import check
from bot.playground.slack.errors import SlackError
from bot.playground.slack.rules import Rules
from handlers.blocks import card_modals, tasks, touched
from handlers.blocks.card_modals import CardModal
from handlers.blocks.primitives import Message, weight
from services.approvals.authorizer import Needs
from services.domain.entities import Input, Proposal, ProposalStatus, TaskKind, TaskStatus
from services.domain.locks import Lock, LockedPackage
from services.domain.values import (
    EVIDENCE,
    Artifact,
    Finding,
    Grade,
    Outcome,
    PolicyReport,
    Program,
    Table,
    Touched,
    Verdict,
)
from services.proposals.thread_updates import ThreadUpdates
from services.targets.cost import Estimate
from services.text.invisible_characters import visible_code
from tests import builders

RULES = Rules()
EVIL = "<!channel> <@UADMIN> <https://evil|ok> ``` *b* & \x1b[31m\u202e"
HUGE = (EVIL + "line\n") * 4000
BEFORE = builders.proposal(
    id="p_0",
    program=Program("Add", "Adds.", "print('Result: 2')\n"),
    status=ProposalStatus.APPROVED,
    approved_by=("UAPPROVER",),
)
COST = Estimate(0.125, "USD", 3600.0, stated=True, amounts={"CPU": 2.0})


def card(proposal: Proposal, **changes: Any) -> Message:
    made = tasks.proposed(builders.card(proposal, **changes))
    check.message_blocks(made.blocks, RULES)
    return made


def test_what_is_installed_is_listed_news_first():
    packages = (
        LockedPackage(name="numpy", version="2.0", size=17_000_000),
        LockedPackage(name="polars", version="1.35", size=34_000_000, asked=True),
        LockedPackage(name=EVIL, version="1", yanked=True),
    )
    proposal = builders.proposal(lock=Lock(requirements="x", packages=packages))
    text = flat(card(proposal, packages_before=frozenset({"numpy==2.0"})))
    in_order(text, "*Installs*", "polars` 1.35 (34 MB)", "withdrawn by its maker", "numpy` 2.0 (17 MB)")
    assert "51 MB in all · 2 packages not approved here before" in text
    assert "<!channel>" not in text
    known = frozenset(each.pin for each in packages)
    assert "all approved here before" in flat(card(proposal, packages_before=known))
    assert "51 MB in all · not approved here before" in flat(card(proposal))
    many = tuple(LockedPackage(name=f"p{n}", version="1") for n in range(300))
    crowd = builders.proposal(lock=Lock(requirements="x", packages=many))
    assert "and 294 more" in flat(card(crowd))
    assert "p299==1" in flat(Message("", [{"all": touched.everything(crowd)}]))
    assert "Installs" not in flat(card(builders.proposal()))


def flat(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def in_order(text: str, *parts: str) -> None:
    places = [text.find(part) for part in parts]
    assert -1 not in places, parts[places.index(-1)]
    assert places == sorted(places), dict(zip(parts, places, strict=True))


def test_the_most_important_comes_first():
    shown = card(
        builders.proposal(
            policy=PolicyReport(findings=(Finding("r", Grade.WARN, 3, "reads a file"),), files=("in.csv",)),
            validation=builders.passed(resources={"CPU": 2.0}, touched=Touched(refused=("network to x:80",))),
        ),
        cost=COST,
        approved_before=BEFORE,
    )
    in_order(
        flat(shown),
        "Adds 1 and 2 in a Ray task.",
        "*Validation passed* in a sealed Ray cluster",
        '"Result: 3"',
        "*In the code:* files `in.csv`",
        "*Observed in the sandbox:* no files, network hosts, processes or environment variables",
        "*Blocked by the sandbox:* `network to x:80`",
        "line 3: reads a file",
        "*Runs on* embedded · requests 2 CPUs · estimated cost about 0.12 USD (1 h 00 min declared, 2 CPUs)",
        "*Changed* since the version approved by <@UAPPROVER>: 1 line added, 1 line removed.",
        '"language": "python"',
        "sha256 `",
        "Approve & run",
    )


def test_what_it_touches_is_reported_as_written_and_as_seen():
    header = "# /// script\n# dependencies = ['polars>=1.0']\n# ///\n"
    shown = card(
        builders.proposal(
            program=Program("t", "p", header + "import numpy\n"),
            policy=PolicyReport(
                imports=("numpy", "os", "ray"), hosts=("api.example",), environment=("HOME",)
            ),
            validation=builders.passed(touched=Touched(files=("/etc/passwd",), processes=("kill 1",))),
        )
    )
    reported = (
        "*In the code:* network hosts `api.example` · environment variables `HOME` · packages `numpy`, `ray` · "
        "installs `polars&gt;=1.0` · no files or processes\n"
        "*Observed in the sandbox:* files `/etc/passwd` · processes `kill 1` · no network hosts or environment variables"
    )
    assert reported in [block["text"]["text"] for block in shown.blocks if block["type"] == "section"]


def test_a_validation_outside_of_a_seal_is_not_reported_as_one():
    text = flat(card(builders.proposal(validation=builders.passed(where="Unsealed, on the target"))))
    assert "*Accesses:* no files, network hosts, processes or environment variables" in text
    assert "sandbox" not in text
    assert "in a sealed" not in text


def test_what_could_not_be_observed_is_not_shown_as_none():
    nothing = flat(card(builders.proposal(validation=builders.passed(unknown=EVIDENCE))))
    assert (
        "*Observed in the sandbox:* files, network hosts, processes, environment variables and packages could not be observed"
        in nothing
    )
    assert "resources it requested during validation could not be observed" in nothing
    assert "What the sandbox blocked could not be observed." in nothing
    assert "*Observed in the sandbox:* no" not in nothing
    some = builders.passed(
        unknown=("files", "hosts"), touched=Touched(files=("/etc/hosts",), more={"files": 9_950})
    )
    partly = flat(card(builders.proposal(validation=some)))
    assert "files `/etc/hosts` and 9,950 more" in partly
    assert "no processes or environment variables" in partly
    assert "network hosts could not be observed" in partly
    assert "not all files could be observed" in partly


@pytest.mark.parametrize("kinds", [(), ("hosts",), EVIDENCE])
@pytest.mark.parametrize("verdict", [Verdict.UNTRIED, Verdict.PASSED])
def test_a_program_that_was_not_run_has_nothing_to_observe(verdict: Verdict, kinds: tuple[str, ...]):
    shown = flat(card(builders.proposal(validation=Outcome(verdict=verdict, unknown=kinds))))
    assert ("could not be observed" in shown) == (verdict is Verdict.PASSED and bool(kinds))


def test_remarks_about_how_it_ran_are_on_the_card():
    remark = "It exited with SystemExit on line 3, before its last statement (line 9)."
    assert remark in flat(card(builders.proposal(validation=builders.passed(remarks=(remark,)))))


def test_many_names_of_one_kind_push_no_other_out_of_sight():
    noise = tuple(f"/tmp/{number:03}" + "n" * 190 for number in range(50))
    many = builders.proposal(
        policy=PolicyReport(
            files=noise, hosts=("evil.example",), resources={f"r{n}": 1.0 for n in range(100)}
        ),
        validation=builders.passed(
            resources={f"{n}" * 190: 2.0 for n in range(10)},
            touched=Touched(
                files=noise, hosts=("evil.example:443",), refused=("network to evil.example:443",)
            ),
        ),
    )
    text = flat(card(many))
    assert "`evil.example`" in text
    assert "`evil.example:443`" in text
    assert "*Blocked by the sandbox:* `network to evil.example:443`" in text
    assert "and 46 more" in text
    assert '"proposal_touches"' in text
    look = card_modals.touched(many)
    check.view(look.view, RULES, kind="modal")
    reported = json.dumps(look.view)
    assert all(name in reported for name in noise)


def test_a_short_diff_stands_on_the_card_and_a_long_one_behind_a_button():
    short = flat(card(builders.proposal(), approved_before=BEFORE))
    assert "-print('Result: 2')\\n+print('Result: 3')" in short
    assert "proposal_changes" not in short
    other = builders.proposal(program=Program("t", "p", "\n".join(f"print({n})" for n in range(400))))
    long = flat(card(other, approved_before=BEFORE))
    assert "400 lines added, 1 line removed" in long
    assert "proposal_changes" in long
    assert "+print(" not in long
    whole = card_modals.compared(other, BEFORE)
    check.view(whole.view, RULES, kind="modal")
    assert all(f"+print({n})" in json.dumps(whole.view) for n in range(400))


def test_the_same_program_again_is_reported_as_unchanged():
    again = card(builders.proposal(program=BEFORE.program), approved_before=BEFORE)
    assert "*Unchanged:* same code as the version approved by <@UAPPROVER>." in flat(again)
    assert "*Changed*" not in flat(again)
    assert "*Unchanged:*" not in flat(card(builders.proposal()))


def test_a_card_without_prices_says_nothing_of_costs():
    assert "cost" not in flat(card(builders.proposal()))


@pytest.mark.parametrize("status", [TaskStatus.PROPOSED, TaskStatus.FAILED])
def test_long_code_has_a_button_that_opens_all_of_it_and_short_code_has_none(status: TaskStatus):
    verdict = Verdict.PASSED if status is TaskStatus.PROPOSED else Verdict.FAILED
    task = builders.task(status=status, summary="x")
    for lines, cut in ((10, False), (2000, True)):
        made = builders.proposal(
            program=Program("t", "p", "\n".join(f"print({n})" for n in range(lines))),
            validation=Outcome(verdict=verdict, wall=1.0),
        )
        shown = tasks.concluded(task, builders.card(made, task=task))
        assert ('"proposal_code"' in flat(shown)) == cut


# What a modal can show and whatever needs a file, with characters that are long in JSON.
CODES = [
    "",
    "print(1)\n",
    "x" * 200_000,
    "x = 1\n" * 40_000,
    "\n" * 9000,
    "😀" * 60_000,
    HUGE,
    HUGE * 2,
    "\x00" * 9,
]


def shown_in(look: CardModal) -> str:
    check.view(look.view, RULES, kind="modal")
    pieces = [
        block["elements"][0]["elements"][0]["text"]
        for block in look.view["blocks"]
        if block["type"] == "rich_text"
    ]
    return "".join(pieces)


def bare(text: str) -> str:
    """With what is not seen shown, and without line ends, which may lie between two blocks."""
    return visible_code(text).replace("\n", "")


def complete(look: CardModal, text: str) -> None:
    """Nobody sees less than all of it: in the modal, or in its beginning and a file."""
    shown = shown_in(look).replace("\n", "")
    if look.file is None:
        assert shown.strip() == bare(text).strip()
    else:
        assert look.file.content.decode() == text
        assert bare(text).startswith(shown)
        assert look.file.name in json.dumps(look.view)


@pytest.mark.parametrize("code", CODES)
def test_any_program_can_be_seen_whole(code: str):
    complete(card_modals.program(builders.proposal(program=Program(EVIL, "p", code)), ()), code)


def test_a_program_of_usual_length_needs_no_file():
    assert (
        card_modals.program(builders.proposal(program=Program("t", "p", "print(12345)\n" * 4000)), ()).file
        is None
    )
    assert card_modals.program(
        builders.proposal(program=Program("t", "p", "print(12345)\n" * 40_000)), ()
    ).file


@given(st.text(st.characters(codec="utf-8"), max_size=400), st.integers(1, 600))
@settings(max_examples=60)
def test_any_text_can_be_seen_whole(text: str, times: int):
    complete(
        card_modals.program(builders.proposal(program=Program(text, text, text * times)), ()), text * times
    )


def test_slack_refuses_a_larger_view_than_ours():
    view = card_modals.program(builders.proposal(program=Program("t", "p", "x" * 200_000)), ()).view
    check.view(view, RULES, kind="modal")
    view["blocks"] += [view["blocks"][1]] * 20
    with pytest.raises(SlackError, match="view_too_large"):
        check.view(view, RULES, kind="modal")


def full(text: str) -> Proposal:
    """A proposal that says `text` wherever anything can be said."""
    names = tuple(f"{number}{text[:2000]}" for number in range(40))
    return builders.proposal(
        program=Program(text, text, text),
        policy=PolicyReport(
            findings=tuple(Finding("r", Grade.WARN, 1, text) for _ in range(20)),
            imports=names,
            files=names,
            hosts=names,
            processes=names,
            environment=names,
            resources={name[:60]: 1.5 for name in names},
        ),
        validation=builders.passed(
            stdout=text,
            value=text,
            touched=Touched(files=names, hosts=names, processes=names, environment=names, refused=names),
            artifacts=tuple(Artifact(name, "text/plain", b"") for name in names),
            table=Table(("a",) * 9, tuple((text[:199],) * 9 for _ in range(20)), 20, 9),
        ),
        inputs=tuple(Input(name, "0" * 64, 1) for name in names),
        model=text,
        approved_by=("UAPPROVER",),
    )


@given(st.text(max_size=300), st.text(max_size=300))
@settings(max_examples=40)
def test_any_text_gives_evidence_that_slack_accepts(text: str, earlier: str):
    everything_is_accepted(text, earlier)


@pytest.mark.parametrize(
    "text", [EVIL, HUGE, "", "`" * 9000, "x" * 200_000, "a b\n" * 9000, "😀" * 9000, "&" * 9000]
)
def test_extreme_text_gives_evidence_that_slack_accepts(text: str):
    everything_is_accepted(text, HUGE)


def everything_is_accepted(text: str, earlier: str) -> None:
    proposal, task = full(text), builders.task(status=TaskStatus.PROPOSED, summary=text)
    before = builders.proposal(id="p_0", program=Program(earlier, earlier, earlier), decided_by="UAPPROVER")
    shown_card = builders.card(
        proposal,
        task=task,
        targets=("a", text[:90] or "b"),
        objection=text,
        needs=Needs(2, (text, text), askable=True, thread=60.0),
        cost=Estimate(1e9, "x" * 8, 1e9, stated=True, amounts={text[:60]: 1e15, "CPU": 1.0}),
        approved_before=before,
        updates=ThreadUpdates("UAPPROVER", TaskKind.REGENERATE, (text,) * 9, (text,) * 9),
    )
    voided = tuple(f"U{number}" for number in range(30))
    for status in (ProposalStatus.OPEN, ProposalStatus.APPROVED):
        now = builders.replace(proposal, status=status, voided=voided)
        shown = tasks.proposed(builders.replace(shown_card, proposal=now))
        check.message_blocks(shown.blocks, RULES)
        assert weight(shown.blocks) <= 13_000
        markup = [block["text"]["text"] for block in shown.blocks if block["type"] == "section"]
        assert not any("<!channel>" in each or "<https://evil" in each for each in markup)
    failed = builders.replace(
        proposal, validation=Outcome(verdict=Verdict.FAILED, stdout=text, touched=proposal.validation.touched)
    )
    check.message_blocks(tasks.failed(task, builders.card(failed, task=task)).blocks, RULES)
    # Whatever the text is, none of its inputs is a module, which would be shown as well.
    complete(card_modals.program(builders.replace(proposal, inputs=()), ()), text)
    for look in (card_modals.compared(proposal, before), card_modals.touched(proposal)):
        complete(look, look.file.content.decode() if look.file else shown_in(look))


def test_a_short_diff_is_folded_where_the_card_has_no_room_for_it():
    lines = [f"print('a line of this program: {number}')" for number in range(400)]
    old = Program("t", "p", "\n".join(lines))
    new = Program("t", "p", "\n".join([*lines[:100], *[f"print({n})" for n in range(60)], *lines[100:]]))
    before = builders.replace(BEFORE, program=old)
    roomy = card(builders.proposal(program=new), approved_before=before)
    assert "+print(59)" in flat(roomy)
    crowded = card(builders.replace(full(EVIL * 50), program=new), approved_before=before)
    assert "60 lines added, 0 lines removed" in flat(crowded)
    assert "proposal_changes" in flat(crowded)
    assert "+print(59)" not in flat(crowded)
    assert weight(crowded.blocks) <= 13_000
