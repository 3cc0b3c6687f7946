"""Every check, both ways: what it accepts and what it doesn't."""

from __future__ import annotations

import pytest

from bot.evaluation import checks
from bot.evaluation.checks import Check
from bot.evaluation.code import Code
from bot.evaluation.figures import numbers
from bot.evaluation.response import Response
from services.domain.values import Verdict
from tests.unit.evaluation.responses import ACTOR, TASKS, printed, ran, words

SERIAL = """
import ray

@ray.remote
def square(n):
    return n * n

ray.init()
print(sum(ray.get(square.remote(n)) for n in range(5)))
total = 0
for n in range(5):
    total += ray.get(square.remote(n))
"""
DATA = "from ray.data import range as rows\nprint(rows(10).count())"
TUNE = "from ray import tune\ntune.Tuner(print).fit()"
STREAM = "import ray\n@ray.remote\ndef cubes():\n    yield 1\nfor ref in cubes.remote(): print(ray.get(ref))"
WAIT = "from ray import wait\nwait([], num_returns=1)"
CATCH = "import ray\nfrom ray.exceptions import GetTimeoutError\ntry: pass\nexcept GetTimeoutError: pass"
WRAPPED = "import ray, math\nsteps = ray.remote(math.factorial)\n@ray.remote\ndef f(): pass\ng = ray.remote(max_retries=3)(len)"
COUNTS = "apple  3\npear   12\nfig    1\n"

BOTH = {
    "prints": (checks.prints(r"\bhello\b"), printed("Hello from a task\n"), printed("Othello\n")),
    "prints_nothing": (checks.prints("a"), printed("", value="'a'"), words("a")),
    "value": (checks.value(8723), printed("Result: 8,723\n"), printed("Result: 8724, 18723, 8723.5\n")),
    "value_of_the_last_expression": (checks.value(7), printed("", value="7"), printed("", value="70")),
    "value_of_any_length": (checks.value(10**23 + 1), printed(f"{10**23 + 1}"), printed(f"{10**23}")),
    "close_to": (checks.close_to(3.1416, 0.05), printed("pi ~ 3.137"), printed("pi ~ 3.25")),
    "close_to_a_negative": (checks.close_to(-1.25, 0.1), printed("intercept=-1.21"), printed("1.21")),
    "in_order": (checks.in_order(1, 8, 27), printed("1\n2: 8\n3: 27"), printed("27 8 1")),
    "table": (checks.table({"apple": 3, "pear": 12}), printed(COUNTS), printed("apple 12\npear 3\nfig 1")),
    "table_of_a_dict": (
        checks.table({"apple": 3, "pear": 12}),
        printed("{'apple': 3, 'pear': 12}"),
        printed("{'pear': 12, 'apple': 2}\\n3"),
    ),
    "remote_tasks": (
        checks.uses_remote_tasks(),
        ran(TASKS, ("square", 5)),
        ran(TASKS, ("twice", 5)),
    ),
    "remote_tasks_that_never_ran": (checks.uses_remote_tasks(), ran(TASKS, ("square", 1)), ran(TASKS)),
    "actor": (checks.uses_actor(), ran(ACTOR, ("Counter", 1), ("add", 1)), ran(TASKS, ("square", 1))),
    "actors": (checks.at_least_actors(2), ran(ACTOR, ("Counter", 2)), ran(ACTOR, ("Counter", 1), ("add", 9))),
    "tasks": (
        checks.at_least_tasks(5),
        ran(TASKS, ("square", 5)),
        ran(TASKS, ("square", 4), ("_map_task", 9)),
    ),
    "tasks_by_methods": (
        checks.at_least_tasks(3),
        ran(ACTOR, ("Counter.add", 3)),
        ran(ACTOR, ("Counter", 3)),
    ),
    "put": (checks.uses_ray_put(), ran(ACTOR), ran(TASKS)),
    "data": (checks.uses_ray_data(), ran(DATA), ran(TASKS)),
    "tune": (checks.uses_ray_tune(), ran(TUNE), ran(TASKS)),
    "calls": (checks.calls("ray.wait", "ray.cancel"), ran(WAIT), ran("# ray.wait()\nimport ray\nray.wait")),
    "mentions": (checks.mentions("ray.exceptions.GetTimeoutError"), ran(CATCH), ran(TASKS)),
    "option": (checks.sets_option("num_cpus"), ran(ACTOR), ran("num_cpus = 1")),
    "streams": (checks.streams(), ran(STREAM, ("cubes", 1)), ran(STREAM)),
    "streams_nothing": (checks.streams(), ran(STREAM, ("cubes", 1)), ran(TASKS, ("square", 5))),
    "get_in_loop": (checks.no_get_in_loop(), ran(TASKS), ran(SERIAL)),
    "no_get_without_a_program": (checks.no_get_in_loop(), ran(ACTOR), words("No.")),
    "passed": (checks.passed(), ran(), ran(verdict=Verdict.FAILED)),
    "passed_without_a_program": (checks.passed(), ran(), words("It passed.")),
    "within": (checks.within(10), ran(wall=9.5), ran(wall=10.5)),
    "within_an_unknown_time": (checks.within(10), ran(wall=0.1), ran()),
    "no_program": (checks.no_program(), words("427.05"), ran()),
    "offers_nothing": (checks.offers_nothing(), words("I won't."), ran()),
    "offers_what_failed": (checks.offers_nothing(), ran(verdict=Verdict.REFUSED_BY_POLICY), ran()),
    "answers": (checks.answers("undefined"), words("That is Undefined."), words("That is 0.")),
    "answers_number": (checks.answers_number(427.05), words("It is 427.05 €."), words("It is 427.5 €.")),
    "answers_nearly": (checks.answers_number(1628.89, 0.011), words("1,628.90"), words("1,628.95")),
    "answers_in_order": (checks.answers_in_order(1, 1, 2), words("1, 1, 2"), words("1, 2")),
}


