"""From a sentence to a recipe and its numbers."""

from typing import Any

import pytest

from bot.playground.cookbook import recipes

from .asking import code, generate, numbers, supervise, text, title, uses

ASKED: list[tuple[str, str, dict[str, Any]]] = [
    ("add 1 and 2", "add_numbers", {"NUMBERS": [1, 2]}),
    ("<@U123> add 17 and 25", "add_numbers", {"NUMBERS": [17, 25]}),
    ("Add 1, 2, 3 and 4.5", "add_numbers", {"NUMBERS": [1, 2, 3, 4.5]}),
    ("add -3 and 10 with Ray", "add_numbers", {"NUMBERS": [-3, 10]}),
    ("please add two and three", "add_numbers", {"NUMBERS": [2, 3]}),
    ("sum of 3, 4 and 5", "add_numbers", {"NUMBERS": [3, 4, 5]}),
    ("add 1,000 and 2,500", "add_numbers", {"NUMBERS": [1000, 2500]}),
    ("Create a Ray task that returns Hello", "hello", {"MESSAGE": "Hello"}),
    ("create a task that returns 'Good morning'", "hello", {"MESSAGE": "Good morning"}),
    ("hello world program in ray", "hello", {"MESSAGE": "Hello"}),
    ("estimate pi with 100 tasks", "monte_carlo_pi", {"TASKS": 100, "SAMPLES": 10_000_000}),
    ("Monte Carlo pi, 10 million samples, 50 tasks", "monte_carlo_pi", {"TASKS": 50, "SAMPLES": 10**7}),
    ("compute pi using 1e6 samples", "monte_carlo_pi", {"TASKS": 100, "SAMPLES": 1_000_000}),
    ("estimate pi with 20 tasks of 50k samples each", "monte_carlo_pi", {"TASKS": 20, "SAMPLES": 10**6}),
    ("estimate pi with half a million points", "monte_carlo_pi", {"SAMPLES": 500_000}),
    ("estimate pi with 4 actors", "monte_carlo_pi_actors", {"ACTORS": 4}),
    ("estimate pi and plot the convergence", "monte_carlo_pi_plot", {"TASKS": 100}),
    ("count words in parallel", "word_count", {"WORDS": 500_000}),
    (
        "do a word count of 2 million words with 16 tasks, top 5",
        "word_count",
        {"WORDS": 2_000_000, "TASKS": 16, "TOP": 5},
    ),
    ("find all primes below 10 million", "primes", {"LIMIT": 10**7}),
    ("count prime numbers up to 100000 using 4 tasks", "primes", {"LIMIT": 100_000, "TASKS": 4}),
    ("parallel map over 5000 items", "parallel_map", {"ITEMS": 5000}),
    (
        "map-reduce over 1 million readings with 4 mappers and 2 reducers",
        "map_reduce",
        {"RECORDS": 10**6, "MAPPERS": 4, "REDUCERS": 2},
    ),
    ("actor counter", "actor_counter", {"TASKS": 10}),
    ("count with an actor from 20 tasks", "actor_counter", {"TASKS": 20}),
    ("use an actor pool with 3 workers for 60 items", "actor_pool", {"ACTORS": 3, "ITEMS": 60}),
    ("parameter sweep over 8 speeds and 12 angles", "parameter_sweep", {"SPEEDS": 8, "ANGLES": 12}),
    ("multiply two 500x500 matrices", "matrix_multiply", {"SIZE": 500}),
    ("matrix multiplication of size 800 in 2 blocks", "matrix_multiply", {"SIZE": 800, "BLOCKS": 2}),
    ("tree reduce with 32 parts", "tree_reduce", {"PARTS": 32}),
    ("stream results with a generator, 5 batches", "streaming", {"BATCHES": 5}),
    ("retry flaky tasks up to 4 times", "retries", {"RETRIES": 4}),
    ("show me a ray.wait pipeline with 30 tasks", "wait_pipeline", {"TASKS": 30}),
    (
        "process 40 items as they complete, at most 4 in flight",
        "wait_pipeline",
        {"TASKS": 40, "IN_FLIGHT": 4},
    ),
    ("Ray Data group by on 5000 rows", "group_by", {"ROWS": 5000}),
    (
        "batch inference on 5000 rows with batch size 100",
        "batch_inference",
        {"ROWS": 5000, "BATCH_SIZE": 100},
    ),
    ("hyperparameter search with 50 trials", "hyperparameter_search", {"TRIALS": 50}),
    ("plot a histogram of 100k values with 20 bins", "histogram", {"VALUES": 100_000, "BINS": 20}),
    ("sort a million numbers", "sorting", {"NUMBERS": 10**6}),
    ("simulate a random walk with 500 walkers and 200 steps", "random_walk", {"WALKERS": 500, "STEPS": 200}),
    (
        "simulate a queue with 6 servers and 5000 customers",
        "queue_simulation",
        {"SERVERS": 6, "CUSTOMERS": 5000},
    ),
    ("analyze 50,000 lines of web logs", "web_logs", {"LINES": 50_000}),
    ("fibonacci of 50", "fibonacci", {"N": 50}),
    ("compute the first 20 fibonacci numbers", "fibonacci", {"N": 20}),
    ("factorial of 200", "factorial", {"N": 200}),
    ("k-means with 5 clusters on 20k points", "kmeans", {"CLUSTERS": 5, "POINTS": 20_000}),
    ("pagerank on 500 pages", "pagerank", {"PAGES": 500}),
    (
        "train a small neural network for 100 epochs with 2 workers",
        "neural_net",
        {"EPOCHS": 100, "WORKERS": 2},
    ),
    ("sum of squares up to 5000", "sum_of_squares", {"N": 5000}),
    ("add 1e6 and 2 million", "add_numbers", {"NUMBERS": [1_000_000, 2_000_000]}),
    ("add the numbers from 1 to 5", "add_numbers", {"NUMBERS": [1, 2, 3, 4, 5]}),
    ("primes between 1 and 5000", "primes", {"LIMIT": 5000}),
    ("sum of squares from 1 to 1000 with 4 tasks", "sum_of_squares", {"N": 1000, "TASKS": 4}),
    ("draw a mandelbrot fractal 300 pixels wide", "mandelbrot", {"WIDTH": 300}),
    ("estimate pi with 100 tasks, seed 7", "monte_carlo_pi", {"SEED": 7}),
]


