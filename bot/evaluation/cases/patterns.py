"""How tasks are split, joined, streamed, retried and kept in bounds."""

from bot.evaluation.case import Group
from bot.evaluation.checks import (
    at_least_tasks,
    calls,
    in_order,
    mentions,
    no_get_in_loop,
    prints,
    sets_option,
    streams,
    table,
    uses_ray_put,
    uses_remote_tasks,
    value,
)

_group = Group("patterns")

CASES = (
    _group.program(
        "map_reduce",
        "Count the words of these four sentences by map-reduce, a map task for each sentence, and print every word with "
        "its count: “red green blue”, “green blue”, “blue”, “red blue”",
        table({"red": 2, "green": 2, "blue": 4}),
        at_least_tasks(4),
    ),
    _group.program(
        "tree_reduce",
        "Add up the numbers 1 to 64 as a tree: tasks that add two values, level by level, passing references on, until "
        "one value is left. Print it",
        value(2080),
        at_least_tasks(63),
    ),
    _group.program(
        "as_completed",
        "Start 20 tasks that each sleep a random time under a second and return their number; with ray.wait, print each number as soon "
        "as its task is ready, and in the end the sum of all (0 to 19)",
        value(190),
        calls("ray.wait"),
        at_least_tasks(20),
    ),
    _group.program(
        "bounded",
        "Process 60 items in tasks (an item's result is its square, 1 to 60), with never more than 4 tasks in flight by ray.wait, "
        "and print the sum of the results",
        value(73_810),
        calls("ray.wait"),
        at_least_tasks(60),
    ),
    _group.program(
        "streaming",
        "A remote generator yields the cubes of 1 to 8 one by one; print each as it arrives",
        in_order(1, 8, 27, 64, 125, 216, 343, 512),
        streams(),
    ),
    _group.program(
        "retries",
        "Run 10 tasks that raise an exception with a chance of 30% and return their number (0 to 9) otherwise; let Ray "
        "itself retry them up to 20 times, and print the sum of all results",
        value(45),
        sets_option("max_retries"),
        sets_option("retry_exceptions"),
    ),
    _group.program(
        "errors",
        "Start tasks for the numbers 1 to 6 that return ten times their number; the task for 4 raises a ValueError. "
        "Catch that in the driver, name the number that failed, and print the sum of the others",
        value(170),
        prints(r"\b4\b"),
        at_least_tasks(6),
    ),
    _group.program(
        "timeout",
        "Start a task that sleeps for 45 seconds, wait at most 2 seconds for its result, print “gave up”, cancel the "
        "task and end",
        prints(r"gave up"),
        mentions("ray.exceptions.GetTimeoutError", "ray.wait", "TimeoutError"),
        seconds=20,
    ),
    _group.program(
        "nested",
        "A task splits the numbers 1 to 1000 into 5 ranges, starts a task for the sum of each range, and returns the "
        "total; print it",
        value(500_500),
        uses_remote_tasks(),
    ),
    _group.program(
        "shared_array",
        "Make a numpy array of 5 million ones, share it with 8 tasks without copying it into every call, let each task "
        "add up its eighth, and print the total",
        value(5_000_000),
        uses_ray_put(),
        at_least_tasks(8),
        no_get_in_loop(),
    ),
)
