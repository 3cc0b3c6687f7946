"""Changes of the program that a thread has already."""

from typing import Any

import pytest

from bot.playground.cookbook import recipes

from .asking import code, generate, numbers, supervise, title, uses

CHANGED: list[tuple[str, str, dict[str, Any]]] = [
    ("estimate pi with 100 tasks", "use 500 tasks instead", {"TASKS": 500, "SAMPLES": 10_000_000}),
    ("estimate pi with 100 tasks", "make it 1000", {"TASKS": 1000}),
    ("estimate pi with 100 tasks", "now with 1e6 samples", {"TASKS": 100, "SAMPLES": 1_000_000}),
    (
        "estimate pi with 100 tasks and 2 million samples",
        "double the samples",
        {"SAMPLES": 4_000_000, "TASKS": 100},
    ),
    ("estimate pi with 100 tasks", "use half as many tasks", {"TASKS": 50}),
    ("estimate pi with 100 tasks", "10x more samples please", {"SAMPLES": 100_000_000}),
    ("estimate pi with 3 million samples", "with 8 actors", {"ACTORS": 8, "SAMPLES": 3_000_000}),
    ("estimate pi with 50 tasks", "add a plot", {"TASKS": 50}),
    ("estimate pi with 50 tasks", "use another seed: 99", {"SEED": 99, "TASKS": 50}),
    ("count primes up to 5000", "make it 1 million", {"LIMIT": 1_000_000}),
    ("estimate pi with 100 tasks", "add 10 more tasks", {"TASKS": 110}),
    ("estimate pi with 100 tasks", "20 fewer tasks please", {"TASKS": 80}),
    ("histogram of 1 million values", "add 10 more bins", {"BINS": 50}),
    ("actor pool with 2 actors", "use 4 actors", {"ACTORS": 4}),
    ("histogram of 1 million values", "with 80 bins", {"BINS": 80, "VALUES": 1_000_000}),
    ("add 1 and 2", "add 5 and 6 instead", {"NUMBERS": [5, 6]}),
    ("k-means with 4 clusters", "set the clusters to 7", {"CLUSTERS": 7}),
]


@pytest.mark.parametrize(("first", "then", "expected"), CHANGED)
def test_a_follow_up_changes_the_last_program(first: str, then: str, expected: dict[str, Any]):
    before = code(first)
    said = supervise(then, (first, f"[proposal: {title(before)}] It is ready."))
    assert [call.name for call in uses(said)] == ["write_program"]
    after = code(uses(said)[0].input["request"], before)
    assert {name: numbers(after)[name] for name in expected} == expected


def test_changes_add_up_over_several_follow_ups():
    program = code("estimate pi with 100 tasks")
    for wish in ("use 500 tasks instead", "make it 1e6 samples", "seed 3"):
        program = code(wish, program)
    assert numbers(program) | {"TASKS": 500, "SAMPLES": 1_000_000, "SEED": 3} == numbers(program)


def test_an_edit_by_a_person_survives_the_next_change():
    edited = code("estimate pi with 100 tasks").replace("    ray.init()", "    ray.init()\n    print('hi ✓')")
    changed = code("use 20 tasks instead", edited)
    assert "print('hi ✓')" in changed
    assert numbers(changed)["TASKS"] == 20


def test_a_follow_up_that_fits_another_recipe_starts_that_one():
    pi = code("estimate pi with 100 tasks")
    said = supervise("now sort 5000 numbers", ("estimate pi", f"[proposal: {title(pi)}] Ready."))
    found = recipes.by_title(title(code(uses(said)[0].input["request"], pi)))
    assert found is not None
    assert found[1] == "sorting"


def test_constants_of_an_unknown_program_can_be_set_by_their_names():
    unknown = '"""Count stars: by hand."""\n\nNUM_STARS = 5  # few\nLABEL = "x"\n\nprint(NUM_STARS)\n'
    said = supervise("use 50 stars", ("count stars", "[proposal: Count stars] Ready."))
    changed = generate(uses(said)[0].input["request"], unknown)
    assert changed is not None
    assert changed["code"] == unknown.replace("NUM_STARS = 5 ", "NUM_STARS = 50 ")
    assert changed["title"] == "Count stars"


def test_a_wish_that_changes_nothing_in_the_program_is_no_order():
    said = supervise("use 500 unicorns", ("estimate pi", "[proposal: Estimate pi by Monte Carlo] Ready."))
    assert not uses(said)


def test_a_repaired_program_is_not_broken_again_by_a_follow_up():
    right = recipes_source("sum_of_squares")
    assert "sum(ray.get(parts))" in code("use 4 tasks instead", right)


ANEW = "\n\nWrite this program again, in a different way."


def test_a_program_written_anew_takes_another_way_with_the_same_numbers():
    before = code("estimate pi with 2 million samples")
    said = supervise(
        "estimate pi with 2 million samples" + ANEW, ("estimate pi", f"[proposal: {title(before)}] R.")
    )
    after = code(uses(said)[0].input["request"], before)
    assert title(after) != title(before)
    assert numbers(after)["SAMPLES"] == 2_000_000


def test_a_recipe_with_one_way_says_so_when_written_anew():
    before = code("sort 5000 numbers")
    after = generate("sort 5000 numbers" + ANEW, before)
    assert after is not None
    assert numbers(after["code"]) == numbers(before) | {"SEED": 43}
    assert "one way" in after["purpose"]


def recipes_source(program: str) -> str:
    from bot.playground.cookbook import sources  # noqa: PLC0415  # only here

    return sources.source(program)
