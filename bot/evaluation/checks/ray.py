"""Checks of how a program uses Ray: by its code, and by the tasks and actors that its driver was seen to start."""

from __future__ import annotations

from bot.evaluation.checks.check import About, Check
from bot.evaluation.response import Response
from services import policy

_WRONG = {"ray-get-in-loop", "ray-get-actor-in-loop", "syntax-error"}


def uses_remote_tasks() -> Check:
    """A remote function of the program's own was really run."""
    return Check("runs remote tasks", About.CODE, lambda response: response.observed(response.code.tasks) > 0)


def uses_actor() -> Check:
    """An actor of the program's own really lived."""
    return Check("runs an actor", About.CODE, lambda response: response.observed(response.code.actors) > 0)


def at_least_tasks(count: int) -> Check:
    """The driver started so many tasks or actor calls of the program's own; Ray's internal ones don't count."""

    def holds(response: Response) -> bool:
        code = response.code
        return response.observed((code.defined | code.tasks) - code.actors) >= count

    return Check(f"starts at least {count:,} tasks", About.RUN, holds)


def at_least_actors(count: int) -> Check:
    return Check(
        f"starts at least {count:,} actors",
        About.RUN,
        lambda response: response.observed(response.code.actors) >= count,
    )


def uses_ray_put() -> Check:
    return calls("ray.put")


def uses_ray_data() -> Check:
    """Something of `ray.data` is called."""
    return Check(
        "uses Ray Data",
        About.CODE,
        lambda response: any(name.startswith("ray.data.") for name in response.code.calls),
    )


def uses_ray_tune() -> Check:
    return Check(
        "uses Ray Tune",
        About.CODE,
        lambda response: any(name.startswith("ray.tune.") for name in response.code.calls),
    )


def calls(*names: str) -> Check:
    """One of these functions is called, by the names under which they are documented."""
    wanted = frozenset(names)
    return Check(
        f"calls {' or '.join(names)}", About.CODE, lambda response: bool(wanted & response.code.calls)
    )


def mentions(*names: str) -> Check:
    """One of these names is in the code, such as an exception's."""
    wanted = frozenset(names)
    return Check(
        f"mentions {' or '.join(names)}", About.CODE, lambda response: bool(wanted & response.code.mentions)
    )


def sets_option(*options: str) -> Check:
    """One of these keyword arguments is given somewhere, such as `max_retries`."""
    wanted = frozenset(options)
    return Check(
        f"sets {' or '.join(options)}", About.CODE, lambda response: bool(wanted & response.code.options)
    )


def streams() -> Check:
    """A remote generator: something is yielded, and a remote function or an actor was really run."""

    def holds(response: Response) -> bool:
        code = response.code
        return code.yields and response.observed(code.tasks | code.actors) > 0

    return Check("streams from a generator", About.CODE, holds)


def no_get_in_loop() -> Check:
    """No `ray.get` of a call that was submitted in the same turn of a loop, by the policy's own rule."""

    def holds(response: Response) -> bool:
        made = response.conclusion.made
        if made is None or made.program is None:
            return False
        return not any(finding.rule in _WRONG for finding in policy.check(made.program.code).findings)

    return Check("doesn't wait inside the loop that submits", About.CODE, holds)
