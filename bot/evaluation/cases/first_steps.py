"""What somebody asks for on the first day."""

from bot.evaluation.case import Group
from bot.evaluation.checks import (
    at_least_tasks,
    calls,
    no_get_in_loop,
    prints,
    uses_ray_put,
    uses_remote_tasks,
    value,
)

_group = Group("first_steps")

CASES = (
    _group.program("hello", "Say hello from a Ray task", prints(r"\bhello\b"), uses_remote_tasks()),
    _group.program(
        "add",
        "Add 4817 and 3906 in a Ray task and print the sum",
        value(8723),
        uses_remote_tasks(),
    ),
    _group.program(
        "squares",
        "Square the numbers from 1 to 100, each in a Ray task of its own, and print the sum of the squares",
        value(338_350),
        at_least_tasks(100),
        no_get_in_loop(),
    ),
    _group.program(
        "object_store",
        "Put the whole numbers from 1 to 100000 into the object store once, let 4 tasks add up a quarter of them each, "
        "and print the total",
        value(5_000_050_000),
        uses_ray_put(),
        at_least_tasks(4),
    ),
    _group.program(
        "chain",
        "Chain two Ray tasks: the first one doubles 21, the second one adds 8 to the first one's result; hand the "
        "reference over without fetching it in between, and print the end result",
        value(50),
        at_least_tasks(2),
        no_get_in_loop(),
    ),
    _group.program(
        "resources",
        "Print how many CPUs the Ray cluster has in all",
        prints(r"\bCPUs?\b"),
        prints(r"\b[1-9]\d*(?:\.0)?\b"),
        calls("ray.cluster_resources", "ray.nodes", "ray.available_resources"),
    ),
)
