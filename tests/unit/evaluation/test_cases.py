"""The cases are well formed: enough, unique, judged by their output, and to be chosen by name."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from bot.evaluation.case import Case
from bot.evaluation.cases import ALL, GROUPS, select
from bot.evaluation.checks import About
from services.domain.errors import BadRequest
from services.domain.input_files import checked

PROGRAMS = [case for case in ALL if case.wants_program]


def test_there_are_enough_and_their_names_are_unique() -> None:
    assert len(ALL) >= 40
    assert len({case.name for case in ALL}) == len(ALL)
    assert len({case.prompt for case in ALL if not case.thread}) == len(
        [case for case in ALL if not case.thread]
    )
    assert set(GROUPS) == {
        *("first_steps", "numbers", "patterns", "actors", "data", "simulation", "learning", "real_work"),
        *("computing", "conversation", "repair", "limits"),
    }


@pytest.mark.parametrize("case", PROGRAMS, ids=lambda case: case.name)
def test_a_program_is_judged_by_what_it_prints_and_by_its_validation(case: Case) -> None:
    about = {check.about for check in case.checks}
    assert {About.OUTPUT, About.RUN} <= about
    assert len(case.checks) >= 3


@pytest.mark.parametrize("case", [case for case in ALL if case not in PROGRAMS], ids=lambda case: case.name)
def test_words_are_judged_by_themselves(case: Case) -> None:
    assert {check.about for check in case.checks} == {About.ANSWER}
    assert not case.files


@pytest.mark.parametrize("case", [case for case in ALL if case.thread], ids=lambda case: case.name)
def test_a_thread_reads_as_in_the_product(case: Case) -> None:
    briefing = case.briefing()
    turns = briefing.memory.turns
    assert [turn.role for turn in turns] == ["user", "assistant"] * len(case.thread)
    assert len(briefing.conversation) == len(case.thread)
    if case.current:
        title = case.thread[-1].title
        assert f"[proposal: {title}]" in turns[-1].parts[0].text
        assert case.current.strip() in briefing.memory.before
        assert case.current.startswith(f'"""{title}.')


def test_programs_to_repair_are_broken_but_for_one_readable_python() -> None:
    current = {case.name: case.current for case in ALL if case.group == "repair" and case.current}
    assert len(current) >= 10
    for name, code in current.items():
        if name == "syntax":
            with pytest.raises(SyntaxError):
                ast.parse(code)
        else:
            ast.parse(code)


def test_files_are_such_as_a_thread_may_have() -> None:
    assert sum(bool(checked(case.files)) for case in ALL) >= 4


def test_cases_are_chosen_by_name_and_by_group_in_their_own_order() -> None:
    assert select() == ALL
    assert [case.name for case in select(["wipe", "hello"])] == ["hello", "wipe"]
    assert {case.group for case in select(groups=["data"])} == {"data"}
    assert {case.group for case in select(["hello"], ["data"])} == {"first_steps", "data"}


def test_an_unknown_name_is_answered_with_what_there_is() -> None:
    with pytest.raises(BadRequest, match=r"There is no case 'nonsense'\. The cases are hello, add, .*\."):
        select(["hello", "nonsense"])
    with pytest.raises(BadRequest, match=r"There is no group 'gpu'\. The groups are first_steps, .*\."):
        select(groups=["gpu"])


def test_the_page_about_it_counts_the_cases_of_each_group() -> None:
    page = (Path(__file__).parents[3] / "docs" / "evaluation.md").read_text()
    assert f"It has {len(ALL)} prompts" in page
    for group in GROUPS:
        cases = sum(case.group == group for case in ALL)
        assert f"| `{group}` | {cases} |" in page
        assert re.search(rf"^{group} +\d+/{cases} ", page, re.MULTILINE), "the published floor"
    assert "cookbook (a rule-based stand-in without a model, as the baseline)" in page
