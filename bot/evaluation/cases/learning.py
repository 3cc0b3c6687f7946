"""Machine learning in the small, with data that has a known answer."""

from bot.evaluation.case import Group
from bot.evaluation.checks import (
    at_least_tasks,
    close_to,
    prints,
    uses_actor,
    uses_ray_tune,
    uses_remote_tasks,
    value,
)

_group = Group("learning")

CASES = (
    _group.program(
        "regression",
        "Fit a line to 4000 points of y = 3.5 x - 1.25 with a little noise: 4 Ray tasks compute partial sums, the driver "
        "solves. Print slope and intercept",
        close_to(3.5, 0.1),
        close_to(-1.25, 0.1),
        at_least_tasks(4),
    ),
    _group.program(
        "grid_search",
        "Search the grid x in {0, 0.5, …, 6}, y in {-2, -1.5, …, 2} for the minimum of (x - 4.5)^2 + (y + 1.5)^2, one Ray "
        "task for each point, and print the best x and y",
        close_to(4.5, 0),
        close_to(-1.5, 0),
        at_least_tasks(117),
    ),
    _group.program(
        "tune",
        "Use Ray Tune with a grid search over x in 0, 1, 2, 3, 4 to minimise (x - 3)^2 + 0.125, and print the best x and its "
        "score",
        value(3),
        close_to(0.125, 1e-6),
        uses_ray_tune(),
    ),
    _group.program(
        "kmeans",
        "Make 600 points around the centres (0, 0), (10, 0) and (0, 20) with standard deviation 0.5, find 3 clusters with "
        "k-means where Ray tasks assign the points, and print the centres",
        close_to(10, 0.4),
        close_to(20, 0.4),
        uses_remote_tasks(),
    ),
    _group.program(
        "logistic",
        "Train logistic regression on 2000 well separated points of two classes, with 2 actors that compute gradients on "
        "their halves, and print the accuracy as a decimal",
        prints(r"(?<![\d.])(?:0\.9[5-9]\d*|1\.0\d*)(?!\d)", "prints an accuracy from 0.95 to 1"),
        uses_actor(),
    ),
    _group.program(
        "bootstrap",
        "Estimate the standard error of the mean of the numbers 1 to 100 by the bootstrap with 2000 resamples in 10 Ray "
        "tasks, and print it",
        close_to(2.887, 0.25),
        at_least_tasks(10),
    ),
)