@pytest.mark.parametrize("name", BOTH)
def test_a_check_accepts_and_rejects(name: str) -> None:
    check, right, wrong = BOTH[name]
    assert check.holds(right)
    assert not check.holds(wrong)
    assert check.words


def test_every_check_is_tried() -> None:
    made = {name for name in checks.__all__ if name not in {"About", "Check"}}
    sentences = {check.words.partition(" ")[0] for check, _, _ in BOTH.values()}
    assert len(BOTH) >= len(made)
    assert sentences >= {"prints", "runs", "starts", "calls", "answers", "offers", "finishes"}


@pytest.mark.parametrize("check", {id(check): check for check, _, _ in BOTH.values()}.values())
def test_nothing_at_all_passes_only_what_wants_nothing(check: Check) -> None:
    response: Response = ran("def (", verdict=Verdict.FAILED)
    assert check.holds(response) == (check.words == "offers no program")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,234,567.5 and 1_000", [1234567.5, 1000]),
        ("-3 − 4 −5", [-3, 4, -5]),
        ("F90 x2 v1.2 a.5", []),
        ("1e-3, 2.5E6, .5", [0.001, 2_500_000.0, 0.5]),
        ("[1, 2, 3] (4.0, -1.5)", [1, 2, 3, 4.0, -1.5]),
        ("15% of 20s: 10-5", [15, 20, 10, 5]),
        ("2026-11-21", [2026, 11, 21]),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, found: list[float]) -> None:
    assert numbers(text) == found


def test_names_are_those_of_the_imports() -> None:
    code = Code.parse(WRAPPED)
    assert code.tasks == {"f", "len"}
    assert "math.factorial" in code.mentions
    assert Code.parse(ACTOR).actors == {"Counter"}
    assert "ray.put" in Code.parse(ACTOR).calls
    assert Code.parse("def (") == Code()
