"""Settings for the rules: which grade each has, or that it is off; what is wrong with them is one sentence."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from services.domain.errors import SettingsError
from services.domain.values import Grade
from services.policy.rules import RULES

OFF = "off"
_CHOICES = (*(grade.value for grade in Grade), OFF)


def grades_in(text: str) -> dict[str, str]:
    """`network=refuse, detached=off` as a mapping. Raises SettingsError when it is written in another way."""
    pairs = [
        pair.partition("=") for pair in re.split(r"[,\s]+", re.sub(r"\s*=\s*", "=", text.strip())) if pair
    ]
    chosen: dict[str, str] = {}
    for rule, equals, grade in pairs:
        if not equals:
            raise SettingsError(
                f"{rule!r} isn't a policy rule with a grade; write `rule=grade`, separated by commas."
            )
        if rule in chosen:
            raise SettingsError(f"The policy rule {rule!r} has two grades; keep one.")
        chosen[rule] = grade
    return chosen


def checked(chosen: Mapping[str, str]) -> dict[str, Grade | None]:
    """Grades by rule, None for a rule that is off. Raises SettingsError that names what can't be."""
    return {rule: _grade(rule, grade) for rule, grade in chosen.items()}


def _grade(rule: str, grade: str) -> Grade | None:
    known = RULES.get(rule)
    if known is None:
        close = difflib.get_close_matches(rule, RULES, n=1)
        hint = f"; did you mean {close[0]!r}?" if close else "."
        raise SettingsError(f"There is no policy rule {rule!r}{hint}")
    if grade not in _CHOICES:
        raise SettingsError(
            f"{grade!r} isn't a grade for the policy rule {rule!r}; write one of {', '.join(_CHOICES)}."
        )
    if not known.changeable and grade != known.grade:
        raise SettingsError(
            f"The grade of the policy rule {rule!r} can't be changed from {known.grade.value!r}; remove it from the list."
        )
    return None if grade == OFF else Grade(grade)
