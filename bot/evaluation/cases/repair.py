"""A thread whose program doesn't work, and a person who wants it to."""

from bot.evaluation.case import Case, Earlier, Group
from bot.evaluation.cases import broken
from bot.evaluation.checks import (
    Check,
    at_least_tasks,
    close_to,
    no_get_in_loop,
    prints,
    uses_actor,
    uses_remote_tasks,
    value,
)
from services.domain.values import InputFile

_group = Group("repair")


def _case(
    name: str, code: str, found: str, *checks: Check, wish: str = "Fix this", seconds: float = 60
) -> Case:
    """The person edited the program of the thread; `found` is what the validation said of the edit."""
    title = code.partition("\n")[0].strip('".')
    thread = (Earlier(f"{title} with Ray", found, title),)
    return _group.program(name, wish, *checks, thread=thread, current=code, seconds=seconds)


CASES = (
    _case(
        "name_error",
        broken.NAME_ERROR,
        "Your edit did not pass validation: NameError: name 'temperature_list' is not defined.",
        close_to(17.25, 0.001),
        uses_remote_tasks(),
    ),
    _case(
        "no_get",
        broken.NO_GET,
        "Your edit did not pass validation: TypeError: unsupported operand type(s) for +: 'int' and 'ray.ObjectRef'.",
        value(2550),
        at_least_tasks(50),
    ),
    _case(
        "direct_call",
        broken.DIRECT_CALL,
        "Your edit did not pass validation: TypeError: Remote functions cannot be called directly. Instead of running '__main__.length()', try '__main__.length.remote()'.",
        value(34),
        at_least_tasks(5),
    ),
    _case(
        "actor_call",
        broken.ACTOR_CALL,
        "Your edit did not pass validation: TypeError: Actor methods cannot be called directly. Instead of running 'object.offer()', try 'object.offer.remote()'.",
        value(77),
        uses_actor(),
    ),
    _case(
        "actor_made",
        broken.ACTOR_MADE,
        "Your edit did not pass validation: TypeError: Actors cannot be instantiated directly. Instead of 'Letters()', use 'Letters.remote()'.",
        value(8),
        uses_actor(),
    ),
    _case(
        "deadlock",
        broken.DEADLOCK,
        "Your edit did not pass validation: it did not finish in time.",
        value(518),
        uses_actor(),
        wish="This hangs forever. Repair it, and keep the actor",
    ),
    _case(
        "lost_globals",
        broken.GLOBAL,
        "Your edit passed validation.",
        value(142),
        uses_remote_tasks(),
        wish="It prints 0, but there are multiples of seven from 1 to 1000. Fix that",
    ),
    _case(
        "wrong_ranges",
        broken.RANGES,
        "Your edit passed validation.",
        value(500_500),
        at_least_tasks(4),
        wish="The result is wrong: it prints less than the sum of 1 to 1000. Fix it",
    ),
    _case(
        "serial",
        broken.SERIAL,
        "Your edit passed validation.",
        value(1305),
        no_get_in_loop(),
        at_least_tasks(30),
        wish="The tasks run one after the other. Make them run at the same time",
        seconds=10,
    ),
    _case(
        "too_many_cpus",
        broken.TOO_MANY_CPUS,
        "Your edit did not pass validation: it needs hardware that isn't available: It asks for 512 CPU, more than the sealed cluster has.",
        value(3080),
        at_least_tasks(20),
        wish="A product needs no more than one CPU. Fix this",
    ),
    _case(
        "unpicklable",
        broken.UNPICKLABLE,
        "Your edit did not pass validation: TypeError: Could not serialize the function program.triple.",
        value(2460),
        at_least_tasks(41),
    ),
    _case(
        "syntax",
        broken.SYNTAX,
        "Your edit did not pass validation: the policy blocks it: line 9: This isn't valid Python: expected ':'.",
        prints(r"telyar.*rekrow.*revird"),
        at_least_tasks(3),
    ),
    _group.program(
        "from_a_file",
        "averages.py doesn't work; what it should print is the average temperature. Give me a version that does",
        close_to(17.25, 0.001),
        uses_remote_tasks(),
        files=(InputFile("averages.py", broken.NAME_ERROR.encode()),),
    ),
)
