"""State that lives on: actors, alone, in pools and together."""

from bot.evaluation.case import Group
from bot.evaluation.checks import (
    at_least_actors,
    at_least_tasks,
    calls,
    close_to,
    in_order,
    prints,
    table,
    uses_actor,
    value,
)

_group = Group("actors")

CASES = (
    _group.program(
        "counter",
        "A counter actor that 10 tasks increment 25 times each; print the final count",
        value(250),
        uses_actor(),
        at_least_tasks(10),
    ),
    _group.program(
        "account",
        "An actor keeps a bank account. Deposit 500, withdraw 120, try to withdraw 1000 (which must be refused with a "
        "message and leave the balance as it is), deposit 45, and print the final balance",
        value(425),
        prints(
            r"refus|insufficient|not enough|declin|denied|reject|fail|exceed|overdra|can(?:not|'t|’t)|not allowed",
            "prints that a withdrawal is refused",
        ),
        uses_actor(),
    ),
    _group.program(
        "pool",
        "Compute the cubes of 1 to 20 with a pool of 3 actors, and print their sum",
        value(44_100),
        at_least_actors(3),
    ),
    _group.program(
        "named",
        "Make an actor with the name “ledger”; a task looks it up by that name and adds 17 and 25 to it; print the total",
        value(42),
        calls("ray.get_actor"),
        uses_actor(),
    ),
    _group.program(
        "running_mean",
        "An actor keeps the running mean of what it is sent. Send it 4, 8, 15, 16, 23 and 42, and print the mean after each",
        in_order(4, 6, 9, 10.75, 13.2, 18, tolerance=0.01),
        uses_actor(),
    ),
    _group.program(
        "votes",
        "Three tasks vote with one actor that counts: the first one votes 5 times for apple and 2 times for pear, the "
        "second one 4 times for pear, the third one 3 times for plum and once for apple. Print the votes of each fruit",
        table({"apple": 6, "pear": 6, "plum": 3}),
        uses_actor(),
        at_least_tasks(3),
    ),
    _group.program(
        "gradient",
        "A parameter server actor minimises (x - 7)^2 from x = 0 by gradient descent: two worker actors compute the "
        "gradient in turns. Print x after 100 steps with learning rate 0.1",
        close_to(7.0, 0.01),
        at_least_actors(3),
    ),
)
