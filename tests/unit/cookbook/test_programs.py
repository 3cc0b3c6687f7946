"""Every program of the cookbook, run as a file on a real Ray, with what it must print."""

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from bot.playground.cookbook import recipes, sources
from services import policy

from .asking import code, failed
from .cluster import Programs, Ran, programs


def near(expected: float, tolerance: float) -> Callable[[Ran], bool]:
    """Whether the first number of the result is about the expected one."""
    return lambda ran: abs(float(re.findall(r"-?\d+(?:\.\d+)?", ran.result)[0]) - expected) <= tolerance


def says(pattern: str) -> Callable[[Ran], bool]:
    return lambda ran: re.search(pattern, ran.result) is not None


def makes(name: str, pattern: str) -> Callable[[Ran], bool]:
    return lambda ran: f"outputs/{name}" in ran.files and re.search(pattern, ran.result) is not None


DEFAULTS: dict[str, Callable[[Ran], bool]] = {
    "describe_file": says(r"^there is no data\.csv here; share it in the thread$"),
    "add_numbers": says(r"^3$"),
    "hello": says(r"^Hello$"),
    "sum_of_squares": says(r"^333333833333500000$"),
    "parallel_map": says(r"^1161 takes the most steps, 181$"),
    "monte_carlo_pi": near(3.1416, 0.01),
    "monte_carlo_pi_actors": near(3.1416, 0.01),
    "monte_carlo_pi_plot": makes("pi.png", r"about 3\.14"),
    "primes": says(r"^78,498 primes up to 1,000,000$"),
    "fibonacci": says(r"^832040$"),
    "factorial": says(r"^1000! is about 10\^2567, 2,568 digits$"),
    "matrix_multiply": near(250, 1),
    "sorting": says(r"^1,000,000 numbers, sorted: True$"),
    "map_reduce": says(r"^500,000 readings from 9 stations$"),
    "tree_reduce": says(r"^mean (?:10\.0|9\.99)\d+, deviation (?:2\.0|1\.99)\d+ of 1,000,000 values$"),
    "streaming": says(r"^1,000,000 values in 10 batches, mean (?:3\.0|2\.99)"),
    "retries": says(r"^20 tasks done in (?:2[1-9]|[34]\d) attempts$"),
    "wait_pipeline": says(r"^50 of 50 items processed$"),
    "parameter_sweep": says(r"^the best of 54 combinations is speed 35\.0 at 42\.5 degrees"),
    "actor_counter": says(r"^1000$"),
    "actor_pool": says(r"^40,000 rows of 40 items classified$"),
    "word_count": says(r"^500,000 words, 35 different ones$"),
    "web_logs": says(r"^100,000 requests, [56],\d{3} of them errors$"),
    "group_by": says(r"^20,000 orders; (?:north|south|east|west) earns the most$"),
    "batch_inference": says(r"^10,000 rows scored, \d\d\.\d% of them positive$"),
    "histogram": makes("histogram.png", r"^1,000,000 values in 40 bins, most of them from 1"),
    "random_walk": says(r"^2,000 walkers got 3[01]\.\d+ far in 1,000 steps$"),
    "queue_simulation": says(r"^at 80% load, 4 servers keep customers waiting 0\.[67]"),
    "mandelbrot": makes("mandelbrot.png", r"^2[01]\.\d% of 288,000 points"),
    "hyperparameter_search": says(r"^the best of 30 trials is degree 1[0-5], .* error 0\.0[89]"),
    "kmeans": says(r"^4 clusters of 40,000 points in \d+ rounds$"),
    "pagerank": says(r"^page 0 leads 2,000 pages after \d+ rounds$"),
    "neural_net": says(r"^9\d\.\d% of unseen points"),
}
CHANGED: dict[str, Callable[[Ran], bool]] = {
    "add 1.5, -2 and 4.25": says(r"^3\.75$"),
    "add 17 and 25": says(r"^42$"),
    "estimate pi with 7 tasks and 100001 samples": near(3.1416, 0.05),
    "estimate pi with 3 actors and 90000 samples": near(3.1416, 0.05),
    "factorial of 10 with 20 tasks": says(r"^10! is 3628800$"),
    "fibonacci of 3": says(r"^2$"),
    "primes up to 10 with 20 tasks": says(r"^4 primes up to 10$"),
    "sort 101 numbers in 32 partitions": says(r"^101 numbers, sorted: True$"),
    "map-reduce over 100 readings with 13 mappers and 9 reducers": says(r"^100 readings from 9 stations$"),
    "web logs of 1001 lines with 3 tasks": says(r"^1,001 requests"),
    "create a Ray task that returns 'Grüße'": says(r"^Grüße$"),
}
MISTAKEN = [recipe for recipe in recipes.ALL if recipe.mistake is not None]


@pytest.fixture(scope="module")
def sealed() -> Iterator[Programs]:
    with programs() as running:
        yield running


def test_every_program_is_tried():
    assert set(DEFAULTS) == {program for recipe in recipes.ALL for program in recipe.purposes}


@pytest.mark.parametrize("program", DEFAULTS)
def test_a_program_prints_what_it_must(sealed: Programs, program: str):
    ran = sealed.run(sources.source(program))
    assert ran.code == 0, ran.err[-2000:]
    assert DEFAULTS[program](ran), ran.out[-2000:]


@pytest.mark.parametrize("request_", CHANGED)
def test_a_program_works_with_other_numbers(sealed: Programs, request_: str):
    ran = sealed.run(code(request_))
    assert ran.code == 0, ran.err[-2000:]
    assert CHANGED[request_](ran), ran.out[-2000:]


@pytest.mark.parametrize("recipe", MISTAKEN, ids=lambda recipe: recipe.program)
def test_a_mistaken_draft_really_fails_and_its_real_error_repairs_it(
    sealed: Programs, recipe: recipes.Recipe
):
    first = sealed.run(code(recipe.example))
    assert first.code != 0
    (error,) = [
        line for line in first.err.splitlines() if re.match(r"(?:ray\.exceptions\.)?\w*Error\b", line)
    ][-1:]
    repaired = code(recipe.example, "", failed(error))
    assert repaired != code(recipe.example)
    assert sealed.run(repaired).code == 0


@pytest.mark.parametrize("program", DEFAULTS)
def test_a_program_is_whole_and_in_the_house_form(program: str):
    source = sources.source(program)
    tree = ast.parse(source)
    assert "ray.init()" in source
    assert source.endswith('if __name__ == "__main__":\n    main()\n')
    assert ast.get_docstring(tree)
    assert max(map(len, source.splitlines())) <= 100
    assert not policy.check(source).refused
