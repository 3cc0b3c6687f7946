"""Threads: follow-ups that change the program that is there, questions about it, and talk that needs none."""

from bot.evaluation.case import Earlier, Group
from bot.evaluation.checks import (
    answers,
    answers_number,
    at_least_tasks,
    close_to,
    no_program,
    prints,
    uses_actor,
    value,
)

_group = Group("conversation")

_PI = '''"""Estimate pi by throwing darts."""

import random

import ray

TASKS = 40
DARTS = 20_000


@ray.remote
def hits(seed: int) -> int:
    rng = random.Random(seed)
    return sum(rng.random() ** 2 + rng.random() ** 2 <= 1 for _ in range(DARTS))


def main() -> None:
    ray.init()
    total = sum(ray.get([hits.remote(seed) for seed in range(TASKS)]))
    print(f"Result: {4 * total / (TASKS * DARTS):.5f}")


if __name__ == "__main__":
    main()
'''
_SQUARES = '''"""Add up squares."""

import ray

NUMBERS = 10


@ray.remote
def square(number: int) -> int:
    return number**2


def main() -> None:
    ray.init()
    squares = ray.get([square.remote(number) for number in range(1, NUMBERS + 1)])
    print(f"Result: {sum(squares)}")


if __name__ == "__main__":
    main()
'''
_PI_THREAD = Earlier(
    "Estimate pi with 40 tasks by throwing darts",
    "It throws 20,000 darts in each of 40 tasks; the validation came to 3.14186.",
    "Estimate pi by throwing darts",
)
_SQUARES_THREAD = Earlier(
    "Add up the squares of 1 to 10, a task for each",
    "It squares 1 to 10 in a task each and adds them up to 385.",
    "Add up squares",
)

CASES = (
    _group.program(
        "more_tasks",
        "Use 160 tasks instead",
        close_to(3.1416, 0.05),
        at_least_tasks(160),
        thread=(_PI_THREAD,),
        current=_PI,
    ),
    _group.program(
        "larger",
        "Now for the numbers up to 150",
        value(1_136_275),
        at_least_tasks(150),
        thread=(_SQUARES_THREAD,),
        current=_SQUARES,
    ),
    _group.program(
        "cubes",
        "Make that cubes",
        value(3025),
        at_least_tasks(10),
        thread=(_SQUARES_THREAD,),
        current=_SQUARES,
    ),
    _group.program(
        "to_an_actor",
        "Do it with an actor that adds up what it is sent",
        value(385),
        uses_actor(),
        thread=(_SQUARES_THREAD,),
        current=_SQUARES,
    ),
    _group.program(
        "another_line",
        "Also print the largest of the squares, in a line of its own that starts with “Largest:”",
        value(385),
        prints(r"^\W*largest:\W*100\b|\n\W*largest:\W*100\b", "prints “Largest: 100” in a line of its own"),
        thread=(_SQUARES_THREAD,),
        current=_SQUARES,
    ),
    _group.program(
        "new_subject",
        "Something else: in 6 Ray tasks, add up the odd numbers below 600, and print the total",
        value(90_000),
        at_least_tasks(6),
        thread=(_PI_THREAD,),
        current=_PI,
    ),
    _group.answer(
        "its_result",
        "What was the result?",
        answers_number(385),
        no_program(),
        thread=(
            Earlier(_SQUARES_THREAD.prompt, "It is ready.", _SQUARES_THREAD.title, output="Result: 385"),
        ),
        current=_SQUARES,
    ),
    _group.answer(
        "tasks_and_actors",
        "What is the difference between a task and an actor in Ray?",
        answers(r"\bstate\w*"),
        no_program(),
    ),
    _group.answer(
        "ray_put",
        "When should I use ray.put?",
        answers(r"object store|shared memory"),
        answers(
            r"\bonce\b|\bcop(?:y|ies|ying)\b|repeated|more than one|several|multiple|many",
            "says that it is for what is used more than once",
        ),
        no_program(),
    ),
    _group.answer(
        "thanks",
        "Thanks, that's all!",
        answers(r"\w", "says something"),
        no_program(),
        thread=(_SQUARES_THREAD,),
        current=_SQUARES,
    ),
)
