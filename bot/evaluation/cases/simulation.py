"""Random experiments whose expectation is known; tolerances are several standard deviations of the size asked for."""

from bot.evaluation.case import Group
from bot.evaluation.checks import at_least_tasks, close_to, uses_remote_tasks, value

_group = Group("simulation")

CASES = (
    _group.program(
        "dice",
        "Throw two dice 200000 times with 8 Ray tasks and print the share of throws whose sum is 7, as a decimal",
        close_to(1 / 6, 0.01),
        at_least_tasks(8),
    ),
    _group.program(
        "birthdays",
        "Estimate by simulation with Ray tasks the probability, as a decimal, that two of 23 people share a birthday; "
        "100000 groups",
        close_to(0.507, 0.015),
        uses_remote_tasks(),
    ),
    _group.program(
        "monty_hall",
        "Simulate the Monty Hall game 100000 times with switching, over 10 Ray tasks, and print the share of wins as a "
        "decimal",
        close_to(2 / 3, 0.015),
        at_least_tasks(10),
    ),
    _group.program(
        "collector",
        "How many throws of a die does it take on average until each of the six faces has been seen? Simulate 50000 rounds "
        "with Ray tasks",
        close_to(14.7, 0.3),
        uses_remote_tasks(),
    ),
    _group.program(
        "ruin",
        "A gambler has 10 coins and bets one coin on a fair toss until he has 30 or nothing. Simulate 5000 gamblers with Ray "
        "tasks and print the share that reaches 30, as a decimal",
        close_to(1 / 3, 0.04),
        uses_remote_tasks(),
    ),
    _group.program(
        "game_of_life",
        "Run Conway's game of life on a 20x20 torus that starts with one glider, for 40 generations, with the rows of each "
        "generation split over 4 Ray tasks; print how many cells live in the end",
        value(5),
        at_least_tasks(160),
    ),
)
