"""All cases, by group, and how some of them are chosen."""

from __future__ import annotations

from collections.abc import Collection

from bot.evaluation.case import Case
from bot.evaluation.cases import (
    actors,
    computing,
    conversation,
    data,
    first_steps,
    learning,
    limits,
    numbers,
    patterns,
    real_work,
    repair,
    simulation,
)
from services.domain.errors import BadRequest

_MODULES = (
    *(first_steps, numbers, patterns, actors, data, simulation, learning, real_work),
    *(computing, conversation, repair, limits),
)
ALL: tuple[Case, ...] = tuple(case for module in _MODULES for case in module.CASES)
GROUPS: tuple[str, ...] = tuple(dict.fromkeys(case.group for case in ALL))


def select(names: Collection[str] = (), groups: Collection[str] = ()) -> tuple[Case, ...]:
    """The cases of these names and of these groups together; all of them without either.

    Raises BadRequest that says what there is, when a name is unknown.
    """
    if unknown := sorted(set(groups) - set(GROUPS)):
        raise BadRequest(f"There is no group {unknown[0]!r}. The groups are {', '.join(GROUPS)}.")
    if unknown := sorted(set(names) - {case.name for case in ALL}):
        among = ", ".join(case.name for case in ALL)
        raise BadRequest(f"There is no case {unknown[0]!r}. The cases are {among}.")
    if not names and not groups:
        return ALL
    return tuple(case for case in ALL if case.name in names or case.group in groups)
