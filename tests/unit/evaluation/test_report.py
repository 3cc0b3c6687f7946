"""Scores as JSON and as a table, and what they come to."""

from __future__ import annotations

import json

from bot.evaluation.report import as_json, as_table
from bot.evaluation.score import Evaluation, Score, Subject
from services.domain.values import Spent

SUBJECT = Subject("anthropic", "claude-sonnet-5-5", "claude-opus-5-5", "0.1.0", "sealed")
CHEAP = Spent(calls=3, input=800, output=200, money=0.01, seconds=2.0, attempts=1)
DEAR = Spent(calls=5, input=2000, output=500, cached=500, money=0.03, seconds=8.0, attempts=3)
WORDS = Spent(calls=2, input=90, output=10, seconds=1.0)
SCORES = (
    Score("hello", "first_steps", spent=CHEAP, shown="hello"),
    Score("add", "first_steps", ("prints 8723",), spent=DEAR, shown="8724"),
    Score("broken", "repair", ("the program passes its validation", "prints 1", "runs an actor"), spent=DEAR),
    Score("product", "computing", error="The model is busy right now.", spent=WORDS),
)
FOUND = Evaluation(SUBJECT, SCORES, 21.5)


def test_json_is_one_object_of_the_agreed_shape() -> None:
    reported = json.loads(as_json(FOUND))
    assert list(reported) == ["provider", "models", "raygen", "validation", "cases", "groups", "totals"]
    assert reported["models"] == {"supervisor": "claude-sonnet-5-5", "generator": "claude-opus-5-5"}
    assert reported["cases"][1] == {
        "name": "add",
        "group": "first_steps",
        "passed": False,
        "failed": ["prints 8723"],
        "error": None,
        "attempts": 3,
        "seconds": 8.0,
        "tokens": 3000,
        "money": 0.03,
        "shown": "8724",
    }
    assert reported["cases"][3]["error"] == "The model is busy right now."
    assert reported["totals"] == {
        "cases": 4,
        "passed": 1,
        "pass_rate": 0.25,
        "median_attempts": 3,
        "median_seconds": 5.0,
        "tokens": 7100,
        "money": 0.07,
        "wall": 21.5,
    }
    assert reported["groups"]["first_steps"]["pass_rate"] == 0.5
    assert reported["groups"]["computing"]["median_attempts"] is None
    assert reported["groups"]["computing"]["money"] is None


def test_the_table_has_a_line_for_each_group_and_says_why_cases_failed() -> None:
    lines = as_table(FOUND).splitlines()
    assert lines[0] == "provider    anthropic"
    assert lines[1] == "models      claude-sonnet-5-5 and claude-opus-5-5"
    cells = {line.split("  ")[0]: line.split() for line in lines if "/" in line and "%" in line}
    assert cells["first_steps"] == ["first_steps", "1/2", "50%", "2", "5.00", "s", "4,000", "0.04"]
    assert cells["computing"] == ["computing", "0/1", "0%", "-", "1.00", "s", "100", "-"]
    assert cells["all"] == ["all", "1/4", "25%", "3", "5.00", "s", "7,100", "0.07"]
    assert lines[-3:] == [
        "NO  first_steps/add: not: prints 8723",
        "NO  repair/broken: not: the program passes its validation; 2 more",
        "NO  computing/product: The model is busy right now.",
    ]


def test_money_that_is_known_in_part_is_the_sum_of_that_part() -> None:
    assert FOUND.total.money == 0.07
    assert FOUND.total.rate == 0.25
