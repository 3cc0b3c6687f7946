"""Small checks of what came of a case; they judge outcomes, not wordings."""

from bot.evaluation.checks.check import About, Check
from bot.evaluation.checks.ending import (
    answers,
    answers_in_order,
    answers_number,
    no_program,
    offers_nothing,
    passed,
    within,
)
from bot.evaluation.checks.header import (
    declares_choice,
    declares_package,
    declares_parameter,
    declares_wall,
)
from bot.evaluation.checks.output import close_to, in_order, prints, table, value
from bot.evaluation.checks.ray import (
    at_least_actors,
    at_least_tasks,
    calls,
    mentions,
    no_get_in_loop,
    sets_option,
    streams,
    uses_actor,
    uses_ray_data,
    uses_ray_put,
    uses_ray_tune,
    uses_remote_tasks,
)

__all__ = [
    "About",
    "Check",
    "answers",
    "answers_in_order",
    "answers_number",
    "at_least_actors",
    "at_least_tasks",
    "calls",
    "close_to",
    "declares_choice",
    "declares_package",
    "declares_parameter",
    "declares_wall",
    "in_order",
    "mentions",
    "no_get_in_loop",
    "no_program",
    "offers_nothing",
    "passed",
    "prints",
    "sets_option",
    "streams",
    "table",
    "uses_actor",
    "uses_ray_data",
    "uses_ray_put",
    "uses_ray_tune",
    "uses_remote_tasks",
    "value",
    "within",
]