@pytest.mark.parametrize(("prompt", "program", "expected"), ASKED)
def test_a_sentence_gives_the_recipe_with_its_numbers(prompt: str, program: str, expected: dict[str, Any]):
    said = supervise(prompt)
    assert [call.name for call in uses(said)] == ["write_program"]
    assert text(said)
    written = code(uses(said)[0].input["request"])
    found = recipes.by_title(title(written))
    assert found is not None
    assert found[1] == program
    assert {name: numbers(written)[name] for name in expected} == expected


def test_every_recipe_answers_its_own_example():
    for recipe in recipes.ALL:
        assert recipes.fitting(recipe.example) is recipe, recipe.example
        assert uses(supervise(recipe.example)), recipe.example


def test_there_are_enough_recipes_and_no_two_programs_share_a_title():
    titles = [title(code(recipe.example)) for recipe in recipes.ALL]
    assert len(titles) >= 22
    assert len(set(titles)) == len(titles)
    assert all(len(name.split()) <= 8 for name in titles)


def test_the_purpose_tells_the_numbers_that_will_run():
    submitted = generate("estimate pi with 500 tasks and 1e6 samples")
    assert submitted is not None
    assert submitted["purpose"] == "Estimates pi from 1,000,000 random points, drawn by 500 Ray tasks."


@pytest.mark.parametrize(
    ("prompt", "name", "value", "asked"),
    [
        ("estimate pi with 10 billion samples", "SAMPLES", 200_000_000, "10,000,000,000"),
        ("estimate pi with 0 tasks", "TASKS", 1, "0"),
        ("sort 5 trillion numbers", "NUMBERS", 20_000_000, "5,000,000,000,000"),
    ],
)
def test_an_absurd_number_is_capped_and_the_purpose_says_so(prompt: str, name: str, value: int, asked: str):
    submitted = generate(prompt)
    assert submitted is not None
    assert numbers(submitted["code"])[name] == value
    assert f"You asked for {asked} as {name.lower()}. " in submitted["purpose"]


def test_endless_prompts_are_answered_quickly_and_in_bounds():
    submitted = generate("add " + "1 " * 9000)
    assert submitted is not None
    assert len(numbers(submitted["code"])["NUMBERS"]) == 1000
    assert "9,000 numbers" in submitted["purpose"]
    for prompt in (
        "add " * 5000,
        "1+" * 9999 + "1",
        "(" * 20_000,
        "random walk " * 1500,
        "add 9" + "9" * 6000,
    ):
        assert supervise(prompt).parts


def test_a_quoted_text_cannot_leave_its_string():
    written = code("""create a ray task that returns 'x"; import os; os.abort(); "'""")
    assert numbers(written)["MESSAGE"] == 'x"; import os; os.abort(); "'
    compile(written, "program.py", "exec")


def test_nothing_is_submitted_for_what_no_recipe_fits():
    assert generate("order a pizza") is None
