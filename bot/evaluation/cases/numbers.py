"""Computations whose result is known."""

from bot.evaluation.case import Group
from bot.evaluation.checks import (
    at_least_tasks,
    close_to,
    in_order,
    no_get_in_loop,
    uses_remote_tasks,
    value,
)

_group = Group("numbers")

CASES = (
    _group.program(
        "pi", "Estimate pi with 100 Ray tasks", close_to(3.1416, 0.05), at_least_tasks(100), no_get_in_loop()
    ),
    _group.program(
        "primes", "Count the primes up to 1 million in parallel", value(78_498), uses_remote_tasks()
    ),
    _group.program(
        "fibonacci",
        "Compute the Fibonacci number F(90), with F(1) = F(2) = 1, in a Ray task",
        value(2_880_067_194_370_816_120),
        uses_remote_tasks(),
    ),
    _group.program(
        "factorial",
        "Compute 20! by multiplying ranges in parallel tasks",
        value(2_432_902_008_176_640_000),
        at_least_tasks(2),
    ),
    _group.program(
        "digits",
        "Compute the sum of the decimal digits of 2 to the power of 1000 in a Ray task",
        value(1366),
        uses_remote_tasks(),
    ),
    _group.program(
        "perfect",
        "Find all perfect numbers below 10000 with 8 Ray tasks and print them in ascending order",
        in_order(6, 28, 496, 8128),
        at_least_tasks(8),
    ),
    _group.program(
        "collatz",
        "Which starting number below 100000 has the longest Collatz sequence? Search in parallel with Ray, and print it",
        value(77_031),
        uses_remote_tasks(),
    ),
    _group.program(
        "multiples",
        "Add up all natural numbers below 1000 that are multiples of 3 or of 5; split the range over 5 Ray tasks",
        value(233_168),
        at_least_tasks(5),
    ),
    _group.program(
        "integral",
        "Integrate sin(x) from 0 to pi numerically, split over 8 Ray tasks, and print the result",
        close_to(2.0, 0.001),
        at_least_tasks(8),
        no_get_in_loop(),
    ),
    _group.program(
        "matrices",
        "A and B are 100x100 matrices with A[i][j] = i + j and B[i][j] = (i * j) % 7. Multiply them with Ray tasks, a "
        "block of rows each, and print the trace of the product",
        value(2_507_920),
        at_least_tasks(2),
    ),
)
