"""How a program is validated with the packages that its target has: in the same versions, as far as that is possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from services.environments.present import installed, needed_by_ray


def as_there(requirements: Iterable[str], names: Iterable[str], there: Mapping[str, str]) -> tuple[str, ...]:
    """Requirements beyond `requirements`, so that validation and target have the same versions of what the program uses.

    `names` are installed packages that it imports, and `there` are the target's. What Ray needs stays as it is on each side.
    """
    asked = _asked(requirements)
    here, rays = installed(), needed_by_ray()
    found: list[str] = []
    for name in sorted((asked.keys() | set(names)) & there.keys() - rays.keys()):
        # A build, such as `2.5+cu124`, is often in no index; its version is.
        version = _public(there[name])
        same = name in here and _public(here[name]) == version
        if not same and asked.get(name, SpecifierSet()).contains(version, prereleases=True):
            found.append(f"{name}=={version}")
    return tuple(found)


def lacking(requirements: Iterable[str], names: Iterable[str], there: Mapping[str, str]) -> tuple[str, ...]:
    """Which of the installed packages `names` that a program imports neither it declares nor its target has."""
    return tuple(sorted(set(names) - _asked(requirements).keys() - there.keys()))


def _asked(requirements: Iterable[str]) -> dict[str, SpecifierSet]:
    asked: dict[str, SpecifierSet] = {}
    for requirement in map(Requirement, requirements):
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = canonicalize_name(requirement.name)
        asked[name] = asked.get(name, SpecifierSet()) & requirement.specifier
    return asked


def _public(version: str) -> str:
    try:
        return Version(version).public
    except InvalidVersion:
        return version
