"""What deserves a warning of what was observed of a program, whether or not its code shows it."""

from __future__ import annotations

from services.domain.values import Touched
from services.policy.credentials import is_secret_name
from services.policy.paths import rule_for
from services.policy.rules import RULES

_SERIOUS = frozenset({"secret-file", "process-files"})


def warnings(touched: Touched) -> tuple[str, ...]:
    """In the policy's own sentences: secrets by the names of variables and files, and files of other processes."""
    found = [_said("secret-environment", name) for name in touched.environment if is_secret_name(name)]
    found += [_said(rule, path) for path in touched.files if (rule := rule_for(path)) in _SERIOUS and rule]
    return tuple(dict.fromkeys(found))


def _said(rule: str, what: str) -> str:
    return RULES[rule].message.format(what=what)
