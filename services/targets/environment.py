"""A program's packages and what its target has: what would have to be installed there, and what validation had otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from services.domain.locks import Lock
from services.domain.target_profile import TargetProfile, minor
from services.environments.present import satisfied

_NAMED = 5
_RAY = "ray"


def lacking(profile: TargetProfile, requirements: Iterable[str], lock: Lock) -> tuple[str, ...]:
    """What a program with this lock needs and the target does not have: names of the lock, then requirements beside it."""
    locked = {each.name: each.version for each in lock.packages}
    absent = [each.name for each in lock.packages if not profile.has(each.name, each.version)]
    others = [
        text
        for text in requirements
        if (asked := _parsed(text)) is not None
        and canonicalize_name(asked.name) not in locked
        and not satisfied(asked, {**profile.packages, **locked})
    ]
    return tuple(dict.fromkeys((*absent, *others)))


def unlocked(wanted: Iterable[str], lock: Lock) -> tuple[str, ...]:
    """Those of `wanted`, as `lacking` has them, that installing the lock would not bring."""
    locked = {each.name for each in lock.packages}
    return tuple(each for each in wanted if each not in locked)


def differences(
    profile: TargetProfile,
    name: str,
    used: Iterable[str],
    requirements: Iterable[str],
    lock: Lock,
    *,
    here: TargetProfile,
) -> str:
    """What validation had otherwise than the target `name`, as a sentence; empty where that is nothing.

    `used` are packages that the program imports. Those of the lock are the same on both sides. `here` is what validation had.
    """
    present, there = here.packages, profile.packages
    asked = [canonicalize_name(found.name) for text in requirements if (found := _parsed(text)) is not None]
    names = {*used, *asked} - {each.name for each in lock.packages} - {_RAY}
    pairs = [("Python", minor(here.python), minor(profile.python))]
    if here.ray:
        pairs.append(("Ray", minor(here.ray), minor(profile.ray)))
    pairs += [(each, minor(present.get(each, "")), minor(there.get(each, ""))) for each in sorted(names)]
    found = [(each, ours, theirs) for each, ours, theirs in pairs if ours != theirs]
    if not found:
        return ""
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    ours = ", ".join(_worded(each, version) for each, version, _ in found[:_NAMED])
    theirs = ", ".join(_worded(each, version) for each, _, version in found[:_NAMED])
    return f"Validated with {ours}{more}; the target {name} has {theirs}{more}."


def _worded(name: str, version: str) -> str:
    return f"{name} {version}" if version else f"no {name}"


def _parsed(requirement: str) -> Requirement | None:
    try:
        return Requirement(requirement)
    except InvalidRequirement:
        return None
