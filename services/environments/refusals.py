"""Why packages can't be had, each as one sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from packaging.requirements import Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.tags import sys_tags
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from services.environments.pages import File
from services.environments.present import PLATFORM, PYTHON
from services.environments.proxy import Traffic
from services.environments.sandbox import TIME_IS_UP, Ran
from services.environments.terms import Terms
from services.text.formatting import clean, human_bytes, human_seconds

_SHOWN = 400
_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}"
_SPEC = r"(?:[<>=!~]=?=?[^\s,]{1,40}(?:,\s?[<>=!~]=?=?[^\s,]{1,40}){0,5})"
_DEPENDS = re.compile(
    rf"(?<![\w.-])({_NAME})((?:[<>=!~]=?=?)[^\s,]{{1,40}})? depends? on ({_NAME})({_SPEC})?"
)
_BUILT = re.compile(rf"`({_NAME}(?:==[^`\s]{{1,40}})?)`")
_MISMATCH = re.compile(rf"Hash mismatch for `?({_NAME})")
_PROXY = re.compile(r"https?://127\.0\.0\.1:\d+/\S*")


@dataclass(frozen=True, slots=True)
class Asked:
    """A job, for the sentence about its failure."""

    ran: Ran
    traffic: Traffic
    terms: Terms
    wall: float
    requirements: tuple[str, ...] = ()
    """What is asked for; empty for an installation."""
    pins: Mapping[str, str] | None = None
    """The versions that Ray needs."""


def sentence(asked: Asked) -> str:
    """What went wrong, and what to do about it."""
    return next(
        found
        for found in (_limits(asked), _index(asked), _package(asked), _conflict(asked), _other(asked))
        if found
    )


def too_large(size: int, limit: int) -> str:
    return (
        f"Its packages take {human_bytes(size)} to download, and at most {human_bytes(limit)} are allowed. Use smaller"
        " ones, or have an operator raise RAYGEN_PACKAGES_MAX_MB."
    )


def python_mismatch(wanted: str) -> str:
    return f"It requires Python {wanted[:100]}, and programs run with Python {PYTHON} here. Change its `requires-python`."


def ray_conflict(what: str, requires: str, name: str, version: str) -> str:
    """Both sides: `what` requires `requires`, and Ray needs `name` at `version`."""
    return (
        f"{what} requires {requires}, but Ray needs {name} {version} here. Use a version of"
        f" {'it' if what != 'The program' else name} that works with {name} {version}."
    )


def _limits(asked: Asked) -> str:
    ran, traffic, terms = asked.ran, asked.traffic, asked.terms
    if traffic.over:
        return (
            f"Its packages take more than {human_bytes(terms.max_size)} to download. Use smaller ones, or have an operator"
            " raise RAYGEN_PACKAGES_MAX_MB."
        )
    if ran.full or "File too large" in ran.output:
        return (
            f"Its packages take more than {human_bytes(terms.max_unpacked)} once they are installed. Use smaller ones, or"
            " have an operator raise RAYGEN_PACKAGES_MAX_MB."
        )
    if "No space left on device" in ran.output or "Disk quota exceeded" in ran.output:
        return "The disk is full, so its packages can't be installed. An operator has to free some space."
    return ""


def _index(asked: Asked) -> str:
    traffic = asked.traffic
    for name in sorted(traffic.wrong):
        return _wrong_hash(name)
    if mismatch := _MISMATCH.search(asked.ran.output):
        return _wrong_hash(mismatch[1])
    for name, why in sorted(traffic.down.items()):
        advice = (
            "An operator has to correct RAYGEN_PACKAGE_INDEX."
            if "credentials" in why
            else "Try again in a few minutes."
        )
        return f"The package index {name} can't be used: {why}. {advice}"
    for host in sorted(traffic.refused):
        return (
            f"The package index refers to {host or 'a file'}, which isn't an allowed host. An operator can add it to"
            " RAYGEN_PACKAGE_HOSTS."
        )
    if asked.ran.status == TIME_IS_UP:
        return (
            f"Its packages were not ready within {human_seconds(asked.wall)}. Try again, or ask for fewer or more exact"
            " versions."
        )
    return ""


def _wrong_hash(name: str) -> str:
    return (
        f"The file of {name[:100]} that the package index sent doesn't match its hash, so nothing was installed."
        " Try again; if it happens again, report it to the index's operator."
    )


def _package(asked: Asked) -> str:
    """What is wrong with one package, as its files show: those that were asked for first, then what they depend on."""
    wanted: dict[str, Requirement] = {
        canonicalize_name(requirement.name): requirement
        for requirement in map(Requirement, asked.requirements)
    }
    others = [name for name in asked.traffic.files if name not in wanted]
    for name in (*wanted, *others, *asked.traffic.absent):
        requirement = wanted.get(name)
        files = asked.traffic.files.get(name, ())
        if not files:
            if name in asked.traffic.absent:
                return _absent(asked, name)
            continue
        if found := _unusable(asked.terms, requirement or Requirement(name), files):
            return found
    return ""


def _absent(asked: Asked, name: str) -> str:
    where = " or ".join(index.name for index in asked.terms.indexes) or "the index"
    needed = next((found[1] for found in _DEPENDS.finditer(_flat(asked.ran.output)) if found[3] == name), "")
    if needed:
        return f"There is no package {name[:100]}, which {needed} depends on, on {where}. Use another version of {needed}."
    return f"There is no package {name[:100]} on {where}. Correct its name, or remove it from the program."


def _unusable(terms: Terms, requirement: Requirement, files: Iterable[File]) -> str:  # noqa: PLR0911  # one for each reason
    """Why none of the files fits; empty where one does."""
    name = requirement.name
    found = [
        (version, wheel, file) for file in files if (parsed := _parsed(file)) for version, wheel in [parsed]
    ]
    matching = [each for each in found if requirement.specifier.contains(each[0], prereleases=True)]
    if not matching:
        newest = max((version for version, _, _ in found), default=None)
        has = f" The newest is {newest}." if newest else ""
        return (
            f"There is no version of {name} that matches {requirement.specifier}.{has} Change the version."
            if str(requirement.specifier)
            else ""
        )
    exact = any(each.operator in {"==", "==="} and "*" not in each.version for each in requirement.specifier)
    kept = [each for each in matching if exact or not each[2].yanked]
    if not kept:
        newest = max(version for version, _, _ in matching)
        return f"{name} {newest} was yanked from the index by its maker. Use another version."
    usable = [each for each in kept if _for_this_python(each[2].requires_python)]
    if not usable:
        newest, _, file = max(kept, key=lambda each: each[0])
        return (
            f"{name} {newest} requires Python {file.requires_python[:100]}, and programs run with Python {PYTHON} here."
            " Use another version."
        )
    if any(wheel for _, wheel, _ in usable) or (
        terms.builds and any(wheel is None for _, wheel, _ in usable)
    ):
        return ""
    newest = max(version for version, _, _ in usable)
    if any(wheel is None for _, wheel, _ in usable):
        if terms.builds:
            return ""
        return (
            f"{name} {newest} has no wheel for {PLATFORM}, only its source code. Use another version or package, or have an"
            " operator allow builds with RAYGEN_PACKAGE_BUILDS."
        )
    return f"{name} {newest} has no wheel for {PLATFORM}. Use another version or package."


def _parsed(file: File) -> tuple[Version, bool | None] | None:
    """The version, and whether it is a wheel that fits here; None for source code."""
    try:
        if file.name.endswith(".whl"):
            _, version, _, tags = parse_wheel_filename(file.name)
            return version, not tags.isdisjoint(_TAGS)
        _, version = parse_sdist_filename(file.name)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return version, None


_TAGS = frozenset(sys_tags())


def _for_this_python(specifier: str) -> bool:
    try:
        return SpecifierSet(specifier).contains(f"{PYTHON}.99", prereleases=True)
    except InvalidSpecifier:
        return True


def _conflict(asked: Asked) -> str:
    for what, requires, name, version in _conflicts(asked):
        return ray_conflict(what, requires, name, version)
    return ""


def _conflicts(asked: Asked) -> Iterator[tuple[str, str, str, str]]:
    for found in _DEPENDS.finditer(_flat(asked.ran.output)):
        name = canonicalize_name(found[3])
        version = (asked.pins or {}).get(name)
        try:
            wanted = (found[4] or "").rstrip(",")
            if version is None or SpecifierSet(wanted).contains(version, prereleases=True):
                continue
        except InvalidSpecifier:
            continue
        exact = (found[2] or "").removeprefix("==")
        what = f"{found[1]} {exact}" if exact and exact[0].isdigit() else found[1]
        yield what, f"{name}{wanted}", name, version


def _other(asked: Asked) -> str:
    said = _flat(asked.ran.output)
    if "No solution found" in said:
        why = said.partition("Because ")[2].partition(", we can conclude that")[0] or "uv found no versions"
        return f"Its packages can't be installed together: {why[:_SHOWN]}. Change their versions."
    if "Failed to build" in said or "Failed to prepare" in said or "build backend" in said:
        name = _BUILT.search(said)
        what = name[1].replace("==", " ") if name else "a package"
        return f"Building {what} failed. Use a version of it that has a wheel for {PLATFORM}."
    return f"Its packages can't be installed: {said[:_SHOWN].rstrip('.') or 'uv did not say why'}. Change its dependencies."


def _flat(output: str) -> str:
    """What uv said in one line, without the proxy's addresses."""
    words = _PROXY.sub("the index", clean(output)).replace("×", " ").split()
    return " ".join(word for word in words if word not in {"╰─▶", "├─▶", "│", "error:"})
