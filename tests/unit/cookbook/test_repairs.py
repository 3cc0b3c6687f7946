"""First drafts that fail, and what their errors teach."""

import pytest

from bot.playground.cookbook import recipes, sources

from .asking import code, failed, generate, numbers

MISTAKEN = [recipe for recipe in recipes.ALL if recipe.mistake is not None]
ERRORS = {
    "sum_of_squares": "TypeError: unsupported operand type(s) for +: 'int' and 'ray._raylet.ObjectRef'",
    "kmeans": "NameError: name 'nearest' is not defined (in assign)",
    "group_by": "TypeError: Mean.__init__() got an unexpected keyword argument 'alias'",
}


def test_at_least_two_recipes_fail_at_first():
    assert {recipe.program for recipe in MISTAKEN} == set(ERRORS)


@pytest.mark.parametrize("recipe", MISTAKEN, ids=lambda recipe: recipe.program)
def test_the_error_that_comes_back_decides_the_repair(recipe: recipes.Recipe):
    mistake = recipe.mistake
    assert mistake is not None
    assert sources.source(recipe.program).count(mistake.right) == 1
    first = code(recipe.example)
    assert mistake.wrong in first
    other = code(recipe.example, "", failed("ModuleNotFoundError: No module named 'x'"))
    assert other == first, "an unknown error must not be answered by a guess"
    repaired = code(recipe.example, "", failed(ERRORS[recipe.program]))
    assert mistake.right in repaired
    assert mistake.wrong not in repaired


def test_a_repair_stays_when_another_error_follows():
    evidence = [failed(ERRORS["kmeans"]), failed("it did not finish in time", "timed_out", 2)]
    program = code("k-means with 4 clusters on 20000 points", "", *evidence)
    assert "nearest = " in program
    assert numbers(program)["POINTS"] == 2000


@pytest.mark.parametrize("verdict", ["timed_out", "out_of_memory"])
def test_a_program_that_takes_too_much_is_made_smaller_and_says_so(verdict: str):
    submitted = generate("estimate pi with 100 tasks", "", failed("it was too much", verdict))
    assert submitted is not None
    assert numbers(submitted["code"])["SAMPLES"] == 1_000_000
    assert "samples 1,000,000" in submitted["purpose"]
